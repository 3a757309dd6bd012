/// Checks a document against the schema and types its scalars by it.
struct DisclosureReader {
    /// Errors and warnings, in the order of the document.
    private(set) var problems: [DocumentProblem] = []
    /// Errors beyond these are not looked for: a hostile document must not become a report of a million lines.
    private static let maximumProblems = 100

    mutating func read(_ bytes: [UInt8]) -> DisclosureFields? {
        switch StrictYAML.parse(bytes) {
        case .failure(let refusal): error(refusal.line, "", refusal.problem)
        case .success(nil): error(nil, "", "is empty; it begins with `disclosure: 1`")
        case .success(let root?):
            guard case .mapping(let entries) = root.kind else {
                error(root.line, "", "is not a list of keys with values")
                break
            }
            let fields = record(entries, DisclosureSchema.root, "", line: root.line)
            requireDistinct(fields)
            if problems.isEmpty { return fields }
        }
        return nil
    }

    private mutating func record(
        _ entries: [YAMLValue.Entry], _ schema: [DisclosureField], _ place: String, line: Int
    ) -> DisclosureFields {
        var fields = DisclosureFields(values: [:], line: line)
        for entry in entries {
            guard let field = schema.first(where: { $0.key == entry.key }) else {
                unknown(entry, schema, place)
                continue
            }
            let inner = place.isEmpty ? field.key : "\(place).\(field.key)"
            if case .null = entry.value.kind { continue }
            if let value = value(entry.value, field.shape, inner) {
                fields.values[field.key] = Stated(value: value, line: entry.value.line)
            }
        }
        for field in schema where field.isRequired {
            let isNull = entries.first { $0.key == field.key }.map { if case .null = $0.value.kind { true } else { false } } ?? true
            if isNull { error(line, place, "lacks `\(field.key)`") }
        }
        return fields
    }

    private mutating func value(_ value: YAMLValue, _ shape: DisclosureShape, _ place: String) -> DisclosureValue? {
        switch (shape, value.kind) {
        case (.record(let schema), .mapping(let entries)): return .record(record(entries, schema, place, line: value.line))
        case (.record, _):
            error(value.line, place, "is a record: keys with values")
            return nil
        case (.list(let shape, let maximum), .list(let elements)):
            return list(elements, shape, maximum, place, line: value.line)
        case (.list, _):
            error(value.line, place, "is a list, one `- ` for each member")
            return nil
        case (_, .scalar(let text, let isPlain)):
            let read = DisclosureScalar(text, isPlain: isPlain).read(as: shape)
            if case .failure(let refusal) = read { error(value.line, place, refusal.problem) }
            return try? read.get()
        default:
            error(value.line, place, "is one value")
            return nil
        }
    }

    private mutating func list(
        _ elements: [YAMLValue], _ shape: DisclosureShape, _ maximum: Int, _ place: String, line: Int
    ) -> DisclosureValue? {
        guard elements.count <= maximum else {
            error(line, place, "has more than \(maximum) members")
            return nil
        }
        var items: [Stated<DisclosureValue>] = []
        for (index, element) in elements.enumerated() {
            let inner = "\(place)[\(index + 1)]"
            if case .null = element.kind {
                error(element.line, inner, "is nothing")
                continue
            }
            if let value = value(element, shape, inner) { items.append(Stated(value: value, line: element.line)) }
        }
        return .list(items)
    }

    private mutating func unknown(_ entry: YAMLValue.Entry, _ schema: [DisclosureField], _ place: String) {
        let name = TerminalText.neutralised(String(entry.key.prefix(64)))
        let suggestion = Suggestion.nearest(to: entry.key, in: schema.map(\.key)).map { "; did you mean `\($0)`?" } ?? ""
        error(entry.line, place, "has the unknown key `\(name)`\(suggestion)")
    }

    /// No component is stated twice: a second statement would contradict the first, or be lost.
    private mutating func requireDistinct(_ fields: DisclosureFields) {
        var seen: Set<String> = []
        for component in fields.records("components") {
            guard let name = component.text("name"), !seen.insert(name.value).inserted else { continue }
            error(name.line, "components", "states `\(name.value)` twice")
        }
    }

    private mutating func error(_ line: Int?, _ place: String, _ problem: String) {
        guard problems.count < Self.maximumProblems else { return }
        problems.append(DocumentProblem(.error, line: line, place: place, problem: problem))
    }
}
