import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTrust

/// Changes of a ref that move no bytes: each is a new entry.
public struct RefChange: Sendable {
    let store: any RevisionStore
    let model: ModelName
    let ref: RefName
    let signing: RevisionSigning?

    /// What the next entry says.
    private struct Change {
        var state = RefEntry.State.active
        var manifest: Digest?
        var movedTo: ModelName?
        var reason: String?
        /// Rows of the index, beside those that signing adds.
        var rows: [AttestationIndex.Row] = []
        /// Whether a signer vouches for the revision, and does not only sign the entry.
        var vouches = false
        var expires: String?
    }

    /// An entry of a ref's log, or the number of one that cannot be read.
    public struct LogLine: Sendable {
        public let n: Int
        /// Nil for an entry that is damaged.
        public let entry: ReadEntry?
        public let problem: String?
    }

    /// Makes the ref name `manifest`, which the store holds.
    /// - Returns: the new entry's number, or the newest's if it names the manifest already.
    public static func set(
        store: any RevisionStore, model: ModelName, ref: RefName, to manifest: Digest, expect: Int? = nil, signing: RevisionSigning? = nil
    ) async throws(TransferError) -> Int {
        // The revision must be there, whole enough to be read.
        _ = try await lifting { () async throws(StoreError) in try await RevisionReader(store).manifest(manifest) }
        return try await RefChange(store: store, model: model, ref: ref, signing: signing).append(expect: expect) { newest in
            if signing == nil, let newest, newest.entry.state == .active, newest.entry.manifest == manifest { return nil }
            return Change(manifest: manifest, vouches: signing != nil)
        }
    }

    /// Signs what the ref names: the next entry says the same, with signatures and what they attach.
    public static func sign(
        store: any RevisionStore, model: ModelName, ref: RefName, revision: Digest? = nil, expect: Int? = nil, signing: RevisionSigning
    ) async throws(TransferError) -> Int {
        try await RefChange(store: store, model: model, ref: ref, signing: signing).append(expect: expect) {
            (newest) throws(TransferError) in
            let manifest = try Self.manifest(of: newest, model, ref, revision)
            return Change(manifest: manifest, vouches: true)
        }
    }

    /// Attaches a statement about what the ref names. The files and their revision stay as they are.
    /// - Parameter predicate: canonical JSON.
    public static func attach(
        _ predicateType: String, _ predicate: [UInt8], store: any RevisionStore, model: ModelName, ref: RefName, manifest: Digest,
        signing: RevisionSigning
    ) async throws(TransferError) -> Int {
        let row = try await signing.attest(predicateType, predicate, about: manifest, of: model, in: store)
        return try await RefChange(store: store, model: model, ref: ref, signing: signing).append(expect: nil) {
            (newest) throws(TransferError) in
            let named = try Self.manifest(of: newest, model, ref, nil)
            guard named == manifest else {
                throw TransferError(
                    .conflict, subject: "\(model.path):\(ref.text)", cause: "names another revision by now, \(named)",
                    remedy: "Attach to that one")
            }
            return Change(manifest: manifest, rows: [row], expires: newest?.entry.expires)
        }
    }

    private static func manifest(
        of newest: ReadEntry?, _ model: ModelName, _ ref: RefName, _ revision: Digest?
    ) throws(TransferError) -> Digest {
        guard let newest else {
            throw TransferError(
                .notFound, subject: "\(model.path):\(ref.text)", cause: "there is no such ref", remedy: "'waybill ref list' shows the refs")
        }
        let manifest = try Pull.manifest(of: newest.entry)
        guard revision == nil || revision == manifest else {
            throw TransferError(
                .conflict, subject: "\(model.path):\(ref.text)", cause: "the ref names another revision, \(manifest)",
                remedy: "'waybill ref set' makes it name that one")
        }
        return manifest
    }

    /// Says where the model went. Readers who pin its organisation follow, if it stays inside.
    public static func move(
        store: any RevisionStore, model: ModelName, ref: RefName, to target: ModelName, expect: Int? = nil, signing: RevisionSigning? = nil
    ) async throws(TransferError) -> Int {
        try await RefChange(store: store, model: model, ref: ref, signing: signing).append(expect: expect) { newest in
            if signing == nil, newest?.entry.movedTo == target { return nil }
            return Change(movedTo: target)
        }
    }

