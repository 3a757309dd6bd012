import WaybillFormat

/// Members of an object in the making; what is not stated is left out.
extension Dictionary<String, JSONValue> {
    mutating func set(_ key: String, _ text: String?) {
        if let text { self[key] = .string(text) }
    }

    mutating func set(_ key: String, _ text: Stated<String>?) { set(key, text?.value) }

    mutating func set(_ key: String, _ texts: [Stated<String>]) { set(key, texts.map { JSONValue.string($0.value) }) }

    mutating func set(_ key: String, _ elements: [JSONValue]) {
        if !elements.isEmpty { self[key] = .array(elements) }
    }

    mutating func set(_ key: String, object members: [String: JSONValue]) {
        if !members.isEmpty { self[key] = .object(members) }
    }
}

/// Values that a format demands and nobody states.
struct MissingValues {
    private var missing: [(key: String, example: String, problem: String)] = []

    /// - Parameter example: the line to add to disclosure.yaml.
    mutating func note(_ key: String, example: String, problem: String = "") { missing.append((key, example, problem)) }

    func require(by format: String, of subject: ExportSubject) throws(FormatError) {
        guard !missing.isEmpty else { return }
        let keys = missing.map { $0.problem.isEmpty ? $0.key : "\($0.key) (\($0.problem))" }.joined(separator: ", ")
        let lines = missing.map { "`\($0.example)`" }.joined(separator: ", ")
        throw FormatError(
            .failure, subject: TerminalText.neutralised(subject.name ?? subject.findings.contentId.hex),
            cause: "\(format) demands what the papers do not state: \(keys)",
            remedy: "Add to disclosure.yaml, under `model:`: \(lines). A model in a store can take some of them from there.")
    }
}
