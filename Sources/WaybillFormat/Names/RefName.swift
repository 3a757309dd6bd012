/// The name of a ref: the rule of a model's name, except that it is not `index.json` or `latest` and does not end with `.json`
/// (in any case: the refs of a model are unique without regard to case).
public struct RefName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public static let main = RefName(trusted: "main")

    /// - Throws: `.usage`.
    public init(_ text: String) throws(FormatError) {
        try NameRule.require(text, "ref", in: text)
        let folded = text.lowercased()
        guard folded != "latest", !folded.hasSuffix(".json") else {
            throw FormatError(
                .usage, subject: text, cause: "this name has another use in a store", remedy: "Choose another name for the ref.")
        }
        self.text = text
    }

    private init(trusted text: String) { self.text = text }

    /// The key by which a store tells the refs of a model apart.
    public var folded: String { text.lowercased() }

    public var description: String { text }

    public static func < (a: RefName, b: RefName) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
}
