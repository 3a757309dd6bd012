import HTTPTypes

/// A strong entity tag: the SHA-256 of an object's bytes, or for a pack its name, and what requests say of tags.
struct ObjectTag: Hashable, Sendable {
    /// With its quotes.
    let text: String

    init(_ hex: String) { text = "\"\(hex)\"" }

    /// Whether an `If-None-Match` of this value means 304. The comparison is weak, as RFC 9110 demands.
    func satisfies(ifNoneMatch value: String?) -> Bool {
        guard let value else { return false }
        return value.split(separator: ",").contains { item in
            var item = item.drop { $0 == " " || $0 == "\t" }
            while item.last == " " || item.last == "\t" { item.removeLast() }
            return item == "*" || item == text || item == "W/" + text
        }
    }

    /// Whether an `If-Range` of this value lets a range be answered: absent, or exactly this tag. A date never does.
    func allowsRange(ifRange value: String?) -> Bool {
        guard let value else { return true }
        return value == text
    }
}