    /// Withdraws what the ref names: readers refuse it, and see the reason.
    public static func withdraw(
        store: any RevisionStore, model: ModelName, ref: RefName, reason: String, expect: Int? = nil, signing: RevisionSigning? = nil
    ) async throws(TransferError) -> Int {
        try await RefChange(store: store, model: model, ref: ref, signing: signing).append(expect: expect) {
            (newest) throws(TransferError) in
            guard let newest else {
                throw TransferError(
                    .notFound, subject: "\(model.path):\(ref.text)", cause: "there is no such ref",
                    remedy: "'waybill ref list' shows the refs")
            }
            if newest.entry.state == .withdrawn, signing == nil { return nil }
            return Change(state: .withdrawn, manifest: newest.entry.manifest, reason: reason)
        }
    }

    /// The newest entries, newest first.
    public static func log(source: any ChunkSource, model: ModelName, ref: RefName, limit: Int = 100) async throws(TransferError)
        -> [LogLine]
    {
        let reader = RevisionReader(source)
        guard let newest = try await lifting({ () async throws(StoreError) in try await reader.newestEntryBytes(model, ref) }) else {
            throw TransferError(
                .notFound, subject: "\(model.path):\(ref.text)", cause: "there is no such model or ref",
                remedy: "'waybill list' shows what the mirror holds")
        }
        var lines: [LogLine] = []
        for n in stride(from: newest.n, to: max(0, newest.n - limit), by: -1) {
            do throws(StoreError) {
                lines.append(LogLine(n: n, entry: try await reader.entry(model, ref, n: n), problem: nil))
            } catch  where error.code == .integrity || error.code == .notFound {
                lines.append(LogLine(n: n, entry: nil, problem: error.cause))
            } catch {
                throw TransferError(error)
            }
        }
        return lines
    }

    private func append(
        expect: Int?, change: (ReadEntry?) throws(TransferError) -> Change?
    ) async throws(TransferError) -> Int {
        let reader = RevisionReader(store)
        let bytes = try await lifting { () async throws(StoreError) in try await reader.newestEntryBytes(model, ref) }
        let n = bytes?.n ?? 0
        if let expect, expect != n { throw DirectoryMoved.error(model, ref, newest: n, base: expect) }
        var newest: ReadEntry?
        do throws(StoreError) {
            newest = try await reader.newestEntryIfAny(model, ref)
        } catch {
            // Only who names the damaged entry's number may follow it.
            guard error.code == .integrity, expect == n else { throw TransferError(error) }
        }
        guard let change = try change(newest) else { return n }
        let lease = try await lifting { () async throws(StoreError) in try await store.beginPush() }
        do throws(TransferError) {
            try await append(change, after: newest, n: n, previous: bytes.map { SHA256.digest(of: $0.bytes) }, reader)
            await lease.end()
            return n + 1
        } catch {
            await lease.end()
            throw error
        }
    }

    private func append(
        _ change: Change, after newest: ReadEntry?, n: Int, previous: Digest?, _ reader: RevisionReader
    ) async throws(TransferError) {
        let time = Host.timestamp()
        let entry = RefEntry(
            model: model, ref: ref, n: n + 1, previous: previous, manifest: change.manifest, movedTo: change.movedTo,
            attestations: try await attestations(change, newest, time: time, reader), state: change.state, reason: change.reason,
            time: time,
            expires: change.state == .active ? signing?.expires ?? change.expires : nil)
        let valid = try lifting { () throws(FormatError) in try entry.validated() }
        let envelope = try signing?.envelope(of: valid) ?? valid.encodedEnvelope(sha256: SHA256.digest(of:))
        try await lifting { () async throws(StoreError) in try await store.append(valid, envelope: envelope) }
    }

    /// The index of what the entry attaches: what was attached to this revision before, and what is new.
    private func attestations(
        _ change: Change, _ newest: ReadEntry?, time: String, _ reader: RevisionReader
    ) async throws(TransferError) -> Digest? {
        guard let manifest = change.manifest, change.state == .active else { return nil }
        var rows = change.rows
        if let newest, newest.entry.manifest == manifest {
            rows += try await lifting { () async throws(StoreError) in try await reader.attestations(of: newest.entry)?.rows ?? [] }
        }
        guard let signing else {
            // Nobody vouches for the new entry; what was attached to the revision stays.
            return rows.isEmpty ? nil : newest?.entry.attestations
        }
        if change.vouches {
            let read = try await lifting { () async throws(StoreError) in try await reader.manifest(manifest).manifest }
            rows += try await signing.vouch(for: read, manifest, of: model, time: time, in: store)
        }
        return try await signing.index(rows, of: manifest, in: store)
    }
}
