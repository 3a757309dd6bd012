import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What the responder needs of the connection.
struct MirrorContext: InitializableFromSource {
    let channel: any Channel
    let logger: Logger
    /// Names the request in the log and in the answer's `Waybill-Request`.
    let requestID: String

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        requestID = String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
