import Glibc
import Synchronization
import WaybillFormat

/// An open directory. Names given to it are single components; links are never followed below it, so a tree reached through
/// `Folder` cannot be left by a symbolic link, whatever is swapped meanwhile.
public final class Folder: Sendable {
    public let path: String
    let descriptor: Int32

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Opens `path` itself, links followed (the user named it).
    public static func open(_ path: String) throws(SystemError) -> Folder {
        let descriptor = try Syscall.open(path, flags: O_RDONLY | O_DIRECTORY, subject: path)
        return Folder(descriptor: descriptor, path: path)
    }

    /// Opens `path`, creating it and its parents durably where they are missing.
    public static func create(_ path: String, mode: mode_t = 0o755) throws(SystemError) -> Folder {
        if let folder = try? open(path) {
            // It may be the work of a process that was killed. A parent that is closed to us is not ours either.
            if let parent = try? open(path + "/..") { try parent.ensureDurable(folder) }
            return folder
        }
        let absolute = path.hasPrefix("/")
        var current = try open(absolute ? "/" : ".")
        for component in path.split(separator: "/") where component != "." {
            current = try current.folder(String(component), create: true, mode: mode, followLinks: true)
        }
        return current
    }

    private func subject(_ name: String) -> String { path == "/" ? "/" + name : path + "/" + name }

    private static func isComponent(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }

    private func check(_ name: String) throws(SystemError) {
        guard Self.isComponent(name) else {
            throw SystemError(.integrity, subject: subject(name), cause: "is not a plain file name", remedy: "")
        }
    }

    /// The folder `name` inside. With `create` it is made if it is missing, and its name is durable in any case.
    public func folder(
        _ name: String, create: Bool = false, mode: mode_t = 0o755, followLinks: Bool = false
    ) throws(SystemError) -> Folder {
        if !(followLinks && name == "..") { try check(name) }
        if create, Syscall.mkdirAt(descriptor, name, mode: mode, path: subject(name)) != 0, errno != EEXIST {
            throw SystemError(errno: errno, "mkdir", subject: subject(name))
        }
        let flags = O_RDONLY | O_DIRECTORY | (followLinks ? 0 : O_NOFOLLOW)
        do {
            let opened = try Syscall.openAt(descriptor, name, flags: flags, subject: subject(name))
            let folder = Folder(descriptor: opened, path: subject(name))
            if create { try ensureDurable(folder) }
            return folder
        } catch  where error.errno == ENOTDIR && !followLinks {
            // A link or a file stands there: Linux says ENOTDIR for O_DIRECTORY | O_NOFOLLOW on a link.
            guard try status(name)?.kind == .symlink else { throw error }
            throw SystemError(errno: ELOOP, "open", subject: subject(name))
        }
    }

    /// The folder at `components` below this one.
    public func folder(_ components: some Collection<String>, create: Bool = false) throws(SystemError) -> Folder {
        var current = self
        for component in components { current = try current.folder(component, create: create) }
        return current
    }

    /// Opens the file `name`, never through a link.
    public func file(_ name: String, _ mode: OwnedFile.Mode) throws(SystemError) -> OwnedFile {
        try check(name)
        let opened = try Syscall.openAt(descriptor, name, flags: mode.flags | O_NOFOLLOW | O_NONBLOCK, subject: subject(name))
        let file = OwnedFile(descriptor: opened, path: subject(name))
        guard try file.status().kind == .file else {
            throw SystemError(.conflict, subject: subject(name), cause: "is not a regular file", remedy: "Move it away")
        }
        return file
    }

