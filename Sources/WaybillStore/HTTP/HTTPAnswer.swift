import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WaybillFormat

/// An answer whose head is here and whose body is still on its way, under the eye of a watch.
struct HTTPAnswer: Sendable {
    let response: HTTPClientResponse
    /// Names what was asked for, in messages.
    let subject: String
    let watch: RunningWatch

    var status: Int { Int(response.status.code) }

    func header(_ name: String) -> String? { response.headers.first(name: name) }

    /// Whether the body has an end of its own: one that ends early without it was cut.
    var hasFraming: Bool { header("Content-Length") != nil || header("Transfer-Encoding") != nil }

    /// Whether a mirror of ours answered, and not a page of a proxy on the way.
    var isFromMirror: Bool { header("Waybill-Request") != nil }

    /// Reads the body, once.
    /// - Parameter take: returns false to read no further; the connection then ends.
    func read(_ take: (inout ByteBuffer) throws(RequestError) -> Bool) async throws(RequestError) {
        var parts = response.body.makeAsyncIterator()
        while true {
            let next: ByteBuffer?
            do {
                next = try await parts.next()
            } catch {
                throw RequestError(error, subject: subject, answerBegan: true)
            }
            guard var part = next else { return }
            watch.received(part.readableBytes)
            guard try take(&part) else { return }
        }
    }

    /// The whole body.
    /// - Throws: `.wrong` for more than `maximum` bytes, before they are read where the length is announced.
    func collect(maximum: Int) async throws(RequestError) -> [UInt8] {
        let tooLong = RequestError.wrong(
            subject, "has more than the \(maximum) bytes that such an object may have",
            remedy: "The server sends something else (an error page?); check the address")
        if let text = header("Content-Length"), let length = Int(text), length > maximum { throw tooLong }
        var bytes: [UInt8] = []
        try await read { (part) throws(RequestError) in
            guard part.readableBytes <= maximum - bytes.count else { throw tooLong }
            if let read = part.readBytes(length: part.readableBytes) { bytes += read }
            return true
        }
        return bytes
    }

    /// Seconds; only the form that is a number counts.
    private var retryAfter: Double? {
        header("Retry-After").flatMap { Int($0) }.map { Double(min(max($0, 0), 86_400)) }
    }

    /// Bytes of an error's body that are read.
    static let maximumErrorBody = 64 << 10

    /// The error that a status outside the expected ones means; reads a little of the body.
    func refusal(origin: String, tokenWithheld: Bool) async -> RequestError {
        let body = (try? await collect(maximum: Self.maximumErrorBody)) ?? []
        // What was collected meanwhile is not there at the next try either: the push starts over.
        if let error = Self.remoteError(body) { return RequestError(error, error.isIncomplete ? nil : failure(for: error.code)) }
        // A mirror always says why: these words were damaged, and perhaps the status belongs to another answer.
        if isFromMirror { return .wrong(subject, "was answered with an error (\(status)) that cannot be read") }
        switch status {
        case 401, 403:
            return RequestError(
                StoreError(
                    .authentication, subject: subject,
                    cause: tokenWithheld
                        ? "the mirror asks for a token, and yours is not sent over plain HTTP beyond this machine"
                        : "the mirror refuses access (\(status))",
                    remedy: tokenWithheld ? "Use https" : "'waybill login' stores a token for this mirror"), nil)
        case 404, 410:
            return RequestError(.missing(subject, in: origin), nil)
        case 405, 501:
            return RequestError(
                StoreError(
                    .usage, subject: origin, cause: "is a plain web server and takes no pushes (\(status))",
                    remedy: "Push to a mirror that 'waybill serve' runs, or to its directory"), nil)
        case 400, 408, 425, 429, 500, 502, 503, 504:
            return RequestError(
                StoreError(.unavailable, subject: subject, cause: "the server answered \(status)", remedy: RequestError.advice),
                failure(for: .unavailable))
        default:
            return RequestError(
                StoreError(
                    .unavailable, subject: subject, cause: "the server answered \(status)", remedy: "Check the address and the mirror"), nil
            )
        }
    }

    /// What a refusal says of the remote.
    /// - Parameter code: as the mirror names it.
    private func failure(for code: ErrorCode) -> RequestFailure? {
        switch status {
        case 408, 425, 429, 503: .busy(retryAfter: retryAfter)
        case 502, 504: .broken
        // Our bytes arrived as other ones, or not all of them.
        case 400: code == .unavailable ? .wrong : nil
        case 422: code == .integrity ? .wrong : nil
        // A mirror that says what is wrong with it is asked a few times, one that only stumbles for longer.
        case 500: code == .unavailable ? .broken : .wrong
        default: code == .unavailable ? .broken : nil
        }
    }

    /// The error object of Protocol/HTTP.md, if `body` is one.
    static func remoteError(_ body: [UInt8]) -> StoreError? {
        guard let value = try? JSONValue(parsing: body, maximumDepth: 4), case .object(let top) = value,
            case .object(let error)? = top["error"], case .string(let name)? = error["code"], case .string(let cause)? = error["cause"],
            let code = ErrorCode(rawValue: name)
        else { return nil }
        func text(_ key: String) -> String { if case .string(let text)? = error[key] { text } else { "" } }
        return StoreError(
            code, subject: text("subject"), cause: cause, remedy: text("remedy"), isIncomplete: error["incomplete"] == .bool(true))
    }
}
