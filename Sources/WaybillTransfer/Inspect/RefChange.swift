import WaybillFormat
import WaybillStore
import WaybillSystem

/// Changes of a ref that move no bytes: each is a new entry.
public struct RefChange: Sendable {
    let store: any RevisionStore
    let model: ModelName
    let ref: RefName

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
        store: any RevisionStore, model: ModelName, ref: RefName, to manifest: Digest, expect: Int? = nil
    ) async throws(TransferError) -> Int {
        // The revision must be there, whole enough to be read.
        _ = try await lifting { () async throws(StoreError) in try await RevisionReader(store).manifest(manifest) }
        return try await RefChange(store: store, model: model, ref: ref).append(expect: expect) { newest in
            if let newest, newest.entry.state == .active, newest.entry.manifest == manifest { return nil }
            return (.active, manifest, nil)
        }
    }

    /// Withdraws what the ref names: readers refuse it, and see the reason.
    public static func withdraw(
        store: any RevisionStore, model: ModelName, ref: RefName, reason: String, expect: Int? = nil
    ) async throws(TransferError) -> Int {
        try await RefChange(store: store, model: model, ref: ref).append(expect: expect) { (newest) throws(TransferError) in
            guard let newest else {
                throw TransferError(
                    .notFound, subject: "\(model.path):\(ref.text)", cause: "there is no such ref",
                    remedy: "'waybill ref list' shows the refs")
            }
            if newest.entry.state == .withdrawn { return nil }
            return (.withdrawn, newest.entry.manifest, reason)
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
        expect: Int?, change: (ReadEntry?) throws(TransferError) -> (RefEntry.State, Digest?, String?)?
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
        guard let (state, manifest, reason) = try change(newest) else { return n }
        let entry = RefEntry(
            model: model, ref: ref, n: n + 1, previous: bytes.map { SHA256.digest(of: $0.bytes) }, manifest: manifest, movedTo: nil,
            attestations: nil, state: state, reason: reason, time: Host.timestamp(), expires: nil)
        let valid = try lifting { () throws(FormatError) in try entry.validated() }
        try await lifting { () async throws(StoreError) in
            try await store.append(valid, envelope: valid.encodedEnvelope(sha256: SHA256.digest(of:)))
        }
        return n + 1
    }
}
