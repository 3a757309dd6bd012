import WaybillFormat

/// Which models a token may push to: `*`, or `org/name` where `*` stands for any run of characters and `?` for one, neither
/// across the slash. Case counts: `acme/*` does not cover `Acme/tiny`.
public struct ModelPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public static let all = ModelPattern(trusted: "*")

    /// - Throws: `.usage`.
    public init(_ text: String) throws(ServerError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text == "*" || parts.count == 2 && parts.allSatisfy(Self.isPattern) else {
            throw ServerError(
                .usage, subject: text, cause: "is no pattern of models",
                remedy: "Write '*', 'acme/*' or 'acme/tiny-?', at most 96 characters on each side")
        }
        self.text = text
    }

    private init(trusted text: String) { self.text = text }

    public var description: String { text }

    public func matches(_ model: ModelName) -> Bool {
        if text == "*" { return true }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"))
        guard parts.count == 2 else { return false }
        return Self.match(Array(parts[0]), Array(model.org.utf8)) && Self.match(Array(parts[1]), Array(model.name.utf8))
    }

    /// Whether every model of the organisation matches.
    public func coversAll(of org: OrganizationName) -> Bool {
        if text == "*" { return true }
        let parts = text.utf8.split(separator: UInt8(ascii: "/"))
        guard parts.count == 2 else { return false }
        return Self.match(Array(parts[0]), Array(org.text.utf8)) && parts[1].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func isPattern(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.count <= 96
            && part.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                case UInt8(ascii: "*"), UInt8(ascii: "?"): true
                default: false
                }
            }
    }

    // Remembers the last star instead of recursing for each, so that no pattern is slow.
    private static func match(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var p = 0
        var n = 0
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                p = last.pattern + 1
                n = last.name + 1
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
        return p == pattern.count
    }
}
