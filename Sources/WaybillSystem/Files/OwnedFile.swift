import CLinux
import Glibc
import Synchronization
import WaybillFormat

/// An open regular file. Reads and writes name their offset, so that jobs on several threads share it.
///
/// After a failed fsync the kernel may have dropped the dirty pages and calls them clean: the file is poisoned, and every
/// later write or sync fails with the first error. Write the bytes anew, to a new file.
public final class OwnedFile: Sendable {
    public enum Mode: Sendable {
        case read
        /// Reads and writes a file that exists, or creates it.
        case readWrite
        /// Reads and writes a file that exists.
        case update
        /// Creates the file; fails if it exists.
        case createNew
        /// Creates the file or appends to it.
        case append
    }

    public let path: String
    let descriptor: Int32
    private let poison = Mutex<SystemError?>(nil)

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens `path`, links followed.
    public static func open(_ path: String, _ mode: Mode) throws(SystemError) -> OwnedFile {
        let descriptor = try Syscall.open(path, flags: mode.flags, subject: path)
        return OwnedFile(descriptor: descriptor, path: path)
    }

    public func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError(errno: errno, "fstat", subject: path) }
        return FileStatus(status)
    }

    /// Appends up to `count` bytes from `offset` to the slab.
    /// - Returns: the bytes read; fewer than asked only at the end of the file or of the slab.
    public func read(at offset: Int, count: Int, into slab: Slab) throws(SystemError) -> Int {
        let start = slab.count
        let wanted = min(count, slab.capacity - start)
        let got = try slab.withUnsafeMutableBytes { (buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int in
            try readAll(UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + max(0, wanted)]), at: offset)
        }
        slab.resize(start + got)
        return got
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file. `count` is the caller's bound on memory.
    public func read(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, count))
        var span = bytes.mutableSpan
        let got = try span.withUnsafeMutableBytes { (buffer) throws(SystemError) -> Int in try readAll(buffer, at: offset) }
        if got < bytes.count { bytes.removeLast(bytes.count - got) }
        return bytes
    }

    /// Appends up to `count` bytes from `offset` to `output`; fewer only at the end of the file or of the room.
    public func read(at offset: Int, count: Int, into output: inout OutputRawSpan) throws(SystemError) {
        try output.withUnsafeMutableBytes { (buffer, filled) throws(SystemError) in
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<min(buffer.count, filled + max(0, count))])
            filled += try readAll(room, at: offset)
        }
    }

    /// The first `maximum` bytes by plain `read`, for files of /proc that have no size.
    public func readPrefix(_ maximum: Int) throws(SystemError) -> [UInt8] { try read(at: 0, count: maximum) }

    private func readAll(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
        try Syscall.preadAll(descriptor, buffer, at: offset, subject: path)
    }

    /// Writes a chunk at `offset`. Durable only after `sync`.
    public func write(_ chunk: borrowing VerifiedChunk, at offset: Int) throws(SystemError) {
        try chunk.withSpan { (span) throws(SystemError) in try write(span, at: offset) }
    }

    /// Writes all of `bytes` at `offset`. Durable only after `sync`.
    public func write(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
        if let error = poison.withLock({ $0 }) { throw error }
        try bytes.withUnsafeBytes { (buffer) throws(SystemError) in
            try Syscall.pwriteAll(descriptor, buffer, at: offset, subject: path)
        }
    }

    /// Writes the filled bytes of `slab` in `range` at `offset`.
    public func write(_ slab: Slab, range: Range<Int>, at offset: Int) throws(SystemError) {
        try slab.withSpan(range) { (span) throws(SystemError) in try write(span, at: offset) }
    }

    /// Sets the length; new bytes are zero.
    public func truncate(to size: Int) throws(SystemError) {
        guard Syscall.truncate(descriptor, to: size, path: path) == 0 else { throw SystemError(errno: errno, "ftruncate", subject: path) }
    }

    /// Asks the kernel to begin to write `range` to the disk now, so that a later `sync` has little left to wait for. Promises nothing.
    public func beginWriting(_ range: Range<Int>) {
        // SYNC_FILE_RANGE_WRITE. What fails here fails again in `sync`.
        _ = sync_file_range(descriptor, Int64(range.lowerBound), Int64(range.count), 2)
    }

    /// Makes contents and length durable.
    public func sync() throws(SystemError) { try durably { Syscall.fsync(descriptor, path: path) } }

    /// Makes contents durable, and the length where it changed.
    public func syncData() throws(SystemError) { try durably { Syscall.fdatasync(descriptor, path: path) } }

    private func durably(_ call: () -> Int32) throws(SystemError) {
        let failure = poison.withLock { poison -> SystemError? in
            if let poison { return poison }
            guard call() != 0 else { return nil }
            poison = SystemError(errno: errno, "fsync", subject: path)
            return poison
        }
        if let failure { throw failure }
    }

    /// Flushes the whole file system that holds this file: cheaper than one fsync a file when there are many.
    public func syncFileSystem() throws(SystemError) {
        guard Syscall.syncfs(descriptor, path: path) == 0 else { throw SystemError(errno: errno, "syncfs", subject: path) }
    }

    /// Says that the file will be read from front to end.
    public func adviseSequential() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }

    /// Forgets what the page cache holds of the file. After a failed sync that may be what the disk never got: the next read asks it.
    public func forgetCache() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }

    /// The next byte at or after `offset` that is not in a hole; nil if there is none.
    public func nextData(from offset: Int) -> Int? {
        let found = lseek(descriptor, off_t(offset), 3 /* SEEK_DATA */)
        return found < 0 ? nil : Int(found)
    }

    /// Takes the file's advisory lock without waiting; released when the file is closed or the process ends.
    /// - Returns: false if another process or file holds it.
    public func tryLock() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// As `tryLock`, beside others who share the lock.
    public func tryLockShared() -> Bool { flock(descriptor, LOCK_SH | LOCK_NB) == 0 }

    /// Gives the file's advisory lock back now, whoever still holds the file.
    public func unlock() { flock(descriptor, LOCK_UN) }

    /// Waits for the file's advisory lock. Only on a thread of ours.
    public func lock() throws(SystemError) {
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw SystemError(errno: errno, "flock", subject: path) }
        }
    }
}

extension OwnedFile.Mode {
    var flags: Int32 {
        switch self {
        case .read: O_RDONLY
        case .readWrite: O_RDWR | O_CREAT
        case .update: O_RDWR
        case .createNew: O_RDWR | O_CREAT | O_EXCL
        case .append: O_RDWR | O_CREAT | O_APPEND
        }
    }
}
