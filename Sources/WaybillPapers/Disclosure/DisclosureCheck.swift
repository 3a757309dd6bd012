import WaybillFormat
import WaybillSystem

/// Lints a model's disclosure: what is wrong, what is doubtful, and what is missing for which definition.
public struct DisclosureCheck: Sendable {
    /// Something that a definition asks for and the disclosure does not say.
    public struct Gap: Sendable, Equatable {
        /// `MOF III`, `MOF II`, `MOF I`, `OSAID 1.0` or `EU summary`.
        public let definition: String
        /// A sentence without its full stop.
        public let text: String
    }

    public static let definitions = ["MOF III", "MOF II", "MOF I", "OSAID 1.0", "EU summary"]

    /// Errors first, then warnings, each by line.
    public let problems: [DocumentProblem]
    /// In the order of `definitions`; empty if there are errors.
    public let gaps: [Gap]

    public var hasErrors: Bool { problems.contains { $0.severity == .error } }

    /// Checks the disclosure.yaml of these files, which are all files of the model.
    public static func check(_ files: [EvidenceFile], registry: LicenseRegistry = .current) throws(SystemError) -> DisclosureCheck {
        guard let read = try DisclosureFile.read(files) else { return DisclosureCheck(missingAmong: files) }
        guard let disclosure = read.disclosure else { return DisclosureCheck(problems: read.problems, gaps: []) }
        let findings = PapersEvaluator.evaluate(files: files, registry: registry)
        if let error = findings.readError { throw error }
        let warnings = DisclosureWarnings(disclosure, findings, paths: Set(files.map(\.path.text)), registry).found
        let sorted = (read.problems + warnings).sorted {
            ($0.severity == .error ? 0 : 1, $0.line ?? 0) < ($1.severity == .error ? 0 : 1, $1.line ?? 0)
        }
        return DisclosureCheck(problems: sorted, gaps: DisclosureGaps.gaps(disclosure, findings))
    }

    init(problems: [DocumentProblem], gaps: [Gap]) {
        self.problems = problems
        self.gaps = gaps
    }

    private init(missingAmong files: [EvidenceFile]) {
        let near = files.first { ["disclosure.yaml", "disclosure.yml"].contains($0.path.text.lowercased()) }
        let hint = near.map { "; `\(TerminalText.neutralised($0.path.text))` must be named so" } ?? ""
        self.init(
            problems: [DocumentProblem(.error, line: nil, place: "", problem: "the model has no \(Disclosure.fileName)\(hint)")], gaps: []
        )
    }

    /// `disclosure.yaml, line 7: error: data.sources[1] has the unknown key `fe`; did you mean `fee`?`, then one block for each definition.
    public var lines: [String] {
        var lines = problems.map { problem in
            let line = problem.line.map { ", line \($0)" } ?? ""
            let place = problem.place.isEmpty ? "" : problem.place + " "
            return "\(Disclosure.fileName)\(line): \(problem.severity.rawValue): \(place)\(problem.problem)"
        }
        for definition in Self.definitions {
            let missing = gaps.filter { $0.definition == definition }
            guard !missing.isEmpty else { continue }
            lines.append("Missing for \(definition):")
            lines += missing.map { "  - \($0.text)" }
        }
        return lines
    }

    /// `{"errors", "gaps": [{"definition", "text"}], "problems": [{"line", "place", "problem", "severity"}]}`
    public var json: JSONValue {
        .object([
            "errors": .integer(problems.count { $0.severity == .error }),
            "problems": .array(
                problems.map {
                    .object([
                        "severity": .string($0.severity.rawValue), "line": $0.line.map { .integer($0) } ?? .null,
                        "place": .string($0.place), "problem": .string($0.problem),
                    ])
                }),
            "gaps": .array(gaps.map { .object(["definition": .string($0.definition), "text": .string($0.text)]) }),
        ])
    }
}
