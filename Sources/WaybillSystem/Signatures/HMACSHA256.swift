import COpenSSL
import WaybillFormat

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// - Parameter key: of any length; the empty one is allowed.
    public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        precondition(key.count <= Int(Int32.max), "a key of more than 2 GiB")
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        var count: UInt32 = 0
        // An empty array has no address, and without one OpenSSL would take the key of the call before.
        let padded = key.isEmpty ? [0] : key
        guard HMAC(EVP_sha256(), padded, Int32(key.count), message, message.count, &output, &count) != nil, count == Digest.byteCount else {
            preconditionFailure("OpenSSL could not compute an HMAC: out of memory")
        }
        return output
    }
}
