import CLinux
import Glibc

/// Every call that changes a disk, in one place: the seam for recording and for injected faults.
enum Syscall {
    static func open(_ path: String, flags: Int32, mode: mode_t = 0o644, subject: String) throws(SystemError) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw SystemError(errno: errno, "open", subject: subject) }
        }
    }

    static func openAt(_ folder: Int32, _ name: String, flags: Int32, mode: mode_t = 0o644, subject: String) throws(SystemError) -> Int32 {
        while true {
            let descriptor = Glibc.openat(folder, name, flags | O_CLOEXEC, mode)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw SystemError(errno: errno, "open", subject: subject) }
        }
    }

    static func pwriteAll(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer, at offset: Int, subject: String) throws(SystemError) {
        var done = 0
        while done < buffer.count {
            let wrote = pwrite(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(offset + done))
            if wrote > 0 {
                done += wrote
            } else if wrote == 0 || errno != EINTR {
                throw SystemError(errno: wrote == 0 ? EIO : errno, "write", subject: subject)
            }
        }
    }

    static func fsync(_ descriptor: Int32) -> Int32 { Glibc.fsync(descriptor) }
    static func fdatasync(_ descriptor: Int32) -> Int32 { Glibc.fdatasync(descriptor) }
    static func syncfs(_ descriptor: Int32) -> Int32 { CLinux.syncfs(descriptor) }

    static func renameAt(_ from: Int32, _ name: String, _ to: Int32, _ newName: String) -> Int32 {
        Glibc.renameat(from, name, to, newName)
    }

    static func linkAt(_ from: Int32, _ name: String, _ to: Int32, _ newName: String) -> Int32 {
        Glibc.linkat(from, name, to, newName, 0)
    }

    static func unlinkAt(_ folder: Int32, _ name: String, flags: Int32 = 0) -> Int32 { Glibc.unlinkat(folder, name, flags) }

    static func mkdirAt(_ folder: Int32, _ name: String, mode: mode_t) -> Int32 { Glibc.mkdirat(folder, name, mode) }
}
