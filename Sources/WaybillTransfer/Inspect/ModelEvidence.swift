import WaybillCodec
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

/// The files of a model, for whoever reads its papers: of a revision in a store, or of a directory.
public struct ModelEvidence: Sendable {
    /// Nil for a directory whose files were not hashed.
    public let manifest: Manifest?
    /// Of the manifest, where it is published.
    public let digest: Digest?
    /// When the ref entry that names it was made, `YYYY-MM-DDThh:mm:ssZ`.
    public let published: String?
    private let files: @Sendable () throws(TransferError) -> [EvidenceFile]

    /// A revision of a store. Nothing of its files is fetched before somebody reads.
    public static func revision(
        source: any ChunkSource, model: ModelName, ref: RefName?, revision: Digest?, work: Work
    ) async throws(TransferError) -> ModelEvidence {
        let (digest, entry) = try await RevisionContent.resolve(source: source, model: model, ref: ref, revision: revision)
        let reader = RevisionReader(source)
        let (manifest, rows) = try await lifting { () async throws(StoreError) in
            let manifest = try await reader.manifest(digest).manifest
            return (manifest, try await reader.rows(of: manifest))
        }
        let files = RevisionFiles(manifest, rows: rows, from: .evidenceThenPacks, of: [source], work: work)
        return ModelEvidence(manifest: manifest, digest: digest, published: entry?.entry.time) { files.evidence }
    }

    /// The files of a directory as they are now, whatever it was pulled or pushed as.
    /// - Parameter hashes: whether the files are hashed, so that findings name the content that they are about. Otherwise the
    ///   digests of files are zeros.
    public static func directory(
        _ directory: String, hashes: Bool, work: Work, progress: @escaping ProgressHandler = { _ in }
    ) async throws(TransferError) -> ModelEvidence {
        let manifest = hashes ? try await RevisionBuilder.build(directory, work: work, progress: progress).manifest : nil
        var known: [ModelPath: ManifestFile] = [:]
        for file in manifest?.files ?? [] { known[file.path] = file }
        let named = known
        return ModelEvidence(manifest: manifest, digest: nil, published: nil) { () throws(TransferError) in
            try SourceTree.read(directory).files.map { (source) throws(TransferError) in
                let format: FileFormat
                if let file = named[source.path] { format = file.format } else { format = try Self.format(of: source) }
                return EvidenceFile(
                    path: source.path, sha256: named[source.path]?.sha256 ?? Self.unknown, size: source.status.size, format: format
                ) { (offset: Int, count: Int) throws(SystemError) in
                    try OwnedFile.open(source.location, .read).read(at: offset, count: count)
                }
            }
        }
    }

    /// The revision that a directory was pulled or pushed as, and whether the files that its papers are read from are still its own;
    /// nil for a directory without one.
    public static func held(
        in directory: String, work: Work
    ) async throws(TransferError) -> (evidence: ModelEvidence, isWhole: Bool)? {
        guard let checkout = try await Checkout.read(directory: directory, work: work) else { return nil }
        return try await work.perform { _ throws(TransferError) in
            let (files, isWhole) = HeldFiles.read(checkout, in: try CheckoutFolder.open(directory))
            let evidence = ModelEvidence(manifest: checkout.manifest, digest: checkout.manifestDigest, published: nil) { files }
            return (evidence, isWhole)
        }
    }

    /// Stands for a digest that was not computed.
    private static let unknown = Digest([UInt8](repeating: 0, count: Digest.byteCount).span, at: 0)

    private static func format(of source: SourceFile) throws(TransferError) -> FileFormat {
        let file = try lifting { () throws(SystemError) in try OwnedFile.open(source.location, .read) }
        return FileLayout.detect(size: source.status.size) { offset, count in (try? file.read(at: offset, count: count)) ?? [] }.format
    }

    /// Runs `body` on a thread of its own: reading a file may wait for a network or a disk.
    public func read<T: Sendable>(_ body: @escaping @Sendable ([EvidenceFile]) throws(SystemError) -> T) async throws(TransferError) -> T {
        try await WorkerPool<Void>(threads: 1) {}.run { [files] (_) throws(TransferError) in
            let read = try files()
            return try lifting { () throws(SystemError) in try body(read) }
        }
    }
}
