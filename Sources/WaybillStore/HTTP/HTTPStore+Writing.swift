import NIOCore
import NIOHTTP1
import Synchronization
import WaybillFormat
import WaybillSystem

/// What a served mirror says of itself (`GET /v1/server`).
public struct ServerDescription: Sendable, Equatable {
    public let server: String
    public let allowsAnonymousPush: Bool
}

/// What a token may do (`GET /v1/whoami`).
public struct TokenDescription: Sendable, Equatable {
    public let id: String
    public let scope: String
    public let models: String
}

extension HTTPStore: RevisionStore, EvidenceStore {
    private static let octets = ("Content-Type", "application/octet-stream")
    private static let json = ("Content-Type", "application/json")
    /// Chunks of one request for evidence: the mirror writes and syncs each before it answers.
    private static let evidenceBatch = 64
    /// Bytes of an answer that is not an object.
    private static let maximumAnswer = 1 << 20

    /// Asks whether this is a mirror that takes pushes.
    /// - Throws: `.usage` if it is a plain web server.
    public func serverDescription() async throws(StoreError) -> ServerDescription {
        try await described("v1/server") { members in
            guard case .integer(1)? = members["waybill"], case .string(let server)? = members["server"],
                case .string(let push)? = members["push"]
            else { return nil }
            return ServerDescription(server: server, allowsAnonymousPush: push == "anonymous")
        }
    }

    /// What the token of this store may do.
    /// - Throws: `.authentication` if the mirror does not know it.
    public func whoami() async throws(StoreError) -> TokenDescription {
        try await described("v1/whoami") { members in
            guard case .string(let id)? = members["token"], case .string(let scope)? = members["scope"],
                case .string(let models)? = members["models"]
            else { return nil }
            return TokenDescription(id: id, scope: scope, models: models)
        }
    }

    private var notAServer: StoreError {
        StoreError(
            .usage, subject: label, cause: "is a plain web server (or none of ours) and takes no pushes",
            remedy: "Push to a mirror that 'waybill serve' runs, or to its directory with file:")
    }

    private func described<T: Sendable>(
        _ path: String, _ read: @escaping @Sendable ([String: JSONValue]) -> T?
    ) async throws(StoreError) -> T {
        let notAServer = notAServer
        return try await link.run { [transport] () async throws(RequestError) -> T in
            try await transport.exchange(HTTPRequest(method: .GET, path: path)) { (answer) async throws(RequestError) -> T in
                // A plain web server has no such page: 404, or an HTML page with any status.
                if answer.status == 404 { throw RequestError(notAServer, nil) }
                guard answer.status == 200 else { throw await transport.refusal(answer) }
                let bytes = try await answer.collect(maximum: Self.maximumAnswer)
                // A page like that may also be a proxy's, in place of the mirror's: a few more tries tell.
                guard let value = try? JSONValue(parsing: bytes, maximumDepth: 8), case .object(let members) = value,
                    let description = read(members)
                else { throw RequestError(notAServer, .wrong) }
                return description
            }
        }
    }

    /// Sends a body and hands the answer to `read` if a mirror gave it with one of the statuses `accepted`.
    /// - Parameter tries: counts how often it was sent.
    private func upload<T: Sendable>(
        _ request: HTTPRequest, accepted: Set<Int>, tries: Tally = Tally(),
        _ read: @escaping @Sendable (HTTPAnswer) async throws(RequestError) -> T
    ) async throws(StoreError) -> T {
        var named = request
        named.headers.append(pushHeader)
        let request = named
        return try await link.run { [transport] () async throws(RequestError) -> T in
            tries.add(1)
            return try await transport.exchange(request) { (answer) async throws(RequestError) -> T in
                guard accepted.contains(answer.status) else { throw await transport.refusal(answer) }
                guard answer.isFromMirror else { throw Self.foreign(answer) }
                return try await read(answer)
            }
        }
    }

    /// Sends a small JSON object whose answer says nothing but that it is taken.
    func send(_ bytes: [UInt8], _ method: HTTPMethod, _ path: String, accepted: Set<Int>) async throws(StoreError) {
        let request = HTTPRequest(method: method, path: path, headers: [Self.json], body: .bytes(bytes))
        try await upload(request, accepted: accepted) { (answer) async throws(RequestError) in
            _ = try await answer.collect(maximum: Self.maximumAnswer)
        }
    }

