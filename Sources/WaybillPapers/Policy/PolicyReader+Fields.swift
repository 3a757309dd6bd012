import WaybillFormat

/// One record of a policy.
struct PolicyFields {
    let place: String
    let line: Int
    let entries: [YAMLValue.Entry]

    init(_ value: YAMLValue, _ place: String) {
        self.place = place
        line = value.line
        if case .mapping(let entries) = value.kind { self.entries = entries } else { entries = [] }
    }

    /// The value of a key that is there and not null.
    subscript(key: String) -> YAMLValue? {
        guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
        if case .null = value.kind { return nil }
        return value
    }
}

extension PolicyReader {
    mutating func record(_ value: YAMLValue, _ place: String) -> PolicyFields? {
        guard case .mapping = value.kind else {
            error(value.line, place, "is a record: keys with values")
            return nil
        }
        return PolicyFields(value, place)
    }

    mutating func check(_ fields: PolicyFields, _ known: [String], required: [String]) {
        for entry in fields.entries where !known.contains(entry.key) {
            let suggestion = Suggestion.nearest(to: entry.key, in: known).map { "; did you mean `\($0)`?" } ?? ""
            let shown = TerminalText.neutralised(String(entry.key.prefix(64)))
            error(entry.line, fields.place, "has the unknown key `\(shown)`\(suggestion)")
        }
        for key in required where fields[key] == nil { error(fields.line, fields.place, "lacks `\(key)`") }
    }

    mutating func list(_ fields: PolicyFields, _ key: String, maximum: Int) -> [YAMLValue] {
        guard let value = fields[key] else { return [] }
        guard let elements = value.elements else {
            error(value.line, key, "is a list, one `- ` for each member")
            return []
        }
        guard elements.count <= maximum else {
            error(value.line, key, "has more than \(maximum) members")
            return []
        }
        return elements
    }

    mutating func text(_ fields: PolicyFields, _ key: String, maximum: Int) -> String? {
        guard let value = fields[key] else { return nil }
        let text = value.text ?? ""
        guard text.contains(where: { !$0.isWhitespace }), text.unicodeScalars.count <= maximum else {
            error(value.line, Self.join(fields.place, key), "is a text of 1 to \(maximum) characters")
            return nil
        }
        return text
    }

    mutating func word(_ fields: PolicyFields, _ key: String, _ words: [String]) -> String? {
        guard let value = fields[key] else { return nil }
        if let text = value.text, words.contains(text) { return text }
        error(value.line, Self.join(fields.place, key), "is one of " + words.joined(separator: ", "))
        return nil
    }

    mutating func time(_ fields: PolicyFields, _ key: String) -> String? {
        guard let value = fields[key] else { return nil }
        if let text = value.text, Timestamp.secondsSince1970(text) != nil { return text }
        error(value.line, Self.join(fields.place, key), "is a time, `YYYY-MM-DDThh:mm:ssZ`")
        return nil
    }

    mutating func digest(_ fields: PolicyFields, _ key: String) -> Digest? {
        guard let value = fields[key] else { return nil }
        if let digest = value.text.flatMap({ Digest(hex: $0) }) { return digest }
        error(value.line, Self.join(fields.place, key), "is a SHA-256: 64 hexadecimal digits in lower case")
        return nil
    }

    /// One word or a list of words.
    mutating func words(_ value: YAMLValue, _ place: String, maximum: Int) -> [String] {
        let elements = value.elements ?? [value]
        guard elements.count <= maximum else {
            error(value.line, place, "has more than \(maximum) members")
            return []
        }
        var words: [String] = []
        for element in elements {
            guard let text = element.text, !text.isEmpty, text.unicodeScalars.count <= 2_048 else {
                error(element.line, place, "is a word of 1 to 2048 characters, or a list of such words")
                continue
            }
            words.append(text)
        }
        return words
    }

    static func join(_ place: String, _ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
}
