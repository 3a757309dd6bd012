import Synchronization
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

/// A revision that is ready to be published.
struct BuiltRevision: Sendable {
    let manifest: Manifest
    let bytes: [UInt8]
    let digest: Digest
    let segments: [ListSegment]
    let rows: [ChunkRow]
    let notices: [String]
}

/// The rows of one file as they were collected.
struct ReadRows: Sendable {
    var rows: [ChunkRow] = []
    var file: ReadFile?
}

/// Gathers the rows of every file while their chunks go on to the pipeline.
final class RowCollector: Sendable {
    private let rows: Mutex<[ReadRows]>
    private let pipeline: PackPipeline?
    private let meter: Meter

    init(files: Int, pipeline: PackPipeline?, meter: Meter) {
        rows = Mutex([ReadRows](repeating: ReadRows(), count: files))
        self.pipeline = pipeline
        self.meter = meter
    }

    var collected: [ReadRows] { rows.withLock { $0 } }

    /// Takes what is known of a file without its bytes. Comes before the file's batches.
    /// - Parameter held: raw bytes of it that need not be sent.
    func adopt(_ index: Int, _ known: KnownFile, held: Int) {
        rows.withLock { rows in
            rows[index].rows += known.rows
            rows[index].file = known.end.map { ReadFile(index: index, sha256: $0.sha256, format: $0.format) }
        }
        meter.update {
            $0.bytesDone += held
            $0.bytesReused += held
            $0.filesDone += known.end == nil ? 0 : 1
        }
    }

    /// Batches of one file come in order.
    @Sendable
    func deliver(_ batch: ReadBatch) async throws(TransferError) {
        rows.withLock { rows in
            for piece in batch.pieces { rows[piece.file].rows += piece.chunks.map { ChunkRow(name: $0.name, element: $0.element) } }
            for file in batch.finished { rows[file.index].file = file }
        }
        try await send(batch)
    }

    /// Hands on chunks whose rows are known already.
    @Sendable
    func send(_ batch: ReadBatch) async throws(TransferError) {
        if let pipeline { return try pipeline.send(batch) }
        meter.update {
            $0.bytesDone += batch.pieces.reduce(0) { $0 + $1.chunks.reduce(0) { $0 + $1.range.count } }
            $0.filesDone += batch.finished.count
        }
    }
}

/// Turns a directory into a revision: reads every file once, cuts and hashes it, and derives its papers.
struct RevisionBuilder: Sendable {
    let directory: String
    let work: Work
    let meter: Meter
    /// Files read at once.
    let parallelFiles: Int

    /// Builds the revision of `directory` and sends nothing.
    static func build(_ directory: String, work: Work, progress: @escaping ProgressHandler) async throws(TransferError) -> BuiltRevision {
        let builder = RevisionBuilder(directory: directory, work: work, meter: Meter(progress), parallelFiles: 3)
        let tree = try await work.perform { _ throws(TransferError) in try SourceTree.read(directory) }
        builder.meter.update {
            $0.filesTotal = tree.files.count
            $0.bytesTotal = tree.files.reduce(0) { $0 + $1.status.size }
            $0.phase = .reading
        }
        return try await builder.assemble(tree, try await builder.read(tree, into: nil))
    }