    private static func foreign(_ answer: HTTPAnswer) -> RequestError {
        .wrong(
            answer.subject, "was answered by something else than the mirror (\(answer.status))",
            remedy: "Look for a proxy or a sign-in page on the way to the mirror")
    }

    /// The body of an answer, as `parse` reads it.
    private static func parsed<T: Sendable>(
        _ answer: HTTPAnswer, _ parse: ([UInt8]) throws(FormatError) -> T
    ) async throws(RequestError) -> T {
        let bytes = try await answer.collect(maximum: maximumAnswer)
        do throws(FormatError) { return try parse(bytes) } catch { throw RequestError(StoreError(error), .wrong) }
    }

    /// For a request after which the mirror keeps an intent.
    private var pushHeader: (String, String) {
        isPushOpen.withLock { $0 = true }
        return ("Waybill-Push", push.text)
    }

    /// The mirror makes the intent at the first request of the push, and ends it with the ref entry; only a push without an entry
    /// has to say that it is over.
    public func beginPush() async throws(StoreError) -> PushLease {
        PushLease(end: { [self] in
            guard isPushOpen.withLock({ $0 }) else { return }
            // A mirror that does not answer lets the intent expire.
            try? await transport.exchange(HTTPRequest(method: .DELETE, path: "v1/pushes/\(push.text)")) { (_) async throws(RequestError) in
            }
        })
    }

