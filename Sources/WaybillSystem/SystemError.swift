import Glibc
import WaybillFormat

/// A failed operation of the operating system or a digest that does not match.
public struct SystemError: WaybillError, Equatable {
    public let code: ErrorCode
    public let subject: String
    public let cause: String
    public let remedy: String
    /// The errno behind it, 0 where there is none.
    public let errno: Int32

    public init(_ code: ErrorCode, subject: String, cause: String, remedy: String = "", errno: Int32 = 0) {
        self.code = code
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
        self.errno = errno
    }

    /// The disk did not give the bytes.
    public var isMediaError: Bool { errno == EIO }

    /// The error for a failed system call on `subject`.
    public init(errno number: Int32, _ call: String, subject: String) {
        let text = String(cString: strerror(number))
        let code: ErrorCode
        let remedy: String
        switch number {
        case ENOENT, ENOTDIR:
            code = .notFound
            remedy = "Check the path"
        case EACCES, EPERM, EROFS:
            code = .storage
            remedy = "Check the permissions of the file and of its folder"
        case ENOSPC, EDQUOT:
            code = .storage
            remedy = "Free some space, or use another disk, and run the command again: what is verified is kept"
        case ELOOP:
            code = .conflict
            remedy = "A symbolic link stands in the way: remove it, or choose another folder"
        case EISDIR, EEXIST, ENOTEMPTY:
            code = .conflict
            remedy = "Something else stands there: move it away"
        case ENAMETOOLONG:
            code = .storage
            remedy = "This file system takes no name that long: use another one"
        case EMFILE, ENFILE:
            code = .storage
            remedy = "Raise the limit of open files (ulimit -n)"
        default:
            code = .storage
            remedy = "Check the disk (dmesg) and run the command again"
        }
        self.init(code, subject: subject, cause: "\(call): \(text)", remedy: remedy, errno: number)
    }
}
