import WaybillFormat

extension TemplateComparison {
    /// `absent`, `same` or `differs`.
    public var word: String {
        switch self {
        case .absent: "absent"
        case .same: "same"
        case .differs: "differs"
        }
    }

    /// The names of templates that differ.
    public var names: [String] { if case .differs(let names) = self { names } else { [] } }

    /// For a person at a terminal; neutralised.
    public var text: String {
        switch self {
        case .absent: "one of the two has none"
        case .same: "the same"
        case .differs(let names): "differ: \(names.map(TerminalText.neutralised).joined(separator: ", "))"
        }
    }

    /// `{"comparison", "names"}`
    public var json: JSONValue { .object(["comparison": .string(word), "names": .array(names.map { .string($0) })]) }
}
