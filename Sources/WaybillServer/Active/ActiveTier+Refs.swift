import HTTPTypes
import NIOCore
import WaybillFormat
import WaybillStore
import WaybillSystem

extension ActiveTier {
    /// Appends an entry to the log of `model` and `ref`: the commit point of a push.
    func append(_ model: ModelName, _ ref: RefName, _ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let subject = "refs/\(model.path)/\(ref.text)"
        let bytes = try await body.collect(maximum: Limits.refEntry)
        let entry = try refusing(subject) { () throws(FormatError) in
            let envelope = try RefEnvelope(decoding: bytes, subject: subject, sha256: SHA256.digest(of:))
            let claimed = try RefEntry(decodingPayload: envelope.payload, subject: subject)
            // The entry says its own number; that it belongs to this model and ref is checked against the path.
            return try RefEntry(decodingEnvelope: bytes, model: model, ref: ref, n: claimed.n, sha256: SHA256.digest(of:))
        }
        // A withdrawal publishes nothing.
        if let manifest = entry.manifest, entry.state == .active, let admission = configuration.admission {
            let read = ReadEntry(entry: entry, digest: SHA256.digest(of: bytes), bytes: bytes)
            try await storing(subject) { () async throws(StoreError) in try await admission(manifest, read, store) }
        }
        if let manifest = entry.manifest, entry.state == .active { await completeEvidence(of: manifest) }
        do throws(StoreError) {
            try await store.append(entry, envelope: bytes)
        } catch {
            guard error.code == .conflict else { throw Refusal(error, subject: subject, store: store) }
            return try await conflict(error, entry, bytes, subject)
        }
        metrics.appendedEntry()
        return Answer(.created, headers: [.waybillEntry: "\(entry.n)"])
    }

    /// Makes evidence that nobody asked for. What fails here refuses nothing: the entry's own check says what is missing.
    private func completeEvidence(of manifest: Digest) async {
        guard let rule = configuration.evidence, let chunks = try? await rule(manifest, store, store.work),
            let lacking = try? await store.lacksEvidence(chunks), !lacking.isEmpty
        else { return }
        _ = try? await store.keepEvidence(lacking)
    }

    /// The current entry, so that the client need not ask for what beat it.
    private func conflict(_ error: StoreError, _ entry: RefEntry, _ bytes: [UInt8], _ subject: String) async throws(Refusal) -> Answer {
        let reader = RevisionReader(store)
        let newest = try await storing(subject) { () async throws(StoreError) in
            try await reader.newestEntryBytes(entry.model, entry.ref)
        }
        guard let newest else {
            var refusal = Refusal(error, subject: subject, store: store)
            refusal.headers[.waybillEntry] = "0"
            throw refusal
        }
        let headers: HTTPFields = [.waybillEntry: "\(newest.n)", .cacheControl: "no-store"]
        // The same entry, sent twice at once: it is there, which is what was asked for.
        if newest.bytes == bytes { return Answer(.created, headers: headers) }
        return .bytes(.conflict, newest.bytes, type: "application/json", headers: headers)
    }
}
