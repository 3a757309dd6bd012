import WaybillFormat
import WaybillStore
import WaybillSystem

/// Makes the files of a directory what its revision says, fetching only the chunks that are wrong here.
///
/// Interrupted anywhere, it is continued by running it again. A file is reported as mended when its whole SHA-256 was right and its
/// bytes are durable.
public struct Repair: Sendable {
    let directory: String
    let sources: [any ChunkSource]
    /// Requests at once.
    let connections: Int
    let work: Work
    let meter: Meter

    /// - Parameter sources: give bytes; the first is the one that the directory remembers. Asked only if something is wrong.
    public init(directory: String, sources: [any ChunkSource], connections: Int = 8, work: Work, progress: @escaping ProgressHandler) {
        self.directory = directory
        self.sources = sources
        self.connections = connections
        self.work = work
        meter = Meter(progress)
    }

    /// The remote that the directory was pulled from or pushed to.
    /// - Throws: `.notFound` if it was neither.
    public static func remote(of directory: String, work: Work) async throws(TransferError) -> String {
        try await work.perform { _ throws(TransferError) in
            guard let folder = try CheckoutFolder.openIfPresent(directory), let recorded = try folder.recorded() else {
                throw unknown(directory)
            }
            return recorded.remote
        }
    }

    /// - Throws: what keeps the whole directory from being examined. Files that stay wrong are in the report.
    public func run() async throws(TransferError) -> RepairReport {
        let (folder, lock) = try await work.perform { [directory] _ throws(TransferError) in
            guard let folder = try CheckoutFolder.openIfPresent(directory) else { throw Self.unknown(directory) }
            let lock = try folder.lock()
            try folder.finishPendingSwitch(holding: lock)
            return (folder, lock)
        }
        defer { lock.unlock() }
        let notices = try await restoreRecords(folder)
        let (checkout, rows) = try await work.perform { [directory] _ throws(TransferError) in
            guard let checkout = try folder.checkout() else { throw Self.unknown(directory) }
            return (checkout, try folder.rows(of: checkout.manifest))
        }
        var report = RepairReport(directory: directory, checkout)
        report.notices = notices
        let examined = try await examine(checkout, rows, folder)
        try await makeDurable(examined, folder)
        let outcome = try await mend(examined, checkout, rows, folder)
        try await record(examined, outcome, in: checkout, folder)

        for (index, file) in examined.enumerated() where file.mending != .none {
            if outcome.statuses[index] != nil {
                report.mended.append(.init(path: file.file.path, kind: file.kind, chunks: file.finding.wrong.count))
            } else {
                let error = outcome.failures[index] ?? file.refusal
                report.left.append(.init(problem: FileProblem(path: file.file.path, kind: file.kind, detail: error.cause), error: error))
            }
        }
        report.kept = outcome.kept
        report.chunksTransferred = outcome.chunksFetched
        report.bytesTransferred = meter.current.bytesTransferred
        report.bytesReused = max(0, report.bytesTotal - outcome.bytesFetched - outcome.bytesLost)
        report.seconds = meter.seconds
        return report
    }

    static func unknown(_ directory: String) -> TransferError {
        TransferError(
            .notFound, subject: directory, cause: "was neither pulled nor pushed by Waybill: it has no record to repair by",
            remedy: "Pull into it: files that match are kept")
    }

