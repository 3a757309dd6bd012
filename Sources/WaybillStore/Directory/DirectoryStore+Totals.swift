import WaybillFormat
import WaybillSystem

/// Sums over a directory store's packs.
public struct PackTotals: Sendable {
    public var packs = 0
    public var packBytes = 0
    public var manifests = 0
    public var chunks = 0
    public var rawBytes = 0
    public var storedBytes = 0
}

extension DirectoryStore {
    /// Reads every pack's footer. Memory grows with the number of distinct chunks, 40 bytes each.
    /// - Throws: `.integrity` for a pack whose footer is damaged.
    public func packTotals() async throws(StoreError) -> PackTotals {
        try await work.run { [root, label] _ throws(StoreError) in
            var totals = PackTotals()
            var seen: Set<ChunkName> = []
            try Self.forEachObject(in: "packs", root) { (folder, name) throws(StoreError) in
                guard let digest = Digest(hex: name) else { return }
                let (file, size) = try storing { () throws(SystemError) in
                    let file = try folder.file(name, .read)
                    return (file, try file.status().size)
                }
                totals.packs += 1
                totals.packBytes += size
                for row in try PackFile.footer(of: file, size: size, name: digest, label: label).rows where seen.insert(row.name).inserted {
                    totals.chunks += 1
                    totals.rawBytes += row.name.length
                    totals.storedBytes += row.stored
                }
            }
            try Self.forEachObject(in: "manifests", root) { (_, name) in if Digest(hex: name) != nil { totals.manifests += 1 } }
            return totals
        }
    }

    static func forEachObject(
        in kind: String, _ root: Folder, _ body: (Folder, String) throws(StoreError) -> Void
    ) throws(StoreError) {
        let shards = try storing { () throws(SystemError) -> [Folder] in
            guard try root.status(kind) != nil else { return [] }
            let top = try root.folder(kind)
            var shards: [Folder] = []
            for name in try top.names().sorted() where try top.status(name)?.kind == .folder { shards.append(try top.folder(name)) }
            return shards
        }
        for shard in shards {
            for name in try storing({ () throws(SystemError) in try shard.names() }) { try body(shard, name) }
        }
    }
}
