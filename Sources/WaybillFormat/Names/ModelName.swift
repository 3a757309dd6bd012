/// `org/name`: each part matches `[A-Za-z0-9][A-Za-z0-9._-]{0,95}` and does not end with a dot.
///
/// Spelling is kept; a store holds no two models whose `folded` names are equal.
public struct ModelName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let org: String
    public let name: String

    /// - Throws: `.usage`.
    public init(org: String, name: String) throws(FormatError) {
        try NameRule.require(org, "organisation", in: "\(org)/\(name)")
        try NameRule.require(name, "model name", in: "\(org)/\(name)")
        self.org = org
        self.name = name
    }

    /// - Parameter text: `org/name`.
    /// - Throws: `.usage`.
    public init(_ text: String) throws(FormatError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw FormatError(
                .usage, subject: text, cause: "not the name of a model", remedy: "A model is written org/name, for example acme/tiny.")
        }
        try self.init(org: String(Substring(parts[0])), name: String(Substring(parts[1])))
    }

    /// `org/name`.
    public var path: String { "\(org)/\(name)" }

    /// The key by which a store tells models apart.
    public var folded: String { path.lowercased() }

    public var description: String { path }

    public static func < (a: ModelName, b: ModelName) -> Bool {
        a.path.utf8.lexicographicallyPrecedes(b.path.utf8)
    }
}

/// The one rule for the names of organisations, models and refs.
enum NameRule {
    static let maximumByteCount = 96

    static func require(_ text: String, _ what: String, in subject: String) throws(FormatError) {
        func refused(_ cause: String, _ remedy: String) -> FormatError {
            FormatError(.usage, subject: subject, cause: "\(what) \"\(text)\" \(cause)", remedy: remedy)
        }
        guard let first = text.utf8.first else { throw refused("is empty", "Give it at least one letter or digit.") }
        guard text.utf8.count <= maximumByteCount else {
            throw refused("is too long", "At most \(maximumByteCount) characters are allowed.")
        }
        guard first.isLetterOrDigit else { throw refused("does not begin with a letter or digit", "Begin it with A-Z, a-z or 0-9.") }
        guard text.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else {
            throw refused("has a character that is not allowed", "Use A-Z, a-z, 0-9, dot, underscore and hyphen only.")
        }
        guard text.utf8.last != UInt8(ascii: ".") else { throw refused("ends with a dot", "Leave the dot out.") }
    }
}

extension UInt8 {
    package var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// ASCII only.
    package var isLetterOrDigit: Bool {
        let lower = self | 0x20
        return isDigit || lower >= 0x61 && lower <= 0x7A
    }
}