    /// Reads and hashes all files, several at a time, and hands their chunks to the pipeline. What the journal knows is not read
    /// again, unless the store lacks it.
    func read(_ tree: SourceTree, into pipeline: PackPipeline?, journal: HashJournal? = nil) async throws(TransferError) -> [ReadRows] {
        let collector = RowCollector(files: tree.files.count, pipeline: pipeline, meter: meter)
        let known = journal?.known ?? [:]
        let lacking = try await pipeline?.lacking(among: known.values.lazy.flatMap { $0.rows.lazy.map(\.name) }) ?? []
        var adopted: Set<Int> = []
        for (index, file) in known where file.end != nil && !file.rows.contains(where: { lacking.contains($0.name) }) {
            collector.adopt(index, file, held: file.byteCount)
            adopted.insert(index)
        }
        let groups = FileReader.groups(tree.files, without: adopted)
        let failure = await withTaskGroup(of: TransferError?.self) { group in
            var failure: TransferError?
            var running = 0
            for indices in groups {
                if running >= parallelFiles, let ended = await group.next() {
                    running -= 1
                    failure = failure ?? ended
                }
                if failure != nil { break }
                running += 1
                group.addTask {
                    do throws(TransferError) {
                        try await read(indices, of: tree.files, known, lacking, collector, journal)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for await ended in group { failure = failure ?? ended }
            return failure
        }
        if let failure { throw failure }
        return collector.collected
    }

    /// Reads one large file, or several small ones.
    private func read(
        _ indices: [Int], of files: [SourceFile], _ known: [Int: KnownFile], _ lacking: Set<ChunkName>, _ collector: RowCollector,
        _ journal: HashJournal?
    ) async throws(TransferError) {
        let reader = FileReader(work: work)
        guard indices.count == 1, files[indices[0]].status.size > FileReader.shared else {
            let batch = try await reader.readShared(indices, of: files)
            if let journal { await note(batch, of: files, in: journal) }
            return try await collector.deliver(batch)
        }
        let index = indices[0]
        var beginning = known[index]
        // Killed between the last window and the end of the file's record: nothing is left to read that would say what the file is.
        if let item = beginning, item.end == nil, item.byteCount == files[index].status.size { beginning = nil }
        if let item = beginning {
            let isRight = try await reader.reread(index, files[index], item, wanted: lacking, deliver: collector.send)
            if isRight {
                collector.adopt(index, item, held: item.rows.reduce(0) { $0 + (lacking.contains($1.name) ? 0 : $1.name.length) })
                if item.end != nil { return }
            } else {
                // The times say that nobody wrote to the file, and its bytes are others: it is read from its beginning.
                beginning = nil
            }
        }
        try await reader.readLarge(index, files[index], after: beginning, journal: journal, deliver: collector.deliver)
    }

    private func note(_ batch: ReadBatch, of files: [SourceFile], in journal: HashJournal) async {
        await work.pool.run { _ in
            for (piece, file) in zip(batch.pieces, batch.finished) {
                journal.note(files[piece.file], rows: piece.chunks.map { ChunkRow(name: $0.name, element: $0.element) }, as: file)
            }
        }
    }

    func assemble(_ tree: SourceTree, _ read: [ReadRows]) async throws(TransferError) -> BuiltRevision {
        var files: [ManifestFile] = []
        var rows: [ChunkRow] = []
        for (source, item) in zip(tree.files, read) {
            guard let file = item.file else { throw FileReader.changed(source) }
            files.append(
                ManifestFile(
                    path: source.path, size: source.status.size, sha256: file.sha256, format: file.format, firstRow: rows.count,
                    rows: item.rows.count))
            rows += item.rows
        }
        let derived = try await papers(tree, files)
        let segments = stride(from: 0, to: rows.count, by: Limits.segmentRows).map {
            ListSegment(rows: Array(rows[$0..<min($0 + Limits.segmentRows, rows.count)]))
        }
        let manifest = Manifest(
            plan: "t1", papersPlan: "p2", contentId: Manifest.contentId(of: files, sha256: SHA256.digest(of:)), files: files,
            lists: segments.map { SHA256.digest(of: $0.encoded()) }, papers: derived.papers, baseModels: derived.baseModels)
        let checked = try lifting { () throws(FormatError) in try manifest.validated(sha256: SHA256.digest(of:)) }
        let bytes = checked.encoded()
        guard bytes.count <= Limits.manifest else {
            throw TransferError(
                .usage, subject: directory, cause: "has so many files that its manifest would exceed \(Limits.manifest) bytes",
                remedy: "Put small files into an archive, or push parts as models of their own")
        }
        return BuiltRevision(
            manifest: checked, bytes: bytes, digest: SHA256.digest(of: bytes), segments: segments, rows: rows, notices: derived.notices)
    }

    /// The chunks of the revision that stand as evidence.
    func evidence(_ tree: SourceTree, of revision: BuiltRevision) async throws(TransferError) -> [ChunkName] {
        try await work.perform { _ throws(TransferError) in
            let files = zip(tree.files, revision.manifest.files).map(Self.evidence)
            return try lifting { () throws(SystemError) in try RevisionEvidence.chunks(of: revision.manifest, revision.rows, files) }
        }
    }

    private static func evidence(_ source: SourceFile, _ file: ManifestFile) -> EvidenceFile {
        EvidenceFile(path: file.path, sha256: file.sha256, size: file.size, format: file.format) {
            (offset: Int, count: Int) throws(SystemError) in
            try OwnedFile.open(source.location, .read).read(at: offset, count: count)
        }
    }

    private func papers(_ tree: SourceTree, _ files: [ManifestFile]) async throws(TransferError) -> DerivedPapers {
        try await work.perform { _ throws(TransferError) in
            let read = zip(tree.files, files).filter { PapersDerivation.reads($0.path, format: $1.format) }
            let evidence = read.map(Self.evidence)
            let derived = PapersDerivation.derive(evidence)
            if let error = derived.readError { throw TransferError(error) }
            // The claims must come from the bytes that were hashed.
            for (source, _) in read { _ = try FileReader.open(source) }
            return derived
        }
    }
}