    public func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] {
        guard !chunks.isEmpty else { return [] }
        let request = HTTPRequest(
            method: .POST, path: "v1/have", headers: [Self.octets], body: .bytes(HaveQuery(chunks: chunks).encoded()))
        let held = try await upload(request, accepted: [200]) { (answer) async throws(RequestError) in
            try await Self.parsed(answer) { (bytes) throws(FormatError) in
                try HaveAnswer(decoding: bytes, count: chunks.count, subject: answer.subject).held
            }
        }
        return held.map { !$0 }
    }

    public func put(_ pack: FinishedPack) async throws(StoreError) {
        let request = HTTPRequest(method: .PUT, path: "v1/packs/\(pack.name.hex)", headers: [Self.octets], body: .slab(pack.slab))
        try await upload(request, accepted: [200, 201]) { (answer) async throws(RequestError) in
            _ = try await answer.collect(maximum: Self.maximumAnswer)
        }
    }

    public func keepEvidence(_ chunks: [ChunkName]) async throws(StoreError) -> [ChunkName] {
        var missing: [ChunkName] = []
        for start in stride(from: 0, to: chunks.count, by: Self.evidenceBatch) {
            let part = Array(chunks[start..<min(start + Self.evidenceBatch, chunks.count)])
            let request = HTTPRequest(
                method: .POST, path: "v1/evidence", headers: [Self.octets], body: .bytes(HaveQuery(chunks: part).encoded()))
            missing += try await lacking(request, among: part)
        }
        return missing
    }

    /// Sends a request that a mirror answers with the chunks that it lacks, if it lacks any.
    /// - Parameter asked: what the request is about, where its body says so: a question that was damaged on its way is answered, too.
    private func lacking(_ request: HTTPRequest, among asked: [ChunkName]? = nil) async throws(StoreError) -> [ChunkName] {
        try await upload(request, accepted: [200, 201, 409]) { (answer) async throws(RequestError) -> [ChunkName] in
            guard answer.status == 409 else {
                _ = try await answer.collect(maximum: Self.maximumAnswer)
                return []
            }
            let lacking = try await Self.parsed(answer) { (bytes) throws(FormatError) in
                try HaveQuery(decoding: bytes, subject: answer.subject).chunks
            }
            if let asked, !Set(lacking).isSubset(of: asked) {
                throw .wrong(answer.subject, "the mirror says that it lacks chunks that it was not asked for")
            }
            return lacking
        }
    }

    public func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName] {
        let list = HTTPRequest(method: .PUT, path: "v1/lists/\(digest.hex)", headers: [Self.octets], body: .bytes(segment.encoded()))
        try await upload(list, accepted: [200, 201]) { (answer) async throws(RequestError) in
            _ = try await answer.collect(maximum: Self.maximumAnswer)
        }
        let locator = HTTPRequest(method: .POST, path: "v1/locators/\(digest.hex)", headers: [Self.octets], body: .bytes([]))
        return try await lacking(locator)
    }

    public func put(
        manifest bytes: [UInt8], digest: Digest, progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws(StoreError) {
        let request = HTTPRequest(
            method: .PUT, path: "v1/manifests/\(digest.hex)", headers: [Self.json], body: .bytes(bytes), answersSlowly: true)
        // The most that any try heard of: a mirror that says the same again and again does not come on.
        let best = Tally()
        try await upload(request, accepted: [200]) { (answer) async throws(RequestError) in
            try await Self.acknowledge(answer, progress, best)
        }
    }

    /// Reads the lines in which a mirror tells of its proof.
    private static func acknowledge(
        _ answer: HTTPAnswer, _ progress: (Int, Int) -> Void, _ best: Tally
    ) async throws(RequestError) {
        var line: [UInt8] = []
        var accepted = false
        let before = best.count
        do throws(RequestError) {
            try await answer.read { (part) throws(RequestError) in
                for byte in part.readBytes(length: part.readableBytes) ?? [] {
                    guard byte == 10 else {
                        guard line.count < HTTPAnswer.maximumErrorBody else { throw foreign(answer) }
                        line.append(byte)
                        continue
                    }
                    if try acknowledge(line, answer, progress, best) { accepted = true }
                    line.removeAll()
                }
                return true
            }
        } catch  where !accepted {
            var error = error
            error.madeProgress = best.count > before
            throw error
        } catch {
            // The last word was said.
        }
        guard accepted else {
            var error = RequestError(
                StoreError(
                    .unavailable, subject: answer.subject, cause: "the mirror went away while it checked the revision",
                    remedy: "Run the command again"), .broken)
            error.madeProgress = best.count > before
            throw error
        }
    }

    /// Reads one line; true for the one that accepts the manifest.
    private static func acknowledge(
        _ line: [UInt8], _ answer: HTTPAnswer, _ progress: (Int, Int) -> Void, _ best: Tally
    ) throws(RequestError) -> Bool {
        if let error = HTTPAnswer.remoteError(line) { throw RequestError(error, error.code == .unavailable ? .broken : nil) }
        guard let value = try? JSONValue(parsing: line, maximumDepth: 4), case .object(let members) = value else { throw foreign(answer) }
        if case .integer(let proved)? = members["proved"], case .integer(let total)? = members["total"] {
            progress(proved, total)
            best.add(max(0, proved - best.count))
            return false
        }
        guard case .bool(true)? = members["ok"] else { throw foreign(answer) }
        return true
    }

    /// How a mirror took an entry.
    private enum Appended: Sendable {
        case done
        case conflict(newest: Int, isFirstTry: Bool)
    }

    public func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) {
        let path = "v1/refs/\(entry.model.org)/\(entry.model.name)/\(entry.ref.text)"
        let request = HTTPRequest(method: .POST, path: path, headers: [Self.json], body: .bytes(envelope))
        let tries = Tally()
        let appended = try await upload(request, accepted: [200, 201, 409], tries: tries) {
            (answer) async throws(RequestError) -> Appended in
            let newest = answer.header("Waybill-Entry").flatMap { Int($0) }
            let body = try await answer.collect(maximum: Limits.refEntry)
            guard answer.status == 409 else {
                guard newest == entry.n else { throw Self.foreign(answer) }
                return .done
            }
            // The answer to an earlier try of ours may have been lost.
            if body == envelope { return .done }
            if let error = HTTPAnswer.remoteError(body) { throw RequestError(error, nil) }
            return .conflict(newest: newest ?? 0, isFirstTry: tries.count == 1)
        }
        guard case .conflict(let newest, let isFirstTry) = appended else { return isPushOpen.withLock { $0 = false } }
        // So may it have been before somebody else's entry followed ours.
        if !isFirstTry, newest > entry.n {
            let name = ObjectName.refEntry(entry.model, entry.ref, entry.n)
            if let current = try? await object(name, fresh: true), current == envelope { return }
        }
        throw DirectoryStore.moved(entry, newest: newest)
    }
}
