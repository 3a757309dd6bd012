import WaybillFormat
import WaybillSystem

/// AWS Signature Version 4 in the `Authorization` header. Pure: the time comes from the caller.
package struct SigV4: Sendable {
    /// What is signed of a request.
    package struct Message: Sendable {
        let method: String
        /// Percent-encoded, with a slash in front; signed as it is, as S3 wants it.
        let path: String
        /// As `query` writes it.
        let query: String
        /// All that are to be signed, `host` and `x-amz-date` among them.
        let headers: [(name: String, value: String)]
        /// Hexadecimal SHA-256 of the body.
        let payload: String

        package init(method: String, path: String, query: String, headers: [(name: String, value: String)], payload: String) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.payload = payload
        }
    }

    static let algorithm = "AWS4-HMAC-SHA256"
    /// The SHA-256 of nothing.
    static let emptyPayload = SHA256.digest(of: []).hex

    let credentials: S3Credentials
    let region: String
    let service: String

    package init(credentials: S3Credentials, region: String, service: String = "s3") {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The value of the header `Authorization`.
    /// - Parameter stamp: `YYYYMMDDThhmmssZ`, as in `x-amz-date`.
    package func authorization(_ message: Message, at stamp: String) -> String {
        let scope = scope(stamp)
        let signature = Self.hex(HMACSHA256.code(of: Array(stringToSign(message, at: stamp).utf8), key: signingKey(stamp)))
        return "\(Self.algorithm) Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(Self.signedHeaders(message)), "
            + "Signature=\(signature)"
    }

    private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/\(service)/aws4_request" }

    func stringToSign(_ message: Message, at stamp: String) -> String {
        let canonical = SHA256.digest(of: Array(Self.canonicalRequest(message).utf8)).hex
        return "\(Self.algorithm)\n\(stamp)\n\(scope(stamp))\n\(canonical)"
    }

    package func signingKey(_ stamp: String) -> [UInt8] {
        var key = Array("AWS4\(credentials.secretKey)".utf8)
        for part in [String(stamp.prefix(8)), region, service, "aws4_request"] { key = HMACSHA256.code(of: Array(part.utf8), key: key) }
        return key
    }

    package static func canonicalRequest(_ message: Message) -> String {
        let headers = sorted(message).map { "\($0.name):\($0.value)\n" }.joined()
        return "\(message.method)\n\(message.path)\n\(message.query)\n\(headers)\n\(signedHeaders(message))\n\(message.payload)"
    }

    private static func signedHeaders(_ message: Message) -> String { sorted(message).map(\.name).joined(separator: ";") }

    private static func sorted(_ message: Message) -> [(name: String, value: String)] {
        message.headers.map { ($0.name.lowercased(), trimmed($0.value)) }.sorted { $0.0 < $1.0 }
    }

    /// Without spaces at the ends, and with one where several follow one another.
    private static func trimmed(_ value: String) -> String { value.split(separator: " ").joined(separator: " ") }

    // MARK: URLs

    /// A query in the canonical form, which is also the one to send.
    package static func query(_ items: [(String, String)]) -> String {
        items.map { (encoded($0.0), encoded($0.1)) }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// Percent-encoded as the signature wants it: all but `A-Za-z0-9-._~`.
    /// - Parameter keepingSlashes: for a path.
    package static func encoded(_ text: String, keepingSlashes: Bool = false) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if byte.isLetterOrDigit || "-._~".utf8.contains(byte) || keepingSlashes && byte == UInt8(ascii: "/") {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hex(_ bytes: [UInt8]) -> String { Digest(bytes.span, at: 0).hex }

    /// `YYYYMMDDThhmmssZ`.
    static func stamp(secondsSince1970 seconds: Int) -> String {
        Timestamp.text(secondsSince1970: seconds).filter { $0 != "-" && $0 != ":" }
    }
}
