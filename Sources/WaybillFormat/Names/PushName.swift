/// What one push is called: 32 lower-case hexadecimal digits. The value of the header `Waybill-Push`, and the file name of
/// intents and condemned sets.
public struct PushName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// The name that is written as exactly 32 lower-case hexadecimal digits, or nil.
    public init?(_ text: some StringProtocol) {
        let isHex = text.utf8.allSatisfy { $0.isDigit || $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f") }
        guard text.utf8.count == 32, isHex else { return nil }
        self.text = String(text)
    }

    /// The first half of a digest.
    public init(_ digest: Digest) { text = String(digest.hex.prefix(32)) }

    /// A name that nobody else has and nobody guesses.
    public static func random() -> PushName {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<Digest.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        return PushName(Digest(bytes.span, at: 0))
    }

    public var description: String { text }

    public static func < (a: PushName, b: PushName) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }
}
