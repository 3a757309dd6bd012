import WaybillFormat

/// What the registry keeps of a token: everything except the secret.
public struct Token: Hashable, Sendable {
    public enum Scope: String, Sendable, CaseIterable {
        /// Reads a private mirror.
        case read
        /// Pushes; implies read.
        case push
    }

    /// Names the token in lists and logs.
    public let id: String
    public let scope: Scope
    /// The models whose refs it may move. Reading is not limited by it: a store is one read domain.
    public let models: ModelPattern
    /// `Timestamp`'s form.
    public let created: String
    /// Not valid from this time on; nil: always valid.
    public let expires: String?
    /// SHA-256 of the secret's text.
    let hash: Digest

    static func isID(_ text: String) -> Bool {
        let bytes = text.utf8
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        guard let first = bytes.first, bytes.count <= 64, isPlain(first) else { return false }
        return bytes.allSatisfy { isPlain($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }

    public func isExpired(at seconds: Int) -> Bool {
        guard let expires else { return false }
        guard let end = Timestamp.secondsSince1970(expires) else { return true }
        return seconds >= end
    }
}

/// The secret itself: `wb_` and 43 characters of base64url, 32 random bytes. Shown once, never stored.
public struct TokenSecret: Sendable {
    static let prefix = "wb_"
    static let byteCount = 32
    static let characterCount = 46
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    public let text: String

    /// A new one, from the system's random numbers.
    static func random() -> TokenSecret {
        var generator = SystemRandomNumberGenerator()
        return TokenSecret(bytes: (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    init(bytes: [UInt8]) {
        var letters: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for place in 0..<3 { group = group << 8 | (place < count ? UInt32(bytes[start + place]) : 0) }
            for place in 0...count { letters.append(Self.alphabet[Int(group >> UInt32(18 - 6 * place) & 63)]) }
        }
        text = Self.prefix + String(decoding: letters, as: UTF8.self)
    }

    /// Nil for a text that no token of ours has.
    init?(_ text: String) {
        guard text.utf8.count == Self.characterCount, text.hasPrefix(Self.prefix),
            text.utf8.dropFirst(Self.prefix.utf8.count).allSatisfy({ Self.alphabet.contains($0) })
        else { return nil }
        self.text = text
    }
}
