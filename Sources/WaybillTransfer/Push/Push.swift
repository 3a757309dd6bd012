import Synchronization
import WaybillCodec
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

public struct PushOptions: Sendable {
    /// The entry that this push is to follow; nil: the one that the directory remembers. 0: the ref must not exist.
    public var expect: Int?
    /// Files read at once.
    public var parallelFiles = 3
    /// Read every file, whatever is remembered of it.
    public var rehash = false
    /// Signs the entry and vouches for the revision; nil: unsigned.
    public var signing: RevisionSigning?
    /// Models of the same store that share chunks with this one; for a store that has nobody to ask (a bucket).
    public var bases: [ModelName] = []

    public init() {}
}

/// Publishes a directory as the next revision of a ref: reads every file once, sends the chunks that the store lacks, then lists,
/// locators, manifest and, as the only commit point, the ref entry. Interrupted anywhere, it can be run again; what the
/// store acknowledged is not sent twice.
public struct Push: Sendable {
    let directory: String
    let store: any RevisionStore
    let remote: String
    let model: ModelName
    let ref: RefName
    let options: PushOptions
    let work: Work
    let meter: Meter

    /// - Parameter remote: the canonical address of the store, by which the directory remembers what it saw there.
    public init(
        directory: String, store: any RevisionStore, remote: String, model: ModelName, ref: RefName, options: PushOptions = PushOptions(),
        work: Work, progress: @escaping ProgressHandler
    ) {
        self.directory = directory
        self.store = store
        self.remote = remote
        self.model = model
        self.ref = ref
        self.options = options
        self.work = work
        meter = Meter(progress)
    }

    /// - Throws: `.conflict` if the ref moved or a file changed meanwhile; nothing is published then.
    public func run() async throws(TransferError) -> TransferReport {
        let reader = RevisionReader(store)
        _ = try await lifting { () async throws(StoreError) in try await reader.description() }
        let lease = try await lifting { () async throws(StoreError) in try await store.beginPush(of: [model] + options.bases) }
        do throws(TransferError) {
            let report = try await run(reader, lease)
            await lease.end()
            return report
        } catch {
            await lease.end()
            throw error
        }
    }

    private func run(_ reader: RevisionReader, _ lease: PushLease) async throws(TransferError) -> TransferReport {
        let local = try await LocalState.open(directory, work: work)
        defer { local.lock?.unlock() }
        let reading = work.withMemory(PushMemory(of: work.memory.budget).windows)
        let builder = RevisionBuilder(directory: directory, work: reading, meter: meter, parallelFiles: options.parallelFiles)
        let tree = try await work.perform { [directory] _ throws(TransferError) in try SourceTree.read(directory) }
        meter.update {
            $0.filesTotal = tree.files.count
            $0.bytesTotal = tree.files.reduce(0) { $0 + $1.status.size }
            $0.phase = .reading
        }
        let newest = try await lifting { () async throws(StoreError) in try await reader.newestEntryBytes(model, ref) }
        let base = options.expect ?? local.checkout?.lastSeen(remote, model, ref)?.n ?? 0
        // A push that would conflict sends nothing; it may still turn out that there is nothing to do.
        let isStale = (newest?.n ?? 0) != base
        let journal = try await work.perform { [options] _ throws(TransferError) in
            local.folder.map { HashJournal.open($0.state, for: tree.files, forgetting: options.rehash) }
        }
        var attempt = 0
        var missing: Set<ChunkName> = []
        while true {
            attempt += 1
            let pipeline = isStale ? nil : PackPipeline(store: store, work: work, meter: meter, missing: missing)
            let files: [ReadRows]
            do throws(TransferError) {
                files = try await builder.read(tree, into: pipeline, journal: journal)
                try await pipeline?.finish()
            } catch {
                await pipeline?.abandon(after: error)
                throw error
            }
            let revision = try await builder.assemble(tree, files)
            let published = try await newestManifest(reader, newest)
            if isStale, published != revision.digest {
                throw TransferError(DirectoryMoved.error(model, ref, newest: newest?.n ?? 0, base: base))
            }
            let entry: SeenEntry
            var notice: String?
            do throws(TransferError) {
                if !isStale {
                    var lacking: [ChunkName] = []
                    if published != revision.digest {
                        (lacking, notice) = try await keepEvidence(try await builder.evidence(tree, of: revision))
                    }
                    missing = try await publish(revision, lacking: lacking)
                    guard missing.isEmpty else { throw lost(missing.count) }
                }
                entry = try await commit(revision, newest: newest, isPublished: published == revision.digest)
            } catch  where error.isIncomplete && attempt < 5 {
                // A collector took what the store had when we asked, or its answer was damaged: once more, from the files.
                try await lifting { () async throws(StoreError) in try await lease.renew() }
                continue
            }
            return try await report(revision, tree, pipeline, entry, local, unchanged: entry.n == newest?.n, notice: notice)
        }
    }

    private func newestManifest(_ reader: RevisionReader, _ newest: (n: Int, bytes: [UInt8])?) async throws(TransferError) -> Digest? {
        guard let newest else { return nil }
        do throws(FormatError) {
            let entry = try RefEntry(decodingEnvelope: newest.bytes, model: model, ref: ref, n: newest.n, sha256: SHA256.digest(of:))
            return entry.state == .active ? entry.manifest : nil
        } catch {
            // A burnt entry may be followed by whoever names its number.
            if options.expect == newest.n { return nil }
            throw TransferError(
                .integrity, subject: error.subject, cause: error.cause, remedy: "To publish after it, push with --expect \(newest.n)")
        }
    }
}

/// The error of a push that is based on an older entry.
enum DirectoryMoved {
    static func error(_ model: ModelName, _ ref: RefName, newest: Int, base: Int) -> TransferError {
        let remedy =
            newest == 0
            ? "The ref does not exist: push with --expect 0"
            : "Pull the newest revision first, or replace it knowingly with --expect \(newest)"
        return TransferError(
            .conflict, subject: "\(model.path):\(ref.text)",
            cause: base == 0
                ? "the ref exists already (its newest entry is \(newest)) and this directory was neither pulled from it nor pushed to it"
                : "the ref moved: its newest entry is \(newest), this push is based on \(base)",
            remedy: remedy)
    }
}
