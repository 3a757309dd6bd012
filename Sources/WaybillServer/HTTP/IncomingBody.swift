import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import WaybillFormat
import WaybillSystem

/// A request's body, read piece by piece, counted against a limit before and while it comes, and not slower than a drip.
struct IncomingBody {
    /// What the request says of its length; nil: chunked.
    let declared: Int?
    private(set) var received = 0
    private(set) var isFinished: Bool
    private let subject: String
    private var iterator: RequestBody.AsyncIterator
    private let started = Host.monotonicNanoseconds()

    /// A body below this rate, in bytes a second, is refused after `patience`: many such would hold all connections.
    private static let minimumRate = 1_024.0
    /// Seconds.
    private let patience: Double
    /// What is left of a refused body is read up to this size, so that the connection can be used again.
    static let cheapRemainder = 256 << 10

    /// - Parameter patience: how long a body may be slow.
    init(_ request: Request, subject: String, patience: Duration) {
        self.patience = patience / .seconds(1)
        let length = request.headers[.contentLength]
        declared = length.flatMap { Int($0) }
        isFinished = (declared ?? 0) == 0 && request.headers[.transferEncoding] == nil
        self.subject = subject
        iterator = request.body.makeAsyncIterator()
    }

    /// Refuses a body that says that it is longer than `maximum`, without reading it.
    func requireAtMost(_ maximum: Int) throws(Refusal) {
        if let declared, declared > maximum { throw .tooLarge(subject, maximum: maximum) }
    }

    /// The next piece; nil at the end. What was received is at most `maximum`.
    mutating func next(maximum: Int) async throws(Refusal) -> ByteBuffer? {
        guard !isFinished else { return nil }
        let piece: ByteBuffer?
        do {
            piece = try await iterator.next()
        } catch {
            throw gone("the connection broke")
        }
        guard let piece else {
            isFinished = true
            // A connection that ends looks like the end of the body.
            if let declared, received != declared { throw gone("\(received) of \(declared) bytes arrived") }
            return nil
        }
        received += piece.readableBytes
        guard received <= maximum else { throw .tooLarge(subject, maximum: maximum) }
        let seconds = Double(Host.monotonicNanoseconds() - started) / 1e9
        guard seconds <= patience || Double(received) / seconds >= Self.minimumRate else {
            var refusal = Refusal(
                .requestTimeout, .unavailable, subject: subject, cause: "arrives more slowly than \(Int(Self.minimumRate)) bytes a second",
                remedy: "Try again over a better connection")
            refusal.endsConnection = true
            throw refusal
        }
        return piece
    }

    /// The whole body.
    mutating func collect(maximum: Int) async throws(Refusal) -> [UInt8] {
        try requireAtMost(maximum)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declared ?? 0)
        while let piece = try await next(maximum: maximum) { bytes += piece.readableBytesView }
        return bytes
    }

    /// Reads and drops what comes.
    mutating func drain(maximum: Int) async throws(Refusal) {
        while try await next(maximum: maximum) != nil {}
    }

    /// Whether so much may still come that it is better to end the connection.
    var hasCostlyRemainder: Bool {
        guard !isFinished else { return false }
        guard let declared else { return true }
        return declared - received > Self.cheapRemainder
    }

    private func gone(_ cause: String) -> Refusal {
        var refusal = Refusal(.badRequest, .unavailable, subject: subject, cause: cause, remedy: "Send it again")
        refusal.endsConnection = true
        return refusal
    }
}
