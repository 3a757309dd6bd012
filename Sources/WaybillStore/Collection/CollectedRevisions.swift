import WaybillFormat
import WaybillSystem

/// The revisions that collectors deleted: `private/collected.log`, 32 bytes a manifest. Tells a check that an entry names what is
/// gone because it was let go, not because it was lost.
enum CollectedRevisions {
    static let name = "collected.log"

    /// Adds `manifests`, durably. Blocks; one collector at a time.
    static func note(_ manifests: [Digest], in store: DirectoryStore) throws(StoreError) {
        var bytes: [UInt8] = []
        for manifest in manifests { manifest.append(to: &bytes) }
        let added = bytes
        try storing { () throws(SystemError) in
            let folder = try store.privateFolder
            let file = try folder.file(name, .readWrite)
            // A torn record of an earlier crash is overwritten, so that records stay aligned.
            let end = try file.status().size / Digest.byteCount * Digest.byteCount
            try file.write(added.span, at: end)
            try file.sync()
            try folder.sync()
        }
    }

    /// Those below `root`; none where the private folder is closed to the reader. Blocks.
    static func read(_ root: Folder) -> Set<Digest> {
        guard let file = try? root.folder("private").file(name, .read), let size = try? file.status().size else { return [] }
        var found: Set<Digest> = []
        var offset = 0
        while offset + Digest.byteCount <= size {
            let count = min(1 << 20, size - offset) / Digest.byteCount * Digest.byteCount
            guard let bytes = try? file.read(at: offset, count: count), bytes.count == count else { break }
            for start in stride(from: 0, to: count, by: Digest.byteCount) { found.insert(Digest(bytes.span, at: start)) }
            offset += count
        }
        return found
    }
}
