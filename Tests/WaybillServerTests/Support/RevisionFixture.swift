import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// A small revision in its stored form, made by the real encoder.
struct RevisionFixture {
    let pack: [UInt8]
    let packName: Digest
    let footer: PackFooter
    let list: [UInt8]
    let listName: Digest
    let manifest: [UInt8]
    let manifestName: Digest
    let chunks: [ChunkName]

    /// - Parameters:
    ///   - files: path and content, in order of paths.
    ///   - cut: bytes of a chunk.
    ///   - lie: what the manifest says instead of a file's SHA-256.
    init(_ files: [(path: String, bytes: [UInt8])], cut: Int = 1_000, lie: [String: Digest] = [:]) throws {
        var rows: [ChunkRow] = []
        var manifestFiles: [ManifestFile] = []
        let (raw, frame, encoder) = (Slab(capacity: Limits.chunk), FrameEncoder.makeFrameSlab(), FrameEncoder())
        let builder = PackBuilder(slab: Slab(capacity: PackBuilder.slabCapacity))
        for file in files {
            let first = rows.count
            for start in stride(from: 0, to: file.bytes.count, by: cut) {
                raw.resize(0)
                let piece = Array(file.bytes[start..<min(start + cut, file.bytes.count)])
                raw.append(piece.span)
                encoder.encode(raw, range: 0..<raw.count, element: .opaque, into: frame)
                guard let name = ChunkName(digest: SHA256.digest(of: piece), length: piece.count) else { continue }
                if !rows.contains(where: { $0.name == name }) { _ = builder.append(name, frame: frame) }
                rows.append(ChunkRow(name: name, element: .opaque))
            }
            manifestFiles.append(
                ManifestFile(
                    path: try ModelPath(file.path), size: file.bytes.count, sha256: lie[file.path] ?? SHA256.digest(of: file.bytes),
                    format: .opaque, firstRow: first, rows: rows.count - first))
        }
        guard let finished = builder.finish() else { throw NoChunks() }
        pack = finished.slab.bytes(0..<finished.slab.count)
        packName = finished.name
        footer = finished.footer
        list = ListSegment(rows: rows).encoded()
        listName = SHA256.digest(of: list)
        manifest = Manifest(
            contentId: Manifest.contentId(of: manifestFiles, sha256: SHA256.digest(of:)), files: manifestFiles, lists: [listName]
        ).encoded()
        manifestName = SHA256.digest(of: manifest)
        chunks = footer.rows.map(\.name)
    }

    struct NoChunks: Error {}

    /// Bytes that nobody compresses away, the same each time.
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.bytes(count)
    }

    static func small(seed: UInt64 = 1) throws -> RevisionFixture {
        try RevisionFixture([("a.txt", Array("hello \(seed)".utf8)), ("b.bin", noise(5_500, seed: seed))])
    }

    func entry(
        _ n: Int = 1, previous: [UInt8]? = nil, model: String = "acme/tiny", ref: String = "main", time: String = "2026-01-01T00:00:00Z"
    ) throws -> [UInt8] {
        RefEntry(
            model: try ModelName(model), ref: try RefName(ref), n: n, previous: previous.map { SHA256.digest(of: $0) },
            manifest: manifestName, time: time
        ).encodedEnvelope(sha256: SHA256.digest(of:))
    }

    /// Pack, list, locator and manifest, as a push sends them.
    func push(to mirror: MirrorFixture) async -> [Int] {
        [
            await mirror.send("PUT", "/v1/packs/\(packName)", pack).status,
            await mirror.send("PUT", "/v1/lists/\(listName)", list).status,
            await mirror.send("POST", "/v1/locators/\(listName)").status,
            await mirror.send("PUT", "/v1/manifests/\(manifestName)", manifest).status,
        ]
    }
}
