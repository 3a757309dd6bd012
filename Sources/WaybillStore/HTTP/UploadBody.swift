import AsyncHTTPClient
import NIOCore
import WaybillSystem

/// What a request sends. Each try reads it from the beginning.
enum UploadBody: Sendable {
    case bytes([UInt8])
    case slab(Slab)

    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .slab(let slab): slab.count
        }
    }

    fileprivate func buffer(_ range: Range<Int>) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        switch self {
        case .bytes(let bytes): buffer.writeBytes(bytes[range])
        case .slab(let slab): slab.withRawSpan(range) { span in _ = buffer.writeBytes(span) }
        }
        return buffer
    }

    func request(_ watch: RunningWatch) -> HTTPClientRequest.Body {
        guard count > 0 else {
            watch.sentAll()
            return .bytes(ByteBuffer())
        }
        return .stream(UploadPieces(body: self, watch: watch), length: .known(Int64(count)))
    }
}

/// A body in pieces that a slow connection still takes one of every half minute: the watch sees each go.
private struct UploadPieces: AsyncSequence, Sendable {
    let body: UploadBody
    let watch: RunningWatch
    static let piece = 64 << 10

    struct AsyncIterator: AsyncIteratorProtocol {
        let body: UploadBody
        let watch: RunningWatch
        var offset = 0
        var underWay = 0

        mutating func next() async -> ByteBuffer? {
            // Whoever asks for the next piece has got rid of the last one.
            if underWay > 0 { watch.sent(underWay) }
            let end = Swift.min(offset + UploadPieces.piece, body.count)
            guard offset < end else {
                watch.sentAll()
                return nil
            }
            underWay = end - offset
            defer { offset = end }
            return body.buffer(offset..<end)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body, watch: watch) }
}
