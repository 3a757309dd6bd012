import WaybillCodec
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

public struct PullOptions: Sendable {
    /// Globs of files; empty: what the directory recorded, else everything.
    public var include: [String] = []
    /// Replace files that were edited, and strangers that stand in the way.
    public var overwrite = false
    /// Requests at once.
    public var connections = 8
    /// What may be let in; nil: everything.
    public var policy: PolicyEnforcement?
    /// Checks signatures against what the user pinned; nil: nothing is pinned.
    public var trust: PublisherCheck?
    /// Chunks whose places are known at a time, 32 GB of most models: those of all chunks would take more memory than the rest of a pull.
    package var chunksLocated = 4 * Limits.segmentRows

    public init() {}
}

/// Makes a directory hold a revision: takes what is here already, fetches the rest in verified chunks, hashes every file whole, and
/// switches to the new revision in one step. Interrupted anywhere, the directory holds the old revision or the next command
/// makes it the new one; what arrived is not fetched again.
public struct Pull: Sendable {
    let source: any ChunkSource
    let extraSources: [any ChunkSource]
    let remote: String
    let model: ModelName
    let ref: RefName?
    let revision: Digest?
    let directory: String
    let options: PullOptions
    let work: Work
    let meter: Meter

    /// - Parameters:
    ///   - source: says what the ref is; also gives bytes.
    ///   - extraSources: give bytes only.
    ///   - remote: the canonical address of `source`, by which the directory remembers what it saw there.
    ///   - revision: with `ref`, both must agree.
    public init(
        source: any ChunkSource, extraSources: [any ChunkSource] = [], remote: String, model: ModelName, ref: RefName?,
        revision: Digest? = nil, directory: String, options: PullOptions = PullOptions(), work: Work, progress: @escaping ProgressHandler
    ) {
        self.source = source
        self.extraSources = extraSources
        self.remote = remote
        self.model = model
        self.ref = ref
        self.revision = revision
        self.directory = directory
        self.options = options
        self.work = work
        meter = Meter(progress)
    }

    /// What the address means.
    struct Resolved: Sendable {
        /// Another one than was asked for, if it moved inside its organisation.
        let model: ModelName
        let digest: Digest
        let manifest: Manifest
        let bytes: [UInt8]
        let segments: [ListSegment]
        let rows: [ChunkRow]
        let entry: SeenEntry?
        /// Nil for a pull by digest, and where nothing is pinned.
        let standing: Standing?
    }

    /// - Throws: `.integrity` if anything is not what it should be: nothing is changed then. `.conflict` for local edits.
    public func run() async throws(TransferError) -> TransferReport {
        let reader = RevisionReader(source)
        _ = try await lifting { () async throws(StoreError) in try await reader.description() }
        // The remote is asked first: a typo must not leave an empty directory behind.
        let seen = try await Checkout.readIfDirectory(directory, work: work)?.lastSeen(remote, model, ref ?? .main)
        let resolved = try await resolve(reader, seen: seen)
        let (folder, lock) = try await work.perform { [directory] _ throws(TransferError) in
            let folder = try CheckoutFolder.open(directory)
            let lock = try folder.lock()
            try folder.finishPendingSwitch(holding: lock)
            return (folder, lock)
        }
        defer { lock.unlock() }
        let old = try await work.perform { _ throws(TransferError) in try folder.checkout() }
        if let old, old.model.folded != model.folded, old.model.folded != resolved.model.folded, !options.overwrite {
            throw TransferError(
                .conflict, subject: directory, cause: "holds another model, \(old.model.path)",
                remedy: "Pull into another directory; --overwrite replaces \(old.model.path) with \(model.path)")
        }
        let include = options.include.isEmpty ? (old?.include ?? []) : options.include
        let selected = Checkout.select(resolved.manifest.files, include)
        guard !selected.isEmpty else {
            throw TransferError(
                .notFound, subject: include.joined(separator: " "), cause: "matches none of the \(resolved.manifest.files.count) files",
                remedy: "'waybill show' lists them; --include '*' takes all")
        }
        meter.update {
            $0.filesTotal = selected.count
            $0.bytesTotal = selected.reduce(0) { $0 + $1.size }
        }
        let admission = try await admit(resolved, folder, old: old)
        let survey = try await survey(folder, old: old, resolved: resolved, selected: selected)
        let outcome = try await transfer(folder, resolved: resolved, survey: survey, old: old)
        let scanned = try await admit(content: survey, folder, resolved, admission)
        try await switchOver(folder, resolved: resolved, survey: survey, old: old, include: include)
        var notices: [String] = []
        let stored = await StoredBytes.afterTransfer(resolved.manifest, resolved.segments, in: source, &notices)
        var report = report(resolved, selected: selected, survey: survey, outcome: outcome, stored: stored)
        if resolved.model != model { report.notices.append("\(model.path) was renamed to \(resolved.model.path) by its publisher") }
        report.notices += (resolved.standing?.notices ?? []) + (admission?.notices ?? []) + scanned + notices
        return report
    }

