import NIOCore
import NIOHTTP1
import WaybillFormat
import WaybillSystem

/// A range of an object on its way into a slab. A try goes on where the last one broke off, so that a link that drops every few
/// seconds still gets there; the bytes are verified when all are here.
struct RangeDownload: Sendable {
    /// What comes before the range in an answer that is the whole object is read and dropped; so much of it, over all tries: the
    /// largest pack, three times.
    private static let maximumSkipped = 3 * Limits.pack
    /// A try that brought so much shows that the remote is alive.
    private static let progress = 128 << 10

    /// Below the remote's base.
    private let path: String
    private let range: Range<Int>
    private let slab: Slab
    private let start: Int
    private let transport: HTTPTransport
    private let skipped = Tally()

    init(_ path: String, range: Range<Int>, into slab: Slab, transport: HTTPTransport) {
        self.path = path
        self.range = range
        self.slab = slab
        self.transport = transport
        start = slab.count
    }

    /// Makes the slab what it was.
    func discard() { slab.resize(start) }

    /// Asks for what is missing.
    func `continue`() async throws(RequestError) {
        let before = slab.count
        let missing = range.lowerBound + before - start..<range.upperBound
        guard !missing.isEmpty else { return }
        let request = HTTPRequest(
            method: .GET, path: path, headers: [("Range", "bytes=\(missing.lowerBound)-\(missing.upperBound - 1)")])
        do throws(RequestError) {
            try await transport.exchange(request) { (answer) async throws(RequestError) in try await receive(missing, answer) }
        } catch {
            var error = error
            if error.failure == .wrong { slab.resize(before) }
            error.madeProgress = slab.count - before >= Self.progress
            throw error
        }
    }

    private func receive(_ missing: Range<Int>, _ answer: HTTPAnswer) async throws(RequestError) {
        switch answer.status {
        case 206:
            let text = answer.header("Content-Range") ?? ""
            guard let content = ContentRange(header: text), content.start == missing.lowerBound, content.end == missing.upperBound - 1
            else {
                throw .wrong(answer.subject, "answered '\(text)' to the range \(missing.lowerBound)-\(missing.upperBound - 1)")
            }
            try await take(missing, skip: 0, answer)
        case 200:
            try await take(missing, skip: missing.lowerBound, answer)
        case 416:
            throw gone(
                answer, "is shorter than byte \(missing.upperBound)",
                "The pack is truncated or was repacked; run the command again, or use another mirror")
        case 404, 410:
            throw gone(
                answer, "is named by a locator and is not there (\(answer.status))", "Push the revision again, or use another mirror")
        default:
            throw await transport.refusal(answer)
        }
    }

    private func gone(_ answer: HTTPAnswer, _ cause: String, _ remedy: String) -> RequestError {
        RequestError(StoreError(.integrity, subject: answer.subject, cause: cause, remedy: remedy), nil)
    }

    private func take(_ missing: Range<Int>, skip: Int, _ answer: HTTPAnswer) async throws(RequestError) {
        if skip > 0 { try allowSkipping(skip, answer) }
        var skip = skip
        var wanted = missing.count
        try await answer.read { (part) throws(RequestError) in
            let dropped = min(skip, part.readableBytes)
            part.moveReaderIndex(forwardBy: dropped)
            skip -= dropped
            let taken = part.readSlice(length: min(wanted, part.readableBytes)) ?? ByteBuffer()
            slab.append(raw: taken.readableBytesSpan)
            wanted -= taken.readableBytes
            // The end of an answer that is no longer than it should be is read as well: the connection can then be used again.
            return wanted > 0 || (answer.status == 206 && part.readableBytes == 0)
        }
        guard wanted > 0 else { return }
        guard answer.hasFraming else {
            throw RequestError(
                StoreError(
                    .unavailable, subject: answer.subject, cause: "the body ended \(wanted) bytes early", remedy: RequestError.wrongAdvice),
                .broken)
        }
        throw .wrong(answer.subject, "answers \(wanted) bytes less than it should")
    }

    private func allowSkipping(_ count: Int, _ answer: HTTPAnswer) throws(RequestError) {
        transport.link.tellOfWholeObjects()
        let total = skipped.add(count)
        guard total <= Self.maximumSkipped else {
            throw RequestError(
                StoreError(
                    .unavailable, subject: answer.subject,
                    cause: "answers whole objects instead of ranges, and breaks them off: \(total) bytes were read in vain",
                    remedy: "Use a mirror, or a way to it, that supports ranges"), nil)
        }
    }
}
