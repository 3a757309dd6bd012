import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem

/// A revision in its stored form, made by the real encoder.
public struct StoredRevision: Sendable {
    /// One pack for each group of files.
    public let packs: [FinishedPack]
    public let segment: ListSegment
    public let manifest: Manifest
    public let content: [ChunkName: [UInt8]]

    public var list: Digest { SHA256.digest(of: segment.encoded()) }
    public var manifestBytes: [UInt8] { manifest.encoded() }
    public var digest: Digest { SHA256.digest(of: manifestBytes) }
    public var chunks: [ChunkName] { segment.rows.map(\.name) }

    /// - Parameters:
    ///   - files: path and content, in order of paths.
    ///   - packs: how many packs the chunks are dealt to.
    ///   - lie: what the manifest says instead of a file's SHA-256.
    public init(_ files: [(path: String, bytes: [UInt8])], packs packCount: Int = 1, cut: Int = 1_000, lie: [String: Digest] = [:]) throws {
        var rows: [ChunkRow] = []
        var manifestFiles: [ManifestFile] = []
        var content: [ChunkName: [UInt8]] = [:]
        var order: [ChunkName] = []
        for file in files {
            let first = rows.count
            for start in stride(from: 0, to: file.bytes.count, by: cut) {
                let piece = Array(file.bytes[start..<min(start + cut, file.bytes.count)])
                guard let name = ChunkName(digest: SHA256.digest(of: piece), length: piece.count) else { continue }
                if content.updateValue(piece, forKey: name) == nil { order.append(name) }
                rows.append(ChunkRow(name: name, element: .opaque))
            }
            manifestFiles.append(
                ManifestFile(
                    path: try ModelPath(file.path), size: file.bytes.count, sha256: lie[file.path] ?? SHA256.digest(of: file.bytes),
                    format: .opaque, firstRow: first, rows: rows.count - first))
        }
        segment = ListSegment(rows: rows)
        manifest = Manifest(
            contentId: Manifest.contentId(of: manifestFiles, sha256: SHA256.digest(of:)), files: manifestFiles,
            lists: [SHA256.digest(of: segment.encoded())])
        packs = (0..<packCount).compactMap { number in
            Self.pack(order.enumerated().filter { $0.offset % packCount == number }.map(\.element), content)
        }
        self.content = content
    }

    public static func pack(_ names: [ChunkName], _ content: [ChunkName: [UInt8]]) -> FinishedPack? {
        let (raw, frame, encoder) = (Slab(capacity: Limits.chunk), FrameEncoder.makeFrameSlab(), FrameEncoder())
        let builder = PackBuilder(slab: Slab(capacity: PackBuilder.slabCapacity))
        for name in names {
            raw.resize(0)
            let bytes = content[name] ?? []
            raw.append(bytes.span)
            encoder.encode(raw, range: 0..<raw.count, element: .opaque, into: frame)
            _ = builder.append(name, frame: frame)
        }
        return builder.finish()
    }

    public static func small(seed: UInt64 = 1, packs: Int = 2) throws -> StoredRevision {
        var generator = SeededGenerator(seed: seed)
        return try StoredRevision(
            [("a.txt", Array("hello \(seed)".utf8)), ("b.bin", generator.bytes(5_500)), ("empty", [])], packs: packs)
    }

    public func entry(
        _ n: Int = 1, previous: [UInt8]? = nil, model: String = "acme/tiny", ref: String = "main", time: String = "2026-01-01T00:00:00Z"
    ) throws -> (entry: RefEntry, envelope: [UInt8]) {
        let entry = RefEntry(
            model: try ModelName(model), ref: try RefName(ref), n: n, previous: previous.map { SHA256.digest(of: $0) },
            manifest: digest, time: time)
        return (entry, entry.encodedEnvelope(sha256: SHA256.digest(of:)))
    }

    /// Everything but the entry.
    /// - Parameter withPacks: false: the store has the chunks already.
    public func put(in store: any RevisionStore, withPacks: Bool = true) async throws {
        if withPacks { for pack in packs { try await store.put(pack) } }
        let missing = try await store.put(segment, digest: list)
        guard missing.isEmpty else { throw Incomplete(missing: missing.count) }
        try await store.put(manifest: manifestBytes, digest: digest) { _, _ in }
    }

    public struct Incomplete: Error { public let missing: Int }
}
