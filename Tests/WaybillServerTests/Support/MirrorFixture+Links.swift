import Glibc
import WaybillStore
import WaybillSystem

extension MirrorFixture {
    /// Puts a symbolic link into the store.
    func link(_ target: String, _ folder: [String], _ name: String) throws {
        _ = try Folder.open(store.path).folder(folder, create: true)
        guard symlink(target, ([store.path] + folder + [name]).joined(separator: "/")) == 0 else { throw LinkFailed() }
    }

    /// Permission bits of a file of the store.
    func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat("\(store.path)/\(path)", &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    struct LinkFailed: Error {}
}
