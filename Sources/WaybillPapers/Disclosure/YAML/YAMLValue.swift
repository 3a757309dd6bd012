/// A value of a strict YAML document: what was written, and where.
package struct YAMLValue: Sendable {
    package enum Kind: Sendable {
        /// Nothing, `~` or `null` without quotes.
        case null
        /// `isPlain`: neither quoted nor a block text.
        case scalar(String, isPlain: Bool)
        case list([YAMLValue])
        /// In the order of the document; no key twice.
        case mapping([Entry])
    }

    package struct Entry: Sendable {
        package let key: String
        /// Of the key, from 1.
        package let line: Int
        package let value: YAMLValue
    }

    package let kind: Kind
    /// From 1.
    package let line: Int

    /// The value of a key; nil if this is no mapping or does not have it.
    package subscript(key: String) -> YAMLValue? {
        guard case .mapping(let entries) = kind else { return nil }
        return entries.first { $0.key == key }?.value
    }

    package var text: String? {
        guard case .scalar(let text, _) = kind else { return nil }
        return text
    }

    package var elements: [YAMLValue]? {
        guard case .list(let elements) = kind else { return nil }
        return elements
    }
}
