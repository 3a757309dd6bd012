/// The `org` of a model's name, by the same rule: `[A-Za-z0-9][A-Za-z0-9._-]{0,95}`, not ending with a dot.
public struct OrganizationName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// - Throws: `.usage`.
    public init(_ text: String) throws(FormatError) {
        try NameRule.require(text, "organisation", in: text)
        self.text = text
    }

    fileprivate init(trusted text: String) { self.text = text }

    /// Two organisations that differ by case alone would be one in a store.
    public var folded: String { text.lowercased() }

    public var description: String { text }

    public static func < (a: OrganizationName, b: OrganizationName) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
}

extension ModelName {
    public var organization: OrganizationName { OrganizationName(trusted: org) }
}
