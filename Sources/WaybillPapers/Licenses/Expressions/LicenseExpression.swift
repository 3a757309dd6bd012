/// An SPDX licence expression (SPDX 3.0.1, annex "License expressions").
public struct LicenseExpression: Sendable, Hashable {
    /// One licence: `MIT`, `GPL-2.0+`, `DocumentRef-x:LicenseRef-y`.
    public struct Term: Sendable, Hashable {
        /// As the list writes it, where the list has it.
        public var id: String
        /// `+`: this version or any later one.
        public var isOrLater: Bool
        /// The document, without `DocumentRef-`, that a `LicenseRef-` is defined in.
        public var document: String?

        public init(id: String, isOrLater: Bool = false, document: String? = nil) {
            self.id = id
            self.isOrLater = isOrLater
            self.document = document
        }
    }

    public indirect enum Node: Sendable, Hashable {
        case license(Term)
        case with(Term, exception: String)
        /// Two or more, none of which is an `and`.
        case and([Node])
        /// Two or more, none of which is an `or`.
        case or([Node])
    }

    /// In bytes of UTF-8.
    public static let maximumByteCount = 4_096
    /// Parentheses inside one another.
    public static let maximumDepth = 32

    public let root: Node

    public init(_ root: Node) { self.root = root }

    /// The licence of that id alone.
    public init(id: String) { root = .license(Term(id: id)) }
}