    /// A repair that was killed may have left right bytes, names and kept edits that are only in the page cache: they are made durable
    /// before anything is built on them.
    private func makeDurable(_ examined: [ExaminedFile], _ folder: CheckoutFolder) async throws(TransferError) {
        let wasWritten = examined.contains { file in
            guard file.mending == .none, !file.isLink, case .file(_, _, isUntouched: false) = file.finding.place else { return false }
            return true
        }
        let isMending = examined.contains { $0.mending != .none }
        try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in
                let hasKept = try folder.state.status(ReplacedBytes.name) != nil
                if wasWritten || isMending && hasKept { try folder.root.syncFileSystem() }
            }
        }
    }

    /// Notes the statuses of files that are right now, so that nobody takes what the repair wrote for an edit.
    private func record(
        _ examined: [ExaminedFile], _ outcome: MendOutcome, in checkout: Checkout, _ folder: CheckoutFolder
    ) async throws(TransferError) {
        var tracked: [ModelPath: TrackedFile] = [:]
        for file in checkout.tracked { tracked[file.path] = file }
        for (index, file) in examined.enumerated() {
            let status = file.mending == .none && !file.isLink ? file.status : outcome.statuses[index]
            guard let status else { continue }
            tracked[file.file.path] = TrackedFile(path: file.file.path, sha256: file.file.sha256, status: status)
        }
        var updated = checkout
        updated.tracked = tracked.values.sorted { $0.path < $1.path }
        guard updated.tracked != checkout.tracked else { return }
        let record = updated
        try await work.perform { _ throws(TransferError) in try folder.write(record) }
    }

    /// Brings back the copies of manifest and lists that `.waybill/` keeps, where they are missing or damaged themselves.
    /// - Returns: what was brought back.
    private func restoreRecords(_ folder: CheckoutFolder) async throws(TransferError) -> [String] {
        guard let recorded = try await work.perform({ _ throws(TransferError) in try folder.recorded() }) else { return [] }
        var notices: [String] = []
        var manifest = try await work.perform { _ throws(TransferError) in try? folder.manifest(recorded.manifest) }
        if manifest == nil {
            for source in sources {
                guard let found = try? await RevisionReader(source).manifest(recorded.manifest) else { continue }
                try await replace("manifests", recorded.manifest, found.bytes, folder)
                manifest = found.manifest
                notices.append("the directory's copy of the manifest was brought back from \(source.label)")
                break
            }
        }
        guard let manifest else { return notices }
        var restored = 0
        for digest in manifest.lists {
            let isRight = try await work.perform { _ throws(TransferError) in folder.keepsList(digest) }
            if isRight { continue }
            for source in sources {
                guard let segment = try? await RevisionReader(source).segment(digest) else { continue }
                try await replace("lists", digest, segment.encoded(), folder)
                restored += 1
                break
            }
        }
        if restored > 0 { notices.append("\(restored) of the directory's lists of chunks were brought back") }
        return notices
    }

    private func replace(_ kind: String, _ digest: Digest, _ bytes: [UInt8], _ folder: CheckoutFolder) async throws(TransferError) {
        try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in try folder.state.folder(kind, create: true).replace(digest.hex, with: bytes) }
        }
    }
}

extension CheckoutFolder {
    /// What `checkout.json` names, without the kept manifest; nil if there is none or it cannot be read.
    func recorded() throws(TransferError) -> (remote: String, manifest: Digest)? {
        let bytes = try lifting { () throws(SystemError) -> [UInt8]? in
            guard try state.status("checkout.json") != nil else { return nil }
            let file = try state.file("checkout.json", .read)
            return try file.read(at: 0, count: min(try file.status().size, 256 << 20))
        }
        guard let bytes else { return nil }
        guard let json = try? JSONValue(parsing: bytes, maximumDepth: 8), let remote = json["remote"]?.text,
            let text = json["manifest"]?.text, let manifest = Digest(hex: text)
        else {
            throw TransferError(
                .integrity, subject: "\(state.path)/checkout.json", cause: "cannot be read",
                remedy: "Remove it and pull again: files that match are kept")
        }
        return (remote, manifest)
    }

    /// Whether the kept copy of a list segment is there and right.
    func keepsList(_ digest: Digest) -> Bool {
        guard let file = try? state.folder("lists").file(digest.hex, .read),
            let bytes = try? file.read(at: 0, count: Limits.segment + 1)
        else { return false }
        return SHA256.digest(of: bytes) == digest
    }
}
