import WaybillFormat

/// What the texts of one licence have in common: fixed runs of words, known by their hashes, and what may stand between them.
package struct TextTemplate: Sendable {
    /// A run of words that every text has.
    struct Run: Sendable, Hashable {
        let count: Int
        let hash: UInt64
        /// The first 12 bytes of the SHA-256, in hexadecimal; empty for a few words, of which no others that mean something have the hash.
        let digest: String
    }

    indirect enum Element: Sendable {
        case run(Run)
        /// Names: so many words, none of which grants or forbids.
        case gap(Range<Int>)
        /// Statements of copyright, or nothing.
        case copyright
        case optional([Element])
        case choice([[Element]])
    }

    /// Of the registry; several where their texts are one (`GPL-3.0-only`, `GPL-3.0-or-later`), the narrowest first.
    package let licenseIDs: [String]
    let elements: [Element]
    /// The index of a run that no text lacks, and the hash of its first `anchorWidth` words.
    let pivot: Int
    let anchor: UInt64
    /// Of the text with all its usual words.
    package let textDigest: Digest
    package let wordCount: Int
    /// Hashes of 24 bits of the runs of `blockWidth` words of what does not vary, in order.
    let blocks: [UInt32]
    /// 1: all of them. Otherwise every second, third, ...
    let blockStep: Int

    static let anchorWidth = 4
    static let blockWidth = 8
}

/// Reads `elements` as the generator writes them: `14.02ff4fafe331b4a3.UvzQ C G1-20 ( 2.1886 ) [ 1.0f94 | 1.14c6 ]`.
struct TextTemplateParser {
    private var fields: ArraySlice<Substring>

    /// Nil if the table is damaged.
    static func elements(_ text: Substring) -> [TextTemplate.Element]? {
        var parser = TextTemplateParser(fields: text.split(separator: " ")[...])
        let elements = parser.sequence()
        return parser.fields.isEmpty ? elements : nil
    }

    private mutating func sequence() -> [TextTemplate.Element]? {
        var elements: [TextTemplate.Element] = []
        while let field = fields.first, field != ")", field != "]", field != "|" {
            fields.removeFirst()
            switch field {
            case "C": elements.append(.copyright)
            case "(":
                guard let inside = sequence(), fields.popFirst() == ")" else { return nil }
                elements.append(.optional(inside))
            case "[":
                guard let choices = choices() else { return nil }
                elements.append(.choice(choices))
            default:
                guard let element = field.first == "G" ? Self.gap(field.dropFirst()) : Self.run(field) else { return nil }
                elements.append(element)
            }
        }
        return elements
    }

    private mutating func choices() -> [[TextTemplate.Element]]? {
        var choices: [[TextTemplate.Element]] = []
        while let choice = sequence() {
            choices.append(choice)
            switch fields.popFirst() {
            case "]": return choices
            case "|": continue
            default: return nil
            }
        }
        return nil
    }

    private static func gap(_ text: Substring) -> TextTemplate.Element? {
        let limits = text.split(separator: "-").compactMap { Int($0) }
        guard limits.count == 2, limits[0] <= limits[1] else { return nil }
        return .gap(limits[0]..<limits[1] + 1)
    }

    private static func run(_ text: Substring) -> TextTemplate.Element? {
        let parts = text.split(separator: ".")
        guard parts.count >= 2, let count = Int(parts[0]), count > 0, let hash = UInt64(parts[1], radix: 16) else { return nil }
        return .run(TextTemplate.Run(count: count, hash: hash, digest: parts.count > 2 ? String(parts[2]) : ""))
    }
}
