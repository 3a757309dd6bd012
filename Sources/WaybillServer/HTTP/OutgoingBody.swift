import Hummingbird
import HummingbirdCore
import NIOCore

/// Writes a streamed answer. A piece that the other side does not take within the idle timeout ends the connection.
struct OutgoingBody {
    private var writer: any ResponseBodyWriter
    private let channel: any Channel
    private let timeout: TimeAmount
    private(set) var byteCount = 0

    init(_ writer: any ResponseBodyWriter, channel: any Channel, timeout: TimeAmount) {
        self.writer = writer
        self.channel = channel
        self.timeout = timeout
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        let channel = channel
        let alarm = channel.eventLoop.scheduleTask(in: timeout) { channel.close(promise: nil) }
        defer { alarm.cancel() }
        try await writer.write(buffer)
        byteCount += buffer.readableBytes
    }

    func finish() async throws {
        try await writer.finish(nil)
    }
}
