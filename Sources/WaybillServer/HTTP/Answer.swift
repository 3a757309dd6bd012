import HTTPTypes
import NIOCore
import WaybillFormat

/// What a handler answers, before connection and log have their say.
struct Answer: Sendable {
    enum Body: Sendable {
        case bytes(ByteBuffer)
        /// - Parameters:
        ///   - length: known in advance; nil: chunked.
        ///   - write: may throw, which breaks the connection: the reader sees a body that is too short.
        case stream(length: Int?, write: @Sendable (inout OutgoingBody) async throws -> Void)
    }

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: Body
    /// The connection ends with this answer.
    var endsConnection = false

    init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .bytes(ByteBuffer())) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ status: HTTPResponse.Status, _ value: JSONValue, headers: HTTPFields = [:]) -> Answer {
        bytes(status, value.canonical + [10], type: "application/json", headers: headers)
    }

    static func bytes(_ status: HTTPResponse.Status, _ bytes: [UInt8], type: String, headers: HTTPFields = [:]) -> Answer {
        var headers = headers
        headers[.contentType] = type
        return Answer(status, headers: headers, body: .bytes(ByteBuffer(bytes: bytes)))
    }

    /// Bytes of the body; nil: not known in advance.
    var contentLength: Int? {
        switch body {
        case .bytes(let buffer): buffer.readableBytes
        case .stream(let length, _): length
        }
    }
}
