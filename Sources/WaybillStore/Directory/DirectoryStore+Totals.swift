import WaybillFormat
import WaybillSystem

/// Sums over a directory store's packs.
public struct PackTotals: Sendable {
    public var packs = 0
    public var packBytes = 0
    public var manifests = 0
    /// Objects, and their bytes.
    public var evidence = 0
    public var evidenceBytes = 0
    public var chunks = 0
    public var rawBytes = 0
    public var storedBytes = 0
}

extension DirectoryStore {
    /// Reads every pack's footer, three times. Memory grows with the number of distinct chunks, 9 bytes each, and 56 for each copy
    /// of one that has several.
    /// - Throws: `.integrity` for a pack whose footer is damaged.
    public func packTotals() async throws(StoreError) -> PackTotals {
        try await work.run { [self] _ throws(StoreError) in
            var totals = PackTotals()
            var all = LiveChunks()
            try forEachPack { (_, size, footer) in
                totals.packs += 1
                totals.packBytes += size
                for row in footer.rows { all.insert(row.name) }
            }
            all.seal()
            // Were all chunks in use, the copies that stay would be one of each.
            var selection = CopySelection(all)
            try forEachPack { (pack, size, footer) in
                selection.add(PackTally(name: pack, byteCount: size, standing: .settled), rows: footer.rows)
            }
            var numbers: [Digest: Int] = [:]
            for (number, pack) in selection.packs.enumerated() { numbers[pack.name] = number }
            try forEachPack { (pack, _, footer) in
                // One that came meanwhile is not counted.
                if let number = numbers[pack] { selection.look(at: number, rows: footer.rows) }
            }
            selection.finish()
            totals.chunks = selection.liveChunks
            totals.rawBytes = selection.liveRawBytes
            totals.storedBytes = selection.packs.reduce(0) { $0 + $1.neededBytes }
            try Self.forEachObject(in: "manifests", root) { (_, name) in if Digest(hex: name) != nil { totals.manifests += 1 } }
            try Self.forEachObject(in: "evidence", root) { (folder, name) throws(StoreError) in
                guard Digest(hex: name) != nil, let status = try storing({ () throws(SystemError) in try folder.status(name) }) else {
                    return
                }
                totals.evidence += 1
                totals.evidenceBytes += status.size
            }
            return totals
        }
    }

    private func forEachPack(_ body: (Digest, Int, PackFooter) -> Void) throws(StoreError) {
        try Self.forEachObject(in: "packs", root) { (folder, name) throws(StoreError) in
            guard let digest = Digest(hex: name) else { return }
            let file: OwnedFile
            let size: Int
            do throws(SystemError) {
                file = try folder.file(name, .read)
                size = try file.status().size
            } catch  where error.code == .notFound {
                return  // A collector took it.
            } catch {
                throw StoreError(error)
            }
            body(digest, size, try PackFile.footer(of: file, size: size, name: digest, label: label))
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
