import AsyncHTTPClient
import NIOCore
import NIOHTTP1
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

extension HTTPStore: RevisionStore {
    private static let octets = ("Content-Type", "application/octet-stream")

    /// Asks whether this is a mirror that takes pushes.
    /// - Throws: `.usage` if it is a plain web server.
    public func serverDescription() async throws(StoreError) -> ServerDescription {
        let object = try await json(.GET, "v1/server") { response, _ throws(StoreError) in
            // A plain web server has no such page: 404, or an HTML page with any status.
            if response.status == .notFound { throw self.notAServer() }
        }
        guard case .object(let members) = object, case .integer(1)? = members["waybill"], case .string(let server)? = members["server"],
            case .string(let push)? = members["push"]
        else { throw notAServer() }
        return ServerDescription(server: server, allowsAnonymousPush: push == "anonymous")
    }

    private func notAServer() -> StoreError {
        StoreError(
            .usage, subject: label, cause: "is a plain web server (or none of ours) and takes no pushes",
            remedy: "Push to a mirror that 'waybill serve' runs, or to its directory with file:")
    }

    /// What the token of this store may do.
    /// - Throws: `.authentication` if the mirror does not know it.
    public func whoami() async throws(StoreError) -> TokenDescription {
        let object = try await json(.GET, "v1/whoami") { _, _ in }
        guard case .object(let members) = object, case .string(let id)? = members["token"], case .string(let scope)? = members["scope"],
            case .string(let models)? = members["models"]
        else { throw notAServer() }
        return TokenDescription(id: id, scope: scope, models: models)
    }

    private func json(
        _ method: HTTPMethod, _ path: String, check: (HTTPClientResponse, String) throws(StoreError) -> Void
    ) async throws(StoreError) -> JSONValue {
        let bytes = try await retry.run { () async throws(StoreError) -> [UInt8] in
            let response = try await transport.send(method, path)
            let subject = "\(label)/\(path)"
            try check(response, subject)
            guard response.status == .ok else { throw await transport.refusal(response, subject: subject) }
            return try await body(response, maximum: 1 << 20, subject: subject)
        }
        guard let value = try? JSONValue(parsing: bytes, maximumDepth: 8) else { throw notAServer() }
        return value
    }

    private func body(_ response: HTTPClientResponse, maximum: Int, subject: String) async throws(StoreError) -> [UInt8] {
        do {
            return Array(buffer: try await response.body.collect(upTo: maximum))
        } catch {
            throw HTTPTransport.failure(error, subject: subject)
        }
    }

    /// Sends a body and expects one of `accepted`.
    private func upload(
        _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [HTTPStore.octets], accepted: Set<UInt>,
        body makeBody: () -> HTTPClientRequest.Body
    ) async throws(StoreError) -> (status: UInt, body: [UInt8]) {
        try await retry.run { () async throws(StoreError) in
            let response = try await transport.send(method, path, headers: headers, body: makeBody())
            let subject = "\(label)/\(path)"
            guard accepted.contains(response.status.code) else { throw await transport.refusal(response, subject: subject) }
            return (response.status.code, try await body(response, maximum: 1 << 20, subject: subject))
        }
    }

