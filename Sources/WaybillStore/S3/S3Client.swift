import NIOCore
import NIOHTTP1
import WaybillFormat
import WaybillSystem

/// The calls to a bucket that Waybill makes, below one prefix. Keys are relative to it.
final class S3Client: Sendable {
    /// What a bucket says of an object.
    struct Status: Sendable, Equatable {
        let byteCount: Int
        /// Microseconds since 1970, by the endpoint's clock; whole seconds.
        let modifiedAt: Int
    }

    let transport: HTTPTransport
    private let dialect: S3Dialect
    /// Empty, or with a slash at its end.
    private let prefix: String
    var link: RemoteLink { transport.link }

    /// A hostile endpoint could list for ever.
    private static let maximumPages = 1 << 17

    init(
        _ access: S3Access, prefix: String, label: String, connections: Int, retry: RetryPolicy,
        notify: @escaping @Sendable (String) -> Void
    ) {
        self.prefix = prefix.isEmpty ? "" : prefix + "/"
        dialect = S3Dialect(access, label: label)
        transport = HTTPTransport(
            base: access.base, label: label, dialect: dialect, connections: connections, retry: retry, notify: notify)
    }

    /// Below the transport's base.
    func path(_ key: String) -> String { SigV4.encoded(prefix + key, keepingSlashes: true) }

    // MARK: Objects

    /// - Parameter fresh: past caches in front of the endpoint.
    /// - Throws: `.notFound`.
    func object(_ key: String, maximum: Int, fresh: Bool = false) async throws(StoreError) -> [UInt8] {
        let headers = fresh ? [("Cache-Control", "no-cache")] : []
        return try await ask(HTTPRequest(method: .GET, path: path(key), headers: headers), accepted: [200]) {
            (answer) async throws(RequestError) in try await answer.collect(maximum: maximum)
        }
    }

    /// As `object`; nil if it is not there.
    func objectIfAny(_ key: String, maximum: Int) async throws(StoreError) -> [UInt8]? {
        do throws(StoreError) { return try await object(key, maximum: maximum) } catch  where error.code == .notFound { return nil }
    }

    func read(_ key: String, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        let download = RangeDownload(path(key), range: range, into: slab, transport: transport)
        do throws(StoreError) {
            try await link.run { () async throws(RequestError) in try await download.continue() }
        } catch {
            download.discard()
            throw error
        }
    }

    /// nil if it is not there.
    func status(_ key: String) async throws(StoreError) -> Status? {
        do throws(StoreError) {
            return try await ask(HTTPRequest(method: .HEAD, path: path(key)), accepted: [200]) { (answer) async throws(RequestError) in
                guard let size = answer.header("Content-Length").flatMap({ Int($0) }), size >= 0,
                    let modified = answer.header("Last-Modified").flatMap({ S3Time.microseconds(http: $0) })
                else { throw .wrong(answer.subject, "was answered without its length or time") }
                return Status(byteCount: size, modifiedAt: modified)
            }
        } catch  where error.code == .notFound {
            return nil
        }
    }

    /// Writes an object, whatever is there. Durable when this returns.
    func put(_ key: String, _ body: UploadBody) async throws(StoreError) {
        try await ask(upload(key, body), accepted: [200, 201]) { (answer) async throws(RequestError) in try await Self.acknowledge(answer) }
    }

    enum Creation: Sendable, Equatable {
        case created
        /// - Parameter isFirstTry: an earlier try of ours cannot have been the one that created it.
        case exists(isFirstTry: Bool)
    }

    /// Writes an object that must not be there yet.
    func create(_ key: String, _ bytes: [UInt8]) async throws(StoreError) -> Creation {
        var request = upload(key, .bytes(bytes))
        request.headers.append(("If-None-Match", "*"))
        let tries = Tally()
        return try await ask(request, accepted: [200, 201, 412], tries: tries) { (answer) async throws(RequestError) -> Creation in
            guard answer.status == 412 else {
                try await Self.acknowledge(answer)
                return .created
            }
            _ = try await answer.collect(maximum: S3Failure.maximumBytes)
            return .exists(isFirstTry: tries.count == 1)
        }
    }

    /// Whether it was there or not.
    func delete(_ key: String) async throws(StoreError) {
        try await ask(HTTPRequest(method: .DELETE, path: path(key)), accepted: [200, 204, 404]) { (answer) async throws(RequestError) in
            _ = try await answer.collect(maximum: S3Failure.maximumBytes)
        }
    }

