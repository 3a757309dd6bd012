import Glibc

/// What the file system says of a file; equal statuses mean that it was not touched in between.
public struct FileStatus: Hashable, Sendable {
    public enum Kind: Sendable { case file, folder, symlink, other }

    public let kind: Kind
    public let device: UInt64
    public let inode: UInt64
    /// Bytes.
    public let size: Int
    /// Nanoseconds since 1970.
    public let modified: Int
    /// Nanoseconds since 1970; cannot be set by programs.
    public let changed: Int
    public let links: Int
    /// The nine bits of who may read, write and execute.
    public let permissions: UInt32

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .symlink
        default: kind = .other
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        // Anyone may set a time beyond the year 2262: it wraps, and still tells one time from another.
        modified = status.st_mtim.tv_sec &* 1_000_000_000 &+ status.st_mtim.tv_nsec
        changed = status.st_ctim.tv_sec &* 1_000_000_000 &+ status.st_ctim.tv_nsec
        links = Int(status.st_nlink)
        permissions = status.st_mode & 0o777
    }

    /// The status of `path`, links followed.
    public static func of(_ path: String) throws(SystemError) -> FileStatus {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError(errno: errno, "stat", subject: path) }
        return FileStatus(status)
    }

    /// The status of `path` itself, or nil if nothing is there.
    public static func ofLink(_ path: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemError(errno: errno, "lstat", subject: path)
        }
        return FileStatus(status)
    }
}

/// Space on the file system of a path.
public enum DiskSpace {
    /// Bytes that this user may still write at `path`.
    public static func available(at path: String) throws(SystemError) -> Int {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { throw SystemError(errno: errno, "statvfs", subject: path) }
        // Some network file systems claim more than a number holds.
        let (bytes, overflow) = Int(clamping: info.f_bavail).multipliedReportingOverflow(by: Int(clamping: info.f_frsize))
        return overflow ? .max : bytes
    }
}