    public func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] {
        guard !chunks.isEmpty else { return [] }
        let question = HaveQuery(chunks: chunks).encoded()
        let answer = try await upload(.POST, "v1/have", accepted: [200]) { .bytes(question) }
        let held = try parsing { () throws(FormatError) in
            try HaveAnswer(decoding: answer.body, count: chunks.count, subject: "\(label)/v1/have").held
        }
        return held.map { !$0 }
    }

    public func put(_ pack: FinishedPack) async throws(StoreError) {
        _ = try await upload(.PUT, "v1/packs/\(pack.name.hex)", accepted: [200, 201]) {
            .stream(SlabPieces(slab: pack.slab), length: .known(Int64(pack.slab.count)))
        }
    }

    public func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName] {
        let bytes = segment.encoded()
        _ = try await upload(.PUT, "v1/lists/\(digest.hex)", accepted: [200, 201]) { .bytes(bytes) }
        let answer = try await upload(.POST, "v1/locators/\(digest.hex)", accepted: [200, 201, 409]) { .bytes([]) }
        guard answer.status == 409 else { return [] }
        return try parsing { () throws(FormatError) in
            try HaveQuery(decoding: answer.body, subject: "\(label)/v1/locators/\(digest.hex)").chunks
        }
    }

    public func put(
        manifest bytes: [UInt8], digest: Digest, progress: @Sendable (Int, Int) -> Void
    ) async throws(StoreError) {
        try await retry.run { () async throws(StoreError) in
            let path = "v1/manifests/\(digest.hex)"
            let subject = "\(label)/\(path)"
            let response = try await transport.send(.PUT, path, headers: [("Content-Type", "application/json")], body: .bytes(bytes))
            guard response.status == .ok else { throw await transport.refusal(response, subject: subject) }
            var line: [UInt8] = []
            var accepted = false
            do {
                for try await var part in response.body {
                    for byte in part.readBytes(length: part.readableBytes) ?? [] {
                        guard byte == 10 else {
                            guard line.count < HTTPTransport.maximumErrorBody else { throw notAServer() }
                            line.append(byte)
                            continue
                        }
                        if try acknowledge(line, progress) { accepted = true }
                        line.removeAll()
                    }
                }
            } catch {
                throw HTTPTransport.failure(error, subject: subject)
            }
            guard accepted else {
                throw StoreError(
                    .unavailable, subject: subject, cause: "the mirror went away while it checked the revision",
                    remedy: "Run the command again", isTransient: true)
            }
        }
    }

    /// Reads a line of the manifest's answer; true for the one that accepts it.
    private func acknowledge(_ line: [UInt8], _ progress: (Int, Int) -> Void) throws(StoreError) -> Bool {
        if let error = HTTPTransport.remoteError(line) { throw error }
        guard let value = try? JSONValue(parsing: line, maximumDepth: 4), case .object(let members) = value else { throw notAServer() }
        if case .integer(let proved)? = members["proved"], case .integer(let total)? = members["total"] { progress(proved, total) }
        if case .bool(true)? = members["ok"] { return true }
        return false
    }

    public func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) {
        let path = "v1/refs/\(entry.model.org)/\(entry.model.name)/\(entry.ref.text)"
        try await retry.run { () async throws(StoreError) in
            let response = try await transport.send(.POST, path, headers: [("Content-Type", "application/json")], body: .bytes(envelope))
            switch response.status.code {
            case 200, 201:
                _ = try await body(response, maximum: 1 << 20, subject: path)
            case 409:
                let newest = Int(response.headers.first(name: "Waybill-Entry") ?? "") ?? 0
                let current = try await body(response, maximum: Limits.refEntry, subject: path)
                // The answer to an earlier try of ours may have been lost.
                if current == envelope { return }
                if let error = HTTPTransport.remoteError(current) { throw error }
                throw DirectoryStore.moved(entry, newest: newest)
            default:
                throw await transport.refusal(response, subject: "\(label)/\(path)")
            }
        }
    }
}

/// The bytes of a slab as buffers of 1 MiB, for an upload.
struct SlabPieces: AsyncSequence, Sendable {
    let slab: Slab
    private static let piece = 1 << 20

    struct AsyncIterator: AsyncIteratorProtocol {
        let slab: Slab
        var offset = 0

        mutating func next() async -> ByteBuffer? {
            guard offset < slab.count else { return nil }
            let end = Swift.min(offset + SlabPieces.piece, slab.count)
            var buffer = ByteBufferAllocator().buffer(capacity: end - offset)
            slab.withRawSpan(offset..<end) { span in _ = buffer.writeBytes(span) }
            offset = end
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(slab: slab) }
}
