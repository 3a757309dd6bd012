import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WaybillFormat
import WaybillSystem

/// Requests to one origin: redirects under our rules, the token only to the origin that the user named, errors as `StoreError`.
package final class HTTPTransport: Sendable {
    /// Redirects followed for one request.
    static let maximumRedirects = 5
    /// Bytes of an error's body that are read.
    static let maximumErrorBody = 64 << 10

    let base: String
    let origin: String
    private let client: HTTPClient
    private let token: String?
    /// A token exists, and is kept back because the connection is not private.
    private let tokenWithheld: Bool

    /// - Parameters:
    ///   - location: must be `.http`.
    ///   - connections: open at once.
    init(_ location: RemoteLocation, token: String?, connections: Int) throws(StoreError) {
        guard case .http(let scheme, let host, let port, let path) = location else {
            throw StoreError(
                .usage, subject: "\(location)", cause: "is not an HTTP address", remedy: "Write http://host:port or https://host")
        }
        let name = host.contains(":") ? "[\(host)]" : host
        origin = "\(scheme)://\(name)" + (port.map { ":\($0)" } ?? "")
        base = origin + path
        let mayCarryToken = scheme == "https" || location.isLoopback
        self.token = mayCarryToken ? token : nil
        tokenWithheld = token != nil && !mayCarryToken
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.timeout = .init(connect: .seconds(10), read: .seconds(30))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // Trying again is the retry policy's: the client's own would make of a wrong port a minute of silence.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections; call once, last.
    func close() async { try? await client.shutdown() }

    /// Sends a request and follows redirects of GET and HEAD.
    /// - Parameter path: below the base, without a leading slash.
    func send(
        _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: HTTPClientRequest.Body? = nil
    ) async throws(StoreError) -> HTTPClientResponse {
        var url = "\(base)/\(path)"
        for _ in 0...Self.maximumRedirects {
            var request = HTTPClientRequest(url: url)
            request.method = method
            request.headers.add(name: "Accept-Encoding", value: "identity")
            request.headers.add(name: "User-Agent", value: "waybill")
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let token, Self.origin(of: url) == origin { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
            request.body = body
            let response: HTTPClientResponse
            do {
                response = try await client.execute(request, timeout: .hours(6))
            } catch {
                throw Self.failure(error, subject: origin)
            }
            switch response.status.code {
            case 301, 302, 303, 307, 308:
                guard method == .GET || method == .HEAD, let location = response.headers.first(name: "Location") else {
                    throw StoreError(
                        .unavailable, subject: url, cause: "answered \(response.status.code), a redirect that cannot be followed",
                        remedy: "Use the address that it redirects to")
                }
                url = try Self.follow(location, from: url)
            default:
                return response
            }
        }
        throw StoreError(
            .unavailable, subject: "\(base)/\(path)", cause: "redirects more than \(Self.maximumRedirects) times",
            remedy: "Check the address")
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

    static func failure(_ error: any Error, subject: String) -> StoreError {
        if let error = error as? StoreError { return error }
        let text = "\(error)"
        let short = text.count > 200 ? String(text.prefix(200)) : text
        if error is CancellationError { return StoreError(.interrupted, subject: subject, cause: "the transfer was interrupted") }
        if let error = error as? HTTPClientError {
            let cause: String
            switch error {
            case .connectTimeout: cause = "no connection within 10 seconds"
            case .readTimeout: cause = "no byte for 30 seconds"
            case .remoteConnectionClosed: cause = "the server closed the connection"
            case .cancelled, .alreadyShutdown: return StoreError(.interrupted, subject: subject, cause: "the transfer was interrupted")
            default: cause = error.shortDescription
            }
            return StoreError(.unavailable, subject: subject, cause: cause, remedy: Self.advice, isTransient: true)
        }
        let known = [
            ("Connection refused", "connection refused: nothing listens there"),
            ("Network is unreachable", "the network is unreachable"),
            ("No route to host", "there is no route to the host"),
            ("Name or service not known", "the host's name is unknown"),
            ("dnsAFailure", "the host's name is unknown"),
            ("Temporary failure in name resolution", "the host's name cannot be looked up now"),
            ("CERTIFICATE_VERIFY_FAILED", "its TLS certificate is not trusted by this system"),
            ("WRONG_VERSION_NUMBER", "does not speak TLS on this port (is it http?)"),
            ("Connection reset", "the connection was reset"),
        ]
        let cause = known.first { text.contains($0.0) }?.1 ?? short
        return StoreError(.unavailable, subject: subject, cause: cause, remedy: Self.advice, isTransient: true)
    }

    private static let advice = "Check that the mirror runs and that the address is right, and run the command again: what arrived is kept"

    /// The error that a status outside the expected ones means; reads a little of the body.
    func refusal(_ response: HTTPClientResponse, subject: String) async -> StoreError {
        let code = Int(response.status.code)
        let body = (try? await response.body.collect(upTo: Self.maximumErrorBody)).map { Array(buffer: $0) } ?? []
        if let error = Self.remoteError(body) {
            return StoreError(
                error.code, subject: error.subject, cause: error.cause, remedy: error.remedy,
                isTransient: code == 429 || code == 503 || code == 502 || code == 504)
        }
        switch code {
        case 401, 403:
            return StoreError(
                .authentication, subject: subject,
                cause: tokenWithheld
                    ? "the mirror asks for a token, and yours is not sent over plain HTTP beyond this machine"
                    : "the mirror refuses access (\(code))",
                remedy: tokenWithheld ? "Use https" : "'waybill login' stores a token for this mirror")
        case 404, 410:
            return .missing(subject, in: origin)
        case 405, 501:
            return StoreError(
                .usage, subject: origin, cause: "is a plain web server and takes no pushes (\(code))",
                remedy: "Push to a mirror that 'waybill serve' runs, or to its directory")
        case 408, 425, 429, 500, 502, 503, 504:
            return StoreError(.unavailable, subject: subject, cause: "the server answered \(code)", remedy: Self.advice, isTransient: true)
        default:
            return StoreError(
                .unavailable, subject: subject, cause: "the server answered \(code)", remedy: "Check the address and the mirror")
        }
    }

    /// The error object of Protocol/HTTP.md, if `body` is one.
    static func remoteError(_ body: [UInt8]) -> StoreError? {
        guard let value = try? JSONValue(parsing: body, maximumDepth: 4), case .object(let top) = value,
            case .object(let error)? = top["error"], case .string(let code)? = error["code"], case .string(let cause)? = error["cause"]
        else { return nil }
        func text(_ key: String) -> String { if case .string(let text)? = error[key] { text } else { "" } }
        return StoreError(ErrorCode(rawValue: code) ?? .failure, subject: text("subject"), cause: cause, remedy: text("remedy"))
    }
}
