import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WaybillFormat
import WaybillSystem

/// What is asked of a remote.
struct HTTPRequest: Sendable {
    let method: HTTPMethod
    /// Below the base, without a leading slash.
    let path: String
    var headers: [(String, String)] = []
    var body: UploadBody?
    /// The answer is a line now and then (Protocol/HTTP.md, Manifests).
    var answersSlowly = false
    /// The SHA-256 of the body, for a remote that is told.
    var bodyDigest: Digest?
}

/// Requests to one origin, in the dialect that is spoken there: redirects under our rules, errors as `RequestError`.
/// A request that stalls is broken off; trying again is `RemoteLink`'s.
package final class HTTPTransport: Sendable {
    /// Redirects followed for one request.
    static let maximumRedirects = 5

    let base: String
    let origin: String
    let link: RemoteLink
    let connections: HTTPConnections
    let dialect: any HTTPDialect

    /// - Parameters:
    ///   - location: must be `.http`.
    ///   - connections: open at once.
    convenience init(
        _ location: RemoteLocation, token: String?, connections: Int, retry: RetryPolicy, notify: @escaping @Sendable (String) -> Void
    ) throws(StoreError) {
        guard case .http(let scheme, _, _, _) = location else {
            throw StoreError(
                .usage, subject: "\(location)", cause: "is not an HTTP address", remedy: "Write http://host:port or https://host")
        }
        let base = "\(location)"
        let dialect = MirrorDialect(
            origin: Self.origin(of: base), token: token, isPrivate: scheme == "https" || location.isLoopback)
        self.init(base: base, label: base, dialect: dialect, connections: connections, retry: retry, notify: notify)
    }

    /// - Parameters:
    ///   - base: a URL without a slash at its end.
    ///   - label: what people call the remote.
    init(
        base: String, label: String, dialect: any HTTPDialect, connections: Int, retry: RetryPolicy,
        notify: @escaping @Sendable (String) -> Void
    ) {
        self.base = base
        self.dialect = dialect
        origin = Self.origin(of: base)
        link = RemoteLink(label, policy: retry, notify: notify)
        self.connections = HTTPConnections(Self.configuration(connections: connections))
    }

    private static func configuration(connections: Int) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        // Silence is the watch's; this one is for what the watch cannot see.
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(Int64(ExchangeWatch.answerToUpload)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // Sooner than mirrors close them, so that no request meets a connection that is about to close, and a full mirror gets them back.
        configuration.connectionPool.idleTimeout = .seconds(15)
        // Trying again is the retry policy's: the client's own would make of a wrong port a minute of silence.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Ends all connections; call once, last.
    func close() async { await connections.close() }

    /// Sends a request, follows redirects of GET and HEAD, and hands the answer to `consume`. An answer that `consume` finds wrong
    /// takes its connection with it.
    func exchange<T: Sendable>(
        _ request: HTTPRequest, _ consume: @escaping @Sendable (HTTPAnswer) async throws(RequestError) -> T
    ) async throws(RequestError) -> T {
        let lease = connections.lease()
        let watch = RunningWatch(uploads: (request.body?.count ?? 0) > 0, mayBeSlow: request.answersSlowly)
        do throws(RequestError) {
            let result = try await watch.guarding(subject: "\(base)/\(request.path)") { () async throws(RequestError) -> T in
                let answer = try await self.send(request, lease.client, watch)
                // An answer that is one too late on its connection says that something else is missing, or done.
                if let path = answer.header("Waybill-Path"), !path.hasSuffix("/\(request.path)") {
                    throw .wrong(answer.subject, "was answered as if it were \(path.prefix(200))")
                }
                return try await consume(answer)
            }
            await connections.release(lease)
            return result
        } catch {
            if error.failure == .wrong { await connections.renew(lease) }
            await connections.release(lease)
            throw error
        }
    }

    private func send(_ request: HTTPRequest, _ client: HTTPClient, _ watch: RunningWatch) async throws(RequestError) -> HTTPAnswer {
        var url = "\(base)/\(request.path)"
        for _ in 0...Self.maximumRedirects {
            let response: HTTPClientResponse
            do {
                // The watch ends what does not move; what moves may take its time.
                response = try await client.execute(message(request, to: url, watch), timeout: .hours(24))
            } catch {
                throw RequestError(error, subject: origin, answerBegan: false)
            }
            link.answered()
            watch.answered()
            switch response.status.code {
            case let code where dialect.followsRedirects && [301, 302, 303, 307, 308].contains(code):
                guard request.method == .GET || request.method == .HEAD, let location = response.headers.first(name: "Location") else {
                    throw Self.refused(
                        url, "answered \(response.status.code), a redirect that cannot be followed", "Use the address that it redirects to")
                }
                do throws(StoreError) { url = try Self.follow(location, from: url) } catch { throw RequestError(error, nil) }
            default:
                return HTTPAnswer(response: response, subject: "\(base)/\(request.path)", watch: watch)
            }
        }
        throw Self.refused("\(base)/\(request.path)", "redirects more than \(Self.maximumRedirects) times", "Check the address")
    }

    private func message(_ request: HTTPRequest, to url: String, _ watch: RunningWatch) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: url)
        message.method = request.method
        message.headers.add(name: "Accept-Encoding", value: "identity")
        message.headers.add(name: "User-Agent", value: "waybill")
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        dialect.complete(&message.headers, of: request, to: url)
        message.body = request.body?.request(watch)
        return message
    }

    func refusal(_ answer: HTTPAnswer) async -> RequestError { await dialect.refusal(answer) }

    private static func refused(_ subject: String, _ cause: String, _ remedy: String) -> RequestError {
        RequestError(StoreError(.unavailable, subject: subject, cause: cause, remedy: remedy), nil)
    }

    /// `scheme://host[:port]` of a URL.
    package static func origin(of url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        let rest = url[scheme.upperBound...]
        return String(url[..<scheme.upperBound] + rest.prefix { $0 != "/" && $0 != "?" })
    }

    /// Where a redirect of `url` leads, if a client may go there.
    package static func follow(_ location: String, from url: String) throws(StoreError) -> String {
        let target: String
        if location.hasPrefix("http://") || location.hasPrefix("https://") {
            target = location
        } else if location.hasPrefix("/"), !location.hasPrefix("//") {
            target = origin(of: url) + location
        } else {
            throw StoreError(
                .unavailable, subject: url, cause: "redirects to '\(location)', which is no HTTP address", remedy: "Check the mirror")
        }
        if url.hasPrefix("https://"), !target.hasPrefix("https://") {
            throw StoreError(
                .unavailable, subject: url, cause: "redirects from https to plain http", remedy: "Use another mirror, or tell its operator")
        }
        return target
    }
}
