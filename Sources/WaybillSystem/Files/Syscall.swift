import CLinux
import Glibc
import Synchronization

/// Every call that reads or changes a disk, in one place: the seam for recording and for injected faults (`DiskObserver`).
enum Syscall {
    /// - Parameters:
    ///   - path: of what is read or changed; says which observer sees the operation.
    ///   - call: gets the bytes that a write may take.
    private static func observed(
        _ path: String, _ operation: () -> DiskOperation, _ call: (_ limit: Int) -> Int
    ) -> Int {
        guard let (observer, turn) = DiskObservation.observer(of: path) else { return call(.max) }
        let operation = operation()
        let (result, number) = turn.mutex.withLock { _ -> (Int, Int32) in
            var limit = Int.max
            switch observer.fault(before: operation) {
            case .failure(let number): return (-1, number)
            case .short(let count): limit = max(1, count)
            case nil: break
            }
            let result = call(limit)
            let number = errno
            guard result >= 0 else { return (result, number) }
            if case .write(let file, let offset, let bytes) = operation, result < bytes.count {
                observer.happened(.write(file: file, offset: offset, bytes: Array(bytes.prefix(result))))
            } else {
                observer.happened(operation)
            }
            return (result, number)
        }
        errno = number
        return result
    }

    static func open(_ path: String, flags: Int32, mode: mode_t = 0o644, subject: String) throws(SystemError) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw SystemError(errno: errno, "open", subject: subject) }
        }
    }

    static func openAt(_ folder: Int32, _ name: String, flags: Int32, mode: mode_t = 0o644, subject: String) throws(SystemError) -> Int32 {
        while true {
            let descriptor: Int32
            if flags & O_CREAT != 0 {
                descriptor = Int32(
                    observed(subject, { .create(folder: folder, name: name) }) { _ in
                        Int(Glibc.openat(folder, name, flags | O_CLOEXEC, mode))
                    })
            } else {
                descriptor = Glibc.openat(folder, name, flags | O_CLOEXEC, mode)
            }
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw SystemError(errno: errno, "open", subject: subject) }
        }
    }

    /// - Returns: bytes read; fewer than asked only at the end of the file.
    static func preadAll(_ file: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int, subject: String) throws(SystemError) -> Int
    {
        var done = 0
        while done < buffer.count {
            let (at, left) = (offset + done, buffer.count - done)
            let start = buffer.baseAddress.map { $0 + done }
            let got = observed(subject, { .read(file: file, offset: at, count: left) }) { _ in pread(file, start, left, off_t(at)) }
            if got > 0 {
                done += got
            } else if got == 0 {
                break
            } else if errno != EINTR {
                throw SystemError(errno: errno, "read", subject: subject)
            }
        }
        return done
    }

    static func pwriteAll(_ file: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int, subject: String) throws(SystemError) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
            let at = offset + done
            let wrote = observed(subject, { .write(file: file, offset: at, bytes: Array(rest)) }) { limit in
                pwrite(file, rest.baseAddress, min(rest.count, limit), off_t(at))
            }
            if wrote > 0 {
                done += wrote
            } else if wrote == 0 || errno != EINTR {
                throw SystemError(errno: wrote == 0 ? EIO : errno, "write", subject: subject)
            }
        }
    }

    static func truncate(_ file: Int32, to size: Int, path: String) -> Int32 {
        Int32(observed(path, { .truncate(file: file, size: size) }) { _ in Int(ftruncate(file, off_t(size))) })
    }

    static func fsync(_ file: Int32, path: String) -> Int32 {
        Int32(observed(path, { .syncFile(file) }) { _ in Int(Glibc.fsync(file)) })
    }

    static func fdatasync(_ file: Int32, path: String) -> Int32 {
        Int32(observed(path, { .syncFile(file) }) { _ in Int(Glibc.fdatasync(file)) })
    }

    static func fsyncFolder(_ folder: Int32, path: String) -> Int32 {
        Int32(observed(path, { .syncFolder(folder) }) { _ in Int(Glibc.fsync(folder)) })
    }

    static func syncfs(_ descriptor: Int32, path: String) -> Int32 {
        Int32(observed(path, { .syncFileSystem(descriptor) }) { _ in Int(CLinux.syncfs(descriptor)) })
    }

    static func renameAt(_ folder: Int32, _ name: String, _ newFolder: Int32, _ newName: String, path: String) -> Int32 {
        Int32(
            observed(path, { .rename(folder: folder, name: name, newFolder: newFolder, newName: newName) }) { _ in
                Int(Glibc.renameat(folder, name, newFolder, newName))
            })
    }

    static func linkAt(_ folder: Int32, _ name: String, _ newFolder: Int32, _ newName: String, path: String) -> Int32 {
        Int32(
            observed(path, { .link(folder: folder, name: name, newFolder: newFolder, newName: newName) }) { _ in
                Int(Glibc.linkat(folder, name, newFolder, newName, 0))
            })
    }

    static func unlinkAt(_ folder: Int32, _ name: String, path: String) -> Int32 {
        Int32(observed(path, { .unlink(folder: folder, name: name) }) { _ in Int(Glibc.unlinkat(folder, name, 0)) })
    }

    static func rmdirAt(_ folder: Int32, _ name: String, path: String) -> Int32 {
        Int32(observed(path, { .removeFolder(folder: folder, name: name) }) { _ in Int(Glibc.unlinkat(folder, name, AT_REMOVEDIR)) })
    }

    static func mkdirAt(_ folder: Int32, _ name: String, mode: mode_t, path: String) -> Int32 {
        Int32(observed(path, { .makeFolder(folder: folder, name: name) }) { _ in Int(Glibc.mkdirat(folder, name, mode)) })
    }
}
