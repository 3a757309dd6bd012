import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WaybillFormat

/// A request that failed, and whether it may be tried again.
struct RequestError: Error {
    let error: StoreError
    /// nil: trying again is no use.
    let failure: RequestFailure?
    /// So much was received before that the remote counts as alive.
    var madeProgress = false

    init(_ error: StoreError, _ failure: RequestFailure?) {
        self.error = error
        self.failure = failure
    }

    /// A whole answer that is wrong.
    static func wrong(_ subject: String, _ cause: String, remedy: String = wrongAdvice) -> RequestError {
        RequestError(StoreError(.integrity, subject: subject, cause: cause, remedy: remedy), .wrong)
    }

    static let advice = "Check that the mirror runs and that the address is right, and run the command again: what arrived is kept"
    static let wrongAdvice = "The server or a proxy on the way is broken: check the address, or use another mirror"

    /// What to say when it is not tried any more.
    func givenUp(after seconds: Double, tries: Int) -> StoreError {
        guard tries > 1 else { return error }
        return StoreError(
            error.code, subject: error.subject, cause: "\(error.cause) (\(tries) tries in \(Seconds.text(seconds)))", remedy: error.remedy)
    }

    /// What the client says of a connection.
    /// - Parameter answerBegan: the head of the answer was here already.
    init(_ thrown: any Error, subject: String, answerBegan: Bool) {
        if let error = thrown as? RequestError {
            self = error
            return
        }
        let broken: RequestFailure = answerBegan ? .broken : .unreachable
        let (cause, failure): (String, RequestFailure?)
        switch thrown {
        case is CancellationError: (cause, failure) = Self.interruption
        case let error as HTTPClientError: (cause, failure) = Self.meaning(error, broken)
        case is HTTPParserError, is NIOHTTPDecoderError:
            (cause, failure) = (answerBegan ? "the answer breaks the rules of HTTP" : "what answers there does not speak HTTP", broken)
        default: (cause, failure) = Self.meaning("\(thrown)", broken)
        }
        guard failure != nil || cause != Self.interruption.0 else {
            self.init(StoreError(.interrupted, subject: subject, cause: cause), nil)
            return
        }
        self.init(StoreError(.unavailable, subject: subject, cause: cause, remedy: Self.advice), failure)
    }

    private static let interruption: (String, RequestFailure?) = ("the transfer was interrupted", nil)

    private static func meaning(_ error: HTTPClientError, _ broken: RequestFailure) -> (String, RequestFailure?) {
        switch error {
        case .cancelled, .alreadyShutdown: interruption
        case .connectTimeout: ("no connection within 10 seconds", .unreachable)
        case .readTimeout: ("nothing moved for \(Int(ExchangeWatch.answerToUpload)) seconds", .silent)
        case .remoteConnectionClosed: ("the server closed the connection", broken)
        default: (error.shortDescription, broken)
        }
    }

    /// The system's words for a connection that could not be made or broke.
    private static func meaning(_ text: String, _ broken: RequestFailure) -> (String, RequestFailure?) {
        let passing = [
            ("Connection refused", "connection refused: nothing listens there"),
            ("Network is unreachable", "the network is unreachable"),
            ("No route to host", "there is no route to the host"),
            ("Name or service not known", "the host's name is unknown"),
            ("dnsAFailure", "the host's name is unknown"),
            ("Temporary failure in name resolution", "the host's name cannot be looked up now"),
            ("Connection reset", "the connection was reset"),
            ("Broken pipe", "the connection was reset"),
            ("ioOnClosedChannel", "the server closed the connection"),
            ("uncleanShutdown", "the server closed the connection"),
        ]
        if let known = passing.first(where: { text.contains($0.0) }) { return (known.1, broken) }
        let lasting = [
            ("CERTIFICATE_VERIFY_FAILED", "its TLS certificate is not trusted by this system"),
            ("WRONG_VERSION_NUMBER", "does not speak TLS on this port (is it http?)"),
        ]
        if let known = lasting.first(where: { text.contains($0.0) }) { return (known.1, nil) }
        return (text.count > 200 ? String(text.prefix(200)) : text, broken)
    }
}

/// Seconds for people.
enum Seconds {
    /// `0.4 s`, `125 s`.
    static func text(_ seconds: Double) -> String {
        guard seconds < 10 else { return "\(Int(min(seconds, 1e9).rounded())) s" }
        let tenths = Int((max(0, seconds) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