    private func upload(_ key: String, _ body: UploadBody) -> HTTPRequest {
        HTTPRequest(
            method: .PUT, path: path(key), headers: [("Content-Type", "application/octet-stream")], body: body, bodyDigest: body.digest)
    }

    private static func acknowledge(_ answer: HTTPAnswer) async throws(RequestError) {
        _ = try await answer.collect(maximum: S3Failure.maximumBytes)
        // Every S3 tells it; a sign-in page on the way does not.
        guard answer.header("ETag") != nil else {
            throw .wrong(
                answer.subject, "was answered by something else than S3 (\(answer.status))",
                remedy: "Check that the endpoint speaks S3, and look for a proxy on the way")
        }
    }

    private func ask<T: Sendable>(
        _ request: HTTPRequest, accepted: Set<Int>, tries: Tally = Tally(),
        _ read: @escaping @Sendable (HTTPAnswer) async throws(RequestError) -> T
    ) async throws(StoreError) -> T {
        try await link.run { [transport, dialect] () async throws(RequestError) -> T in
            tries.add(1)
            return try await transport.exchange(request) { (answer) async throws(RequestError) -> T in
                guard accepted.contains(answer.status) else { throw await transport.refusal(answer) }
                let result = try await read(answer)
                dialect.accepted()
                return result
            }
        }
    }

    // MARK: Listings

    /// Hands out what lies below `folder` (with a slash at its end, or empty), page by page, keys relative to the client's prefix.
    /// - Parameters:
    ///   - isDeep: also what lies in folders below; otherwise these are given as prefixes.
    ///   - body: returns false to read no further.
    func list(
        _ folder: String, isDeep: Bool = true, after: String? = nil,
        _ body: (_ objects: [S3Listing.Object], _ folders: [String]) throws(StoreError) -> Bool
    ) async throws(StoreError) {
        var continuation: String?
        for _ in 0..<Self.maximumPages {
            var query = [("list-type", "2"), ("prefix", prefix + folder)]
            if !isDeep { query.append(("delimiter", "/")) }
            if let continuation { query.append(("continuation-token", continuation)) }
            if continuation == nil, let after { query.append(("start-after", prefix + after)) }
            let request = HTTPRequest(method: .GET, path: "?" + SigV4.query(query))
            let page = try await ask(request, accepted: [200]) { (answer) async throws(RequestError) -> S3Listing in
                let bytes = try await answer.collect(maximum: S3Listing.maximumBytes)
                do throws(FormatError) {
                    return try S3Listing(parsing: bytes, subject: answer.subject)
                } catch {
                    throw RequestError(StoreError(error), .wrong)
                }
            }
            let objects = page.objects.compactMap { object in
                relative(object.key, folder).map {
                    S3Listing.Object(key: $0, byteCount: object.byteCount, modifiedAt: object.modifiedAt)
                }
            }
            guard try body(objects, page.prefixes.compactMap { relative($0, folder) }), let next = page.continuation else { return }
            guard next != continuation else { break }
            continuation = next
        }
        throw StoreError(
            .integrity, subject: "\(transport.base)/\(prefix)\(folder)", cause: "the listing has no end", remedy: RequestError.wrongAdvice)
    }

    /// Without the client's prefix; nil for what was not asked for.
    private func relative(_ key: String, _ folder: String) -> String? {
        guard key.hasPrefix(prefix + folder) else { return nil }
        return String(key.dropFirst(prefix.count))
    }

    /// All objects below `folder`.
    func objects(_ folder: String) async throws(StoreError) -> [S3Listing.Object] {
        var found: [S3Listing.Object] = []
        try await list(folder) { (objects, _) throws(StoreError) in
            found += objects
            return true
        }
        return found
    }

    /// The names of the folders directly below `folder`.
    func folders(_ folder: String) async throws(StoreError) -> [String] {
        var found: [String] = []
        try await list(folder, isDeep: false) { (_, folders) throws(StoreError) in
            found += folders.map { String($0.dropFirst(folder.count).dropLast()) }
            return true
        }
        return found
    }
}

extension UploadBody {
    /// The SHA-256 of the whole body.
    var digest: Digest {
        switch self {
        case .bytes(let bytes): SHA256.digest(of: bytes)
        case .slab(let slab): slab.withSpan { SHA256.digest($0) }
        }
    }
}
