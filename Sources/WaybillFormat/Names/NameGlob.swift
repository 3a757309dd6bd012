/// A pattern of names: `*` stands for any run of characters, `?` for one; case counts.
public struct NameGlob: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public static let everything = NameGlob(trusted: "*")

    /// Nil unless the text is 1 to 96 of the characters of names, `*` and `?`.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= NameRule.maximumByteCount,
            text.utf8.allSatisfy({ byte in byte.isLetterOrDigit || "._-*?".utf8.contains(byte) })
        else { return nil }
        self.text = text
    }

    private init(trusted text: String) { self.text = text }

    public var description: String { text }

    public func matches(_ name: String) -> Bool {
        let (pattern, text) = (Array(text.utf8), Array(name.utf8))
        var (p, t) = (0, 0)
        // The last star is remembered instead of a recursion for each, so that no pattern is slow.
        var star: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (p, t) = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
