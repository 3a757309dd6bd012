import NIOHTTP1
import WaybillFormat

/// How requests to a remote say who asks, and what its refusals mean: a mirror's way, or a bucket's.
protocol HTTPDialect: Sendable {
    /// Redirects of GET and HEAD are followed, under our rules.
    var followsRedirects: Bool { get }

    /// Adds what one try of a request needs.
    /// - Parameter url: where this try goes.
    func complete(_ headers: inout HTTPHeaders, of request: HTTPRequest, to url: String)

    /// The error that a status outside the expected ones means; may read a little of the body.
    func refusal(_ answer: HTTPAnswer) async -> RequestError
}

/// A mirror, or any web server over a store: a bearer token, which goes only to the origin that the user named.
struct MirrorDialect: HTTPDialect {
    private let origin: String
    private let token: String?
    /// A token exists, and is kept back because the connection is not private.
    private let tokenWithheld: Bool

    /// - Parameter isPrivate: nobody on the way can read what is sent.
    init(origin: String, token: String?, isPrivate: Bool) {
        self.origin = origin
        self.token = isPrivate ? token : nil
        tokenWithheld = token != nil && !isPrivate
    }

    var followsRedirects: Bool { true }

    func complete(_ headers: inout HTTPHeaders, of request: HTTPRequest, to url: String) {
        guard let token, HTTPTransport.origin(of: url) == origin else { return }
        headers.add(name: "Authorization", value: "Bearer \(token)")
    }

    func refusal(_ answer: HTTPAnswer) async -> RequestError { await answer.refusal(origin: origin, tokenWithheld: tokenWithheld) }
}
