import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// A pack whose footer is right and whose frames are holes: enough for an index, which reads no frame.
struct FakePack: Sendable {
    let name: Digest
    let footer: PackFooter

    var chunks: [ChunkName] { footer.rows.map(\.name) }

    init(rows count: Int, using generator: inout SeededGenerator, chunks given: [ChunkName] = []) {
        var rows: [PackRow] = []
        var offset = PackFooter.header.count
        for index in 0..<count {
            let stored = Int.random(in: 1...200, using: &generator)
            let drawn = ChunkName(digest: Digest(generator.bytes(32).span, at: 0), length: Int.random(in: 1...4_096, using: &generator))
            guard let name = index < given.count ? given[index] : drawn else { continue }
            rows.append(PackRow(name: name, stored: min(stored, name.length), offset: offset))
            offset += min(stored, name.length)
        }
        footer = PackFooter(nonce: generator.bytes(16), bodyEnd: offset, rows: rows)
        name = SHA256.digest(of: footer.encoded())
    }

    func place(_ row: PackRow) -> ChunkPlace { ChunkPlace(pack: name, offset: row.offset, stored: row.stored) }

    /// Puts the file where the store keeps packs.
    func write(below root: Folder) throws {
        let folder = try root.folder(["packs", name.shard], create: true)
        let file = try folder.file(name.hex, .createNew)
        let encoded = footer.encoded()
        let header = PackFooter.header
        let trailer = PackTrailer(footerByteCount: encoded.count).encoded()
        try file.write(header.span, at: 0)
        try file.write(encoded.span, at: footer.bodyEnd)
        try file.write(trailer.span, at: footer.bodyEnd + encoded.count)
    }

    func remove(below root: Folder) throws { try root.folder(["packs", name.shard]).remove(name.hex) }
}
