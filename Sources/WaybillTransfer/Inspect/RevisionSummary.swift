import WaybillFormat
import WaybillStore
import WaybillSystem

/// Files and bytes of one format.
public struct FormatTotal: Sendable, Hashable {
    public var files = 0
    public var bytes = 0
}

/// What a mirror says of a revision, verified.
public struct RevisionSummary: Sendable {
    public let digest: Digest
    public let manifest: Manifest
    /// The entry that names it; nil when asked by digest alone.
    public let entry: ReadEntry?
    public let bytesTotal: Int
    public let chunksTotal: Int
    public let uniqueChunks: Int
    /// Raw bytes of distinct chunks.
    public let uniqueBytes: Int
    /// What the distinct chunks occupy in the store.
    public let bytesStored: Int
    public let formats: [FileFormat: FormatTotal]

    public static func read(
        source: any ChunkSource, model: ModelName, ref: RefName?, revision: Digest?, work: Work
    ) async throws(TransferError) -> RevisionSummary {
        let (digest, entry) = try await RevisionContent.resolve(source: source, model: model, ref: ref, revision: revision)
        let reader = RevisionReader(source)
        let (manifest, rows) = try await lifting { () async throws(StoreError) in
            let manifest = try await reader.manifest(digest).manifest
            return (manifest, try await reader.rows(of: manifest))
        }
        let segments = stride(from: 0, to: rows.count, by: Limits.segmentRows).map {
            ListSegment(rows: Array(rows[$0..<min($0 + Limits.segmentRows, rows.count)]))
        }
        let stored = try await StoredBytes.of(manifest, segments, in: source)
        let unique = Set(rows.map(\.name))
        var formats: [FileFormat: FormatTotal] = [:]
        for file in manifest.files {
            formats[file.format, default: FormatTotal()].files += 1
            formats[file.format, default: FormatTotal()].bytes += file.size
        }
        return RevisionSummary(
            digest: digest, manifest: manifest, entry: entry, bytesTotal: manifest.byteCount, chunksTotal: rows.count,
            uniqueChunks: unique.count, uniqueBytes: unique.reduce(0) { $0 + $1.length }, bytesStored: stored, formats: formats)
    }
}

/// A revision's manifest and chunk table, from a mirror or from a directory.
public struct RevisionContent: Sendable {
    public let manifest: Manifest
    public let rows: [ChunkRow]

    /// What an address names, by ref, by digest, or by both, which must agree.
    static func resolve(
        source: any ChunkSource, model: ModelName, ref: RefName?, revision: Digest?
    ) async throws(TransferError) -> (Digest, ReadEntry?) {
        let reader = RevisionReader(source)
        _ = try await lifting { () async throws(StoreError) in try await reader.description() }
        guard let name = ref ?? (revision == nil ? RefName.main : nil) else {
            guard let revision else { throw TransferError(.usage, subject: model.path, cause: "names no revision") }
            return (revision, nil)
        }
        let newest = try await lifting { () async throws(StoreError) in try await reader.newestEntry(model, name) }
        let named = try Pull.manifest(of: newest.entry)
        if let revision, revision != named {
            throw TransferError(
                .conflict, subject: "\(model.path):\(name.text)@\(revision)", cause: "the ref names another revision, \(named)",
                remedy: "Leave out the ref or the digest")
        }
        return (named, newest)
    }

    public static func read(
        source: any ChunkSource, model: ModelName, ref: RefName?, revision: Digest?
    ) async throws(TransferError) -> RevisionContent {
        let (digest, _) = try await resolve(source: source, model: model, ref: ref, revision: revision)
        let reader = RevisionReader(source)
        return try await lifting { () async throws(StoreError) in
            let manifest = try await reader.manifest(digest).manifest
            return RevisionContent(manifest: manifest, rows: try await reader.rows(of: manifest))
        }
    }

    /// Plans and hashes a directory as a push would, and sends nothing.
    public static func of(directory: String, work: Work, progress: @escaping ProgressHandler = { _ in }) async throws(TransferError)
        -> RevisionContent
    {
        let revision = try await RevisionBuilder.build(directory, work: work, progress: progress)
        return RevisionContent(manifest: revision.manifest, rows: revision.rows)
    }
}

/// How two revisions differ, by files, chunks and papers.
public struct RevisionDifference: Sendable {
    public struct Change: Sendable, Hashable {
        public let path: ModelPath
        public let oldSize: Int?
        public let newSize: Int?
    }

    public private(set) var added: [Change] = []
    public private(set) var removed: [Change] = []
    public private(set) var changed: [Change] = []
    public private(set) var unchangedFiles = 0
    /// Raw bytes of the distinct chunks that the second has and the first lacks.
    public private(set) var bytesToTransfer = 0
    /// Distinct chunks that both have.
    public private(set) var chunksShared = 0
    /// Kinds of claims whose values differ.
    public private(set) var papersChanged: [ClaimKind] = []

    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty && papersChanged.isEmpty }

    public static func between(_ a: RevisionContent, _ b: RevisionContent) -> RevisionDifference {
        var difference = RevisionDifference()
        var old: [ModelPath: ManifestFile] = [:]
        for file in a.manifest.files { old[file.path] = file }
        for file in b.manifest.files {
            guard let before = old.removeValue(forKey: file.path) else {
                difference.added.append(Change(path: file.path, oldSize: nil, newSize: file.size))
                continue
            }
            if before.sha256 == file.sha256 {
                difference.unchangedFiles += 1
            } else {
                difference.changed.append(Change(path: file.path, oldSize: before.size, newSize: file.size))
            }
        }
        difference.removed = old.values.sorted { $0.path < $1.path }.map { Change(path: $0.path, oldSize: $0.size, newSize: nil) }
        let have = Set(a.rows.map(\.name))
        let need = Set(b.rows.map(\.name))
        difference.chunksShared = need.intersection(have).count
        difference.bytesToTransfer = need.subtracting(have).reduce(0) { $0 + $1.length }
        difference.papersChanged = ClaimKind.allCases.filter { kind in
            let before = a.manifest.papers.claims[kind]?.map(\.value) ?? []
            let after = b.manifest.papers.claims[kind]?.map(\.value) ?? []
            return before != after
        }
        return difference
    }
}
