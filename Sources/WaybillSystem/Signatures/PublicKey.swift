import COpenSSL
import WaybillFormat

/// An ECDSA public key on one of the three curves of Protocol/TRUST.md.
public struct PublicKey: Hashable, Sendable {
    /// The curve, and with it the hash that is signed.
    public enum Curve: String, Sendable, CaseIterable {
        case p256 = "P-256"
        case p384 = "P-384"
        case p521 = "P-521"

        /// OpenSSL's names of the curve and of the hash that goes with it.
        var names: (group: String, hash: String) {
            switch self {
            case .p256: ("prime256v1", "SHA256")
            case .p384: ("secp384r1", "SHA384")
            case .p521: ("secp521r1", "SHA512")
            }
        }

        /// Bytes of a SubjectPublicKeyInfo with a named curve and an uncompressed point: anything else is another encoding.
        var derByteCount: Int {
            switch self {
            case .p256: 91
            case .p384: 120
            case .p521: 158
            }
        }

        /// Where the point begins in that: its first byte says how it is encoded.
        var pointOffset: Int {
            switch self {
            case .p256: 26
            case .p384: 23
            case .p521: 25
            }
        }
    }

    /// The SubjectPublicKeyInfo.
    public let der: [UInt8]
    public let curve: Curve
    /// The SHA-256 of `pem`: what other tools call the key, too.
    public let id: Digest
    private let handle: KeyHandle

    /// Bytes of the largest text that is read as a key.
    public static let maximumByteCount = 64 << 10

    /// - Throws: `.integrity` for anything but an uncompressed point on one of the named curves, in its one encoding.
    public init(der: [UInt8], subject: String = "public key") throws(SystemError) {
        guard der.count <= 1_024, let handle = KeyHandle(publicKeyInfo: der) else {
            throw SystemError(.integrity, subject: subject, cause: "is not a public key", remedy: Self.remedy)
        }
        try self.init(handle, subject: subject)
        guard self.der == der else {
            throw SystemError(.integrity, subject: subject, cause: "is not in the one encoding of its key", remedy: Self.remedy)
        }
    }

    /// The key of a PEM text, `-----BEGIN PUBLIC KEY-----`; other blocks beside it are not looked at.
    public init(pem: [UInt8], subject: String = "public key") throws(SystemError) {
        guard pem.count <= Self.maximumByteCount, let handle = KeyHandle(publicPEM: pem) else {
            throw SystemError(.integrity, subject: subject, cause: "holds no public key in PEM", remedy: Self.remedy)
        }
        try self.init(handle, subject: subject)
    }

    init(_ handle: KeyHandle, subject: String) throws(SystemError) {
        guard let curve = Curve.allCases.first(where: { $0.names.group == handle.group }), let der = handle.publicKeyInfo,
            der.count == curve.derByteCount, der[curve.pointOffset] == 0x04
        else {
            throw SystemError(
                .integrity, subject: subject, cause: "is not a key on P-256, P-384 or P-521 with an uncompressed point",
                remedy: Self.remedy)
        }
        self.handle = handle
        self.der = der
        self.curve = curve
        id = SHA256.digest(of: Self.pem(der))
    }

    private static let remedy = "'openssl pkey -in KEY -pubout' writes the public key of an EC key on P-256, P-384 or P-521"

    /// As OpenSSL writes it, byte for byte.
    public var pem: [UInt8] { Self.pem(der) }

    private static func pem(_ der: [UInt8]) -> [UInt8] {
        let text = Array(Base64.encode(der).utf8)
        var pem = Array("-----BEGIN PUBLIC KEY-----\n".utf8)
        for start in stride(from: 0, to: text.count, by: 64) {
            pem += text[start..<min(start + 64, text.count)]
            pem.append(UInt8(ascii: "\n"))
        }
        return pem + Array("-----END PUBLIC KEY-----\n".utf8)
    }

    /// Whether `signature`, in DER, is one of this key over `message`, with the curve's hash.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        handle.verifies(signature, of: message, hash: curve.names.hash)
    }

    public static func == (a: PublicKey, b: PublicKey) -> Bool { a.der == b.der }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
