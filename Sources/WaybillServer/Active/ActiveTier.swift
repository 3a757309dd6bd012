import HTTPTypes
import NIOCore
import WaybillFormat
import WaybillStore
import WaybillSystem

/// What `/v1/` does: pushes. Whoever comes here was let in by `Admission`.
struct ActiveTier: Sendable {
    let store: DirectoryStore
    let configuration: MirrorServer.Configuration
    let metrics: MirrorMetrics
    let uploads: Gate
    let proofs: ProofBoard
    let pushes: PushBoard

    static let octets = "application/octet-stream"

    var description: Answer {
        .json(
            .ok,
            .object([
                "limits": .object([
                    "have": .integer(Limits.have), "pack": .integer(Limits.pack), "rows": .integer(configuration.maximumRevisionRows),
                ]),
                "push": .string(configuration.allowsAnonymousPush ? "anonymous" : "token"),
                "server": .string("waybill/\(configuration.version)"), "waybill": .integer(1),
            ]), headers: [.cacheControl: "no-store"])
    }

    func have(_ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let bytes = try await body.collect(maximum: HaveQuery.maximumBytes)
        let query = try refusing("v1/have") { () throws(FormatError) in try HaveQuery(decoding: bytes, subject: "v1/have") }
        let lacks = try await storing("v1/have") { () async throws(StoreError) in try await store.lacks(query.chunks) }
        return .bytes(.ok, HaveAnswer(held: lacks.map { !$0 }).encoded(), type: Self.octets, headers: [.cacheControl: "no-store"])
    }

    func keepEvidence(_ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let subject = "v1/evidence"
        let bytes = try await body.collect(maximum: HaveQuery.maximumBytes)
        let query = try refusing(subject) { () throws(FormatError) in try HaveQuery(decoding: bytes, subject: subject) }
        let missing: [ChunkName]
        do throws(StoreError) {
            missing = try await store.keepEvidence(query.chunks)
        } catch  where error.code == .integrity {
            // The chunks are this mirror's own: what is wrong with them is its trouble.
            throw Refusal(.internalServerError, .integrity, subject: subject, cause: error.cause, remedy: "Tell the operator of the mirror")
        } catch {
            throw Refusal(error, subject: subject, store: store)
        }
        if missing.isEmpty { return Answer(.created) }
        return .bytes(.conflict, HaveQuery(chunks: missing).encoded(), type: Self.octets, headers: [.cacheControl: "no-store"])
    }

    func putList(_ digest: Digest, _ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let subject = ObjectName.list(digest).path
        let bytes = try await body.collect(maximum: Limits.segment)
        try requireDigest(digest, of: bytes, subject)
        let segment = try refusing(subject) { () throws(FormatError) in try ListSegment(decoding: bytes, subject: subject) }
        let wasThere = try await isPresent(.list(digest))
        // Also when it is there: a damaged one is replaced.
        try await storing(subject) { () async throws(StoreError) in try await store.putList(segment, digest: digest) }
        return Answer(wasThere ? .ok : .created)
    }

    func makeLocator(_ digest: Digest) async throws(Refusal) -> Answer {
        let subject = ObjectName.locator(digest).path
        guard try await isPresent(.list(digest)) else {
            var refusal = Refusal(
                .notFound, .notFound, subject: ObjectName.list(digest).path, cause: "is not here", remedy: "Send the list first")
            // It may have come, and been collected.
            refusal.isIncomplete = true
            throw refusal
        }
        let missing = try await storing(subject) { () async throws(StoreError) in try await store.makeLocator(digest) }
        if missing.isEmpty { return Answer(.created) }
        return .bytes(
            .conflict, HaveQuery(chunks: Array(missing.prefix(Limits.have))).encoded(), type: Self.octets,
            headers: [.cacheControl: "no-store"])
    }

    func isPresent(_ name: ObjectName) async throws(Refusal) -> Bool {
        try await storing(name.path) { () async throws(StoreError) in
            try await store.work.run { [store] (_) throws(StoreError) in try store.openFile(name) != nil }
        }
    }

    func requireDigest(_ digest: Digest, of bytes: [UInt8], _ subject: String) throws(Refusal) {
        let actual = SHA256.digest(of: bytes)
        guard actual == digest else {
            throw Refusal(
                .unprocessableContent, .integrity, subject: subject, cause: "the bytes that arrived have SHA-256 \(actual)",
                remedy: "Send it again")
        }
    }

    func storing<T>(_ subject: String, _ body: () async throws(StoreError) -> T) async throws(Refusal) -> T {
        do throws(StoreError) { return try await body() } catch { throw Refusal(error, subject: subject, store: store) }
    }

    /// What a client sent is wrong: 422.
    func refusing<T>(_ subject: String, _ body: () throws(FormatError) -> T) throws(Refusal) -> T {
        do throws(FormatError) {
            return try body()
        } catch {
            throw Refusal(.unprocessableContent, error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
        }
    }
}