    /// The status of `name` itself; nil if nothing is there.
    public func status(_ name: String) throws(SystemError) -> FileStatus? {
        try check(name)
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemError(errno: errno, "stat", subject: subject(name))
        }
        return FileStatus(status)
    }

    /// The names inside, unsorted, without `.` and `..`. A name that is not UTF-8 is an error that shows it.
    public func names() throws(SystemError) -> [String] {
        let copy = try Syscall.openAt(descriptor, ".", flags: O_RDONLY | O_DIRECTORY, subject: path)
        guard let stream = fdopendir(copy) else {
            let number = errno
            close(copy)
            throw SystemError(errno: number, "opendir", subject: path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw SystemError(errno: errno, "readdir", subject: path) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in String(validating: raw.prefix { $0 != 0 }, as: UTF8.self) }
            guard let name else {
                let shown = withUnsafeBytes(of: &entry.pointee.d_name) { raw in String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self) }
                throw SystemError(
                    .usage, subject: subject(shown), cause: "the file name is not valid UTF-8", remedy: "Rename the file")
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Renames `name` to `newName` in `target`, replacing what is there. Durable after both folders are synced.
    public func rename(_ name: String, to newName: String, in target: Folder) throws(SystemError) {
        try check(name)
        try check(newName)
        guard Syscall.renameAt(descriptor, name, target.descriptor, newName, path: path) == 0 else {
            throw SystemError(errno: errno, "rename", subject: target.subject(newName))
        }
    }

    /// Gives `name` the second name `newName` in `target`.
    /// - Returns: false if `newName` exists already: create-once.
    public func link(_ name: String, to newName: String, in target: Folder) throws(SystemError) -> Bool {
        try check(name)
        try check(newName)
        if Syscall.linkAt(descriptor, name, target.descriptor, newName, path: path) == 0 { return true }
        if errno == EEXIST { return false }
        throw SystemError(errno: errno, "link", subject: target.subject(newName))
    }

    /// Removes the file `name`; nothing happens if it is not there.
    public func remove(_ name: String) throws(SystemError) {
        try check(name)
        if Syscall.unlinkAt(descriptor, name, path: path) != 0, errno != ENOENT {
            throw SystemError(errno: errno, "unlink", subject: subject(name))
        }
    }

    /// Removes the empty folder `name`.
    /// - Returns: false if it is not empty or not there.
    @discardableResult
    public func removeFolder(_ name: String) throws(SystemError) -> Bool {
        try check(name)
        return Syscall.rmdirAt(descriptor, name, path: path) == 0
    }

    /// Removes everything below `name`, and `name`.
    public func removeTree(_ name: String) throws(SystemError) {
        guard let status = try status(name) else { return }
        guard status.kind == .folder else { return try remove(name) }
        let inner = try folder(name)
        for entry in try inner.names() { try inner.removeTree(entry) }
        try removeFolder(name)
    }

    /// Makes names created, renamed or removed in this folder durable.
    public func sync() throws(SystemError) {
        guard Syscall.fsyncFolder(descriptor, path: path) == 0 else { throw SystemError(errno: errno, "fsync", subject: path) }
    }

    /// As `sync`, for a reader: also where the file system takes no syncs.
    /// - Throws: if the disk fails.
    public func settle() throws(SystemError) {
        do throws(SystemError) {
            try sync()
        } catch  where [EROFS, EINVAL, EBADF, EACCES, EPERM].contains(error.errno) {
            return
        }
    }

    /// Syncs this folder unless this process did so since `inner` appeared in it: whoever made `inner` may have been killed before
    /// it could, and what is put into `inner` is no more durable than its name.
    private func ensureDurable(_ inner: Folder) throws(SystemError) {
        var (outer, own) = (stat(), stat())
        guard fstat(descriptor, &outer) == 0, fstat(inner.descriptor, &own) == 0 else { return try settle() }
        let key = DurableNames.Key(
            device: UInt64(own.st_dev), folder: UInt64(outer.st_ino), inode: UInt64(own.st_ino))
        if DurableNames.contains(key) { return }
        try settle()
        DurableNames.insert(key)
    }

    /// Flushes the whole file system that holds this folder.
    public func syncFileSystem() throws(SystemError) {
        guard Syscall.syncfs(descriptor, path: path) == 0 else { throw SystemError(errno: errno, "syncfs", subject: path) }
    }

    /// Writes a file whole or not at all: temporary file, fsync, rename, fsync of the folder.
    public func replace(_ name: String, with bytes: [UInt8], mode: mode_t = 0o644) throws(SystemError) {
        let temporary = try writeTemporary(bytes, mode: mode)
        do {
            try rename(temporary, to: name, in: self)
        } catch {
            try? remove(temporary)
            throw error
        }
        try sync()
    }

    /// Writes `bytes` to a new file of a random name here and syncs it. The caller renames, links or removes it.
    public func writeTemporary(_ bytes: [UInt8], mode: mode_t = 0o644) throws(SystemError) -> String {
        let name = Self.temporaryName()
        let descriptor = try Syscall.openAt(
            self.descriptor, name, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode, subject: subject(name))
        let file = OwnedFile(descriptor: descriptor, path: subject(name))
        do {
            try file.write(bytes.span, at: 0)
            try file.sync()
        } catch {
            try? remove(name)
            throw error
        }
        return name
    }

    /// A name that no other writer has.
    public static func temporaryName() -> String {
        "tmp-" + String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
    }
}

/// Folders whose names this process made durable.
private enum DurableNames {
    struct Key: Hashable {
        let device: UInt64
        let folder: UInt64
        let inode: UInt64
    }

    /// Forgetting costs a sync more.
    private static let limit = 65_536
    private static let keys = Mutex<Set<Key>>([])

    static func contains(_ key: Key) -> Bool { keys.withLock { $0.contains(key) } }

    static func insert(_ key: Key) {
        keys.withLock { keys in
            if keys.count >= limit { keys.removeAll() }
            keys.insert(key)
        }
    }
}
