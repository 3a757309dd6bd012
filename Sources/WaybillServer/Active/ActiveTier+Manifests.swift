import HTTPTypes
import NIOCore
import WaybillFormat
import WaybillStore
import WaybillSystem

extension ActiveTier {
    /// Takes a manifest when every file's SHA-256 is proved against its chunks. What can be told from its bytes is refused at
    /// once; the rest is told while the answer streams.
    func putManifest(_ digest: Digest, _ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let subject = ObjectName.manifest(digest).path
        let bytes = try await body.collect(maximum: Limits.manifest)
        try await check(bytes, digest, subject)
        let events = proofs.join(digest) { [store, metrics] (progress) async throws(StoreError) in
            try await store.put(manifest: bytes, digest: digest, progress: progress)
            metrics.provedRevision()
        }
        guard let events else { throw .busy(subject, seconds: 10) }
        return Answer(
            .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: .stream(length: nil) { [store, metrics] body in
                for await event in events {
                    try await body.write(ByteBuffer(bytes: Self.line(event, subject, store, metrics)))
                }
            })
    }

    private static func line(_ event: ProofBoard.Event, _ subject: String, _ store: DirectoryStore, _ metrics: MirrorMetrics) -> [UInt8] {
        let value: JSONValue
        switch event {
        case .progress(let proved, let total): value = .object(["proved": .integer(proved), "total": .integer(total)])
        case .accepted: value = .object(["ok": .bool(true)])
        case .refused(let error):
            metrics.refused(error.code)
            value = Refusal(error, subject: subject, store: store).errorObject
        }
        return value.canonical + [10]
    }

    /// Digest, form, size of its chunk table, and that its lists and locators are there; on the pool, since a manifest may have
    /// 16 MiB.
    private func check(_ bytes: [UInt8], _ digest: Digest, _ subject: String) async throws(Refusal) {
        let maximum = configuration.maximumRevisionRows
        try await store.work.pool.run { [self] (_) throws(Refusal) in
            try requireDigest(digest, of: bytes, subject)
            let manifest = try refusing(subject) { () throws(FormatError) in
                try Manifest(decoding: bytes, subject: subject, sha256: SHA256.digest(of:))
            }
            guard manifest.rowCount <= maximum else {
                throw Refusal(
                    .contentTooLarge, .usage, subject: subject,
                    cause: "has \(manifest.rowCount) chunks; this mirror takes at most \(maximum) in one revision",
                    remedy: "Push fewer files, or ask the mirror's operator to raise the limit")
            }
            for list in Set(manifest.lists) {
                for name in [ObjectName.list(list), .locator(list)] where try !isThere(name) {
                    var refusal = Refusal(
                        .unprocessableContent, .integrity, subject: subject, cause: "needs \(name.path), which is not here",
                        remedy: "Send lists and locators before the manifest")
                    refusal.isIncomplete = true
                    throw refusal
                }
            }
        }
    }

    /// Blocks.
    private func isThere(_ name: ObjectName) throws(Refusal) -> Bool {
        do throws(StoreError) { return try store.openFile(name) != nil } catch { throw Refusal(error, subject: name.path, store: store) }
    }
}
