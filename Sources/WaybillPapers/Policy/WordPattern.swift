/// A word of a policy: compared without regard to case, `*` for any characters.
public struct WordPattern: Sendable, Equatable {
    public let text: String
    private let pattern: [UInt8]

    public init(_ text: String) {
        self.text = text
        pattern = Array(text.lowercased().utf8)
    }

    /// Takes time in proportion to both lengths' product at most.
    public func matches(_ word: String) -> Bool {
        let letters = Array(word.lowercased().utf8)
        var (p, l) = (0, 0)
        // Where the last star stood, and how much it took.
        var star: (pattern: Int, letter: Int)?
        while l < letters.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p + 1, l)
                p += 1
            } else if p < pattern.count, pattern[p] == letters[l] {
                p += 1
                l += 1
            } else if let last = star {
                star = (last.pattern, last.letter + 1)
                p = last.pattern
                l = last.letter + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
