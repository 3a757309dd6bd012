import WaybillFormat
import WaybillSystem

/// The store's own time: that of its file system, which stamps everything that ages are counted from. A client's clock decides
/// nothing.
enum StoreClock {
    /// Microseconds since 1970. Blocks.
    static func now(in store: DirectoryStore) throws(StoreError) -> Int {
        try storing { () throws(SystemError) in
            let name = Folder.temporaryName()
            let file = try store.temporary.file(name, .createNew)
            defer { try? store.temporary.remove(name) }
            return try file.status().modified / 1_000
        }
    }
}

extension FileStatus {
    /// When it was last written, in microseconds.
    var writtenAt: Int { modified / 1_000 }
    /// When it was last written, linked or renamed, in microseconds: cannot be set by programs.
    var touchedAt: Int { max(modified, changed) / 1_000 }
}