    /// Finds manifest and chunk table, refusing what is older than what was seen, withdrawn, or not signed as it should be.
    private func resolve(_ reader: RevisionReader, seen: SeenEntry?) async throws(TransferError) -> Resolved {
        var digest = revision
        var entry: SeenEntry?
        var standing: Standing?
        var model = model
        let name = ref ?? (revision == nil ? RefName.main : nil)
        if let name {
            let found = try await newest(reader, name, seen)
            let named = try Self.manifest(of: found.read.entry)
            if let revision, revision != named {
                throw TransferError(
                    .conflict, subject: "\(model.path):\(name.text)@\(revision)", cause: "the ref names another revision, \(named)",
                    remedy: "Leave out ':\(name.text)' to pull by digest, or the digest to pull the ref")
            }
            digest = named
            model = found.read.entry.model
            standing = found.standing
            entry = SeenEntry(remote: remote, model: model, ref: name, n: found.read.entry.n, entry: found.read.digest)
        }
        guard let digest else { throw TransferError(.usage, subject: model.path, cause: "names no revision") }
        if name == nil { try await options.trust?.requireUnrevoked(digest, of: model, in: source) }
        let (manifest, bytes) = try await lifting { () async throws(StoreError) in try await reader.manifest(digest) }
        if let found = standing { standing = try await options.trust?.complete(found, with: manifest) }
        let rows = try await lifting { () async throws(StoreError) in try await reader.rows(of: manifest) }
        let segments = stride(from: 0, to: rows.count, by: Limits.segmentRows).map {
            ListSegment(rows: Array(rows[$0..<min($0 + Limits.segmentRows, rows.count)]))
        }
        return Resolved(
            model: model, digest: digest, manifest: manifest, bytes: bytes, segments: segments, rows: rows, entry: entry, standing: standing
        )
    }

    /// The newest entry of the ref, and who stands behind it. Renames are followed inside one pinned organisation.
    private func newest(
        _ reader: RevisionReader, _ ref: RefName, _ seen: SeenEntry?
    ) async throws(TransferError) -> (read: ReadEntry, standing: Standing?) {
        var model = model
        for _ in 0...Self.maximumRenames {
            let read = try await lifting { [model] () async throws(StoreError) in try await reader.newestEntry(model, ref) }
            if model == self.model { try requireNotOlder(read, ref, seen) }
            let standing = try await options.trust?.standing(of: read, in: source)
            guard let target = read.entry.movedTo, read.entry.state == .active, standing?.ref != nil, target.org == model.org else {
                return (read, standing)
            }
            model = target
        }
        throw TransferError(
            .integrity, subject: "\(self.model.path):\(ref.text)", cause: "was renamed more than \(Self.maximumRenames) times in a row",
            remedy: "Pull the model by its newest name ('waybill list' shows them)")
    }

    private static let maximumRenames = 4

    private func requireNotOlder(_ newest: ReadEntry, _ ref: RefName, _ seen: SeenEntry?) throws(TransferError) {
        guard let seen, seen.ref == ref else { return }
        let subject = "\(remote)/\(model.path):\(ref.text)"
        if newest.entry.n < seen.n {
            throw TransferError(
                .integrity, subject: subject,
                cause: "rollback: the mirror shows entry \(newest.entry.n), this directory has seen \(seen.n)",
                remedy: "The mirror is stale or hostile: ask its operator, or pull from another one")
        }
        if newest.entry.n == seen.n, newest.digest != seen.entry {
            throw TransferError(
                .integrity, subject: subject, cause: "fork: entry \(seen.n) is not the one that this directory has seen",
                remedy: "The mirror's history was rewritten: ask its operator, or pull from another one")
        }
    }

    /// The manifest of an entry that may be used.
    static func manifest(of entry: RefEntry) throws(TransferError) -> Digest {
        let subject = "\(entry.model.path):\(entry.ref.text)"
        guard entry.state == .active else {
            throw TransferError(
                .policy, subject: subject, cause: "was withdrawn by its publisher: \(entry.reason ?? "no reason given")",
                remedy: "Use another ref or revision ('waybill ref list')")
        }
        if let target = entry.movedTo {
            throw TransferError(
                .notFound, subject: subject, cause: "moved to \(target.path)",
                remedy: "Pull \(target.path) if you trust its publisher as well")
        }
        guard let manifest = entry.manifest else {
            throw TransferError(.notFound, subject: subject, cause: "names no revision", remedy: "Use another ref ('waybill ref list')")
        }
        return manifest
    }

    private func report(
        _ resolved: Resolved, selected: [ManifestFile], survey: Survey, outcome: TransferOutcome, stored: Int
    ) -> TransferReport {
        var report = TransferReport(manifest: resolved.digest, contentId: resolved.manifest.contentId, model: resolved.model)
        report.standing = resolved.standing
        report.ref = resolved.entry?.ref
        report.entry = resolved.entry?.n
        report.filesTotal = resolved.manifest.files.count
        report.filesSelected = selected.count
        report.bytesTotal = selected.reduce(0) { $0 + $1.size }
        report.bytesTransferred = meter.current.bytesTransferred
        report.bytesReused = max(0, report.bytesTotal - outcome.bytesFetched)
        report.bytesStored = stored
        report.chunksTotal = selected.reduce(0) { $0 + $1.rows }
        report.chunksTransferred = outcome.chunksFetched
        report.seconds = meter.seconds
        report.sources =
            outcome.sources.isEmpty ? PullSources([source] + extraSources, order: [], options: options).shares : outcome.sources
        report.unchanged = survey.build.isEmpty && survey.deletions.isEmpty
        return report
    }
}

extension Checkout {
    /// As `read`, but a directory that does not exist is simply nil.
    static func readIfDirectory(_ directory: String, work: Work) async throws(TransferError) -> Checkout? {
        let exists = try await work.perform { _ throws(TransferError) in (try? FileStatus.of(directory))?.kind == .folder }
        return exists ? try await read(directory: directory, work: work) : nil
    }
}
