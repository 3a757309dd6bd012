/// Which refs are meant: `v*` (of every model), `acme/tiny` (every ref of it), `acme/*:prod`. `*` stands for any run of
/// characters and `?` for one, neither across the slash; case counts.
public struct RefPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    private let org: [UInt8]
    private let name: [UInt8]
    private let ref: [UInt8]

    /// - Throws: `.usage`.
    public init(_ text: String) throws(FormatError) {
        let halves = text.split(separator: ":", omittingEmptySubsequences: false)
        let hasModel = text.contains("/")
        let model = hasModel ? halves[0].split(separator: "/", omittingEmptySubsequences: false) : ["*", "*"]
        let ref = hasModel ? (halves.count == 2 ? halves[1] : "*") : halves[0]
        guard halves.count <= (hasModel ? 2 : 1), model.count == 2, (model + [ref]).allSatisfy(Self.isPattern) else {
            throw FormatError(
                .usage, subject: text, cause: "is no pattern of refs", remedy: "Write 'v*', 'acme/tiny' or 'acme/*:prod'")
        }
        self.text = text
        (org, name, self.ref) = (Array(model[0].utf8), Array(model[1].utf8), Array(ref.utf8))
    }

    public var description: String { text }

    public func matches(_ model: ModelName, _ ref: RefName) -> Bool {
        Self.match(org, Array(model.org.utf8)) && Self.match(name, Array(model.name.utf8)) && Self.match(self.ref, Array(ref.text.utf8))
    }

    private static func isPattern(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.count <= 96
            && part.utf8.allSatisfy { byte in byte.isLetterOrDigit || "._-*?".utf8.contains(byte) }
    }

    // Remembers the last star instead of recursing for each, so that no pattern is slow.
    private static func match(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var (p, t) = (0, 0)
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
