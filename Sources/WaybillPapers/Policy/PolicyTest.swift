import WaybillFormat

/// The cases of `waybill policy test` (Protocol/POLICY.md).
public struct PolicyTest: Sendable {
    public struct Case: Sendable {
        public enum Given: Sendable {
            case facts(PolicyFacts)
            /// Relative to the document.
            case directory(String)
        }

        public let name: String
        public let model: String?
        public let given: Given
        public let allows: Bool
        /// The rule that must decide, or `default`; nil for any.
        public let rule: String?
        public let line: Int
    }

    /// A file, relative to the document, or the name of a ready policy.
    public let policy: String
    public let cases: [Case]

    /// - Returns: nil for `test` if there is any error.
    public static func read(_ bytes: [UInt8]) -> (test: PolicyTest?, problems: [DocumentProblem]) {
        var reader = PolicyReader()
        let test = reader.test(bytes)
        return (reader.problems.isEmpty ? test : nil, reader.problems)
    }
}

extension PolicyReader {
    private static let maximumCases = 10_000

    fileprivate mutating func test(_ bytes: [UInt8]) -> PolicyTest? {
        guard let root = root(of: bytes, version: "waybillPolicyTest") else { return nil }
        let fields = PolicyFields(root, "")
        check(fields, ["waybillPolicyTest", "policy", "cases"], required: ["policy", "cases"])
        var cases: [PolicyTest.Case] = []
        for item in list(fields, "cases", maximum: Self.maximumCases) { if let found = testCase(item) { cases.append(found) } }
        if cases.isEmpty, problems.isEmpty { error(fields.line, "cases", "is empty: a test without cases says nothing") }
        return PolicyTest(policy: text(fields, "policy", maximum: 4_096) ?? "", cases: cases)
    }

    private mutating func testCase(_ value: YAMLValue) -> PolicyTest.Case? {
        guard let fields = record(value, "cases") else { return nil }
        check(fields, ["name", "model", "facts", "directory", "expect", "rule"], required: ["name", "expect"])
        let directory = text(fields, "directory", maximum: 4_096)
        let facts: PolicyFacts?
        if let given = fields["facts"] { facts = self.facts(given) } else { facts = nil }
        guard let name = text(fields, "name", maximum: 256), let expect = word(fields, "expect", ["allow", "deny"]) else { return nil }
        let given: PolicyTest.Case.Given
        switch (facts, directory) {
        case (let facts?, nil): given = .facts(facts)
        case (nil, let directory?): given = .directory(directory)
        default:
            error(value.line, "cases", "gives either `facts` or a `directory`")
            return nil
        }
        return PolicyTest.Case(
            name: name, model: text(fields, "model", maximum: 256), given: given, allows: expect == "allow",
            rule: text(fields, "rule", maximum: 96), line: value.line)
    }

    private mutating func facts(_ value: YAMLValue) -> PolicyFacts? {
        guard case .mapping(let entries) = value.kind else {
            error(value.line, "cases.facts", "is a record: facts with their words")
            return nil
        }
        var facts = PolicyFacts()
        for entry in entries {
            // The same words as in a condition, so that a mistyped one is an error here too.
            guard case .fact(let field, let words)? = condition(YAMLValue(kind: .mapping([entry]), line: entry.line), "cases.facts") else {
                continue
            }
            facts[field] = .words(words.map(\.text))
        }
        return facts
    }
}
