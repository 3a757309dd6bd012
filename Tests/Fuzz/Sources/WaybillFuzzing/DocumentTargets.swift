import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Documents that people write and strangers send: read twice with the same result, problems inside the document, nothing that a terminal
/// would obey. Accepted is what has no error.
extension FuzzTarget {
    public static let disclosure = FuzzTarget("disclosure") { (input) throws(BrokenProperty) in
        let (disclosure, problems) = Disclosure.read(input)
        let again = Disclosure.read(input)
        try require(disclosure == again.disclosure && problems == again.problems, "two readings of the same bytes")
        try require((disclosure == nil) == problems.contains { $0.severity == .error }, "a disclosure with errors, or none without")
        try requireSane(problems, of: input)
        if let disclosure { _ = disclosure.json.canonical }
        return disclosure != nil
    }

    public static let policy = FuzzTarget("policy") { (input) throws(BrokenProperty) in
        let (policy, problems) = PolicyReader.read(input, digest: .zero)
        try require((policy == nil) == !problems.isEmpty, "a policy with problems, or none without")
        try requireSane(problems, of: input)
        guard let policy else { return false }
        try require(policy.rules.count <= 1_024, "\(policy.rules.count) rules")
        // Whatever a policy says, it decides, and unknown facts are no reason to let in by a rule that names them.
        let subject = PolicySubject(model: "acme/tiny", contentId: .zero)
        for gate in PolicyGate.allCases where policy.has(gate) {
            let decision = policy.decide(gate, PolicyFacts(), subject, at: "2026-01-01T00:00:00Z")
            let again = policy.decide(gate, PolicyFacts(), subject, at: "2026-01-01T00:00:00Z")
            try require(decision.allows == again.allows && decision.ruleID == again.ruleID, "two decisions on the same facts")
        }
        return true
    }

    public static let policyTest = FuzzTarget("policy-test") { (input) throws(BrokenProperty) in
        let (test, problems) = PolicyTest.read(input)
        try require((test == nil) == !problems.isEmpty, "a test with problems, or none without")
        try requireSane(problems, of: input)
        for item in test?.cases ?? [] { try require(item.line >= 1, "a case at line \(item.line)") }
        return test != nil
    }

    /// Accepted means that it is an expression: written again it says the same.
    public static let licenseExpression = FuzzTarget("license-expression") { (input) throws(BrokenProperty) in
        guard let text = text(input) else { return false }
        let expression: LicenseExpression
        do throws(LicenseExpressionError) {
            expression = try LicenseExpression(parsing: text)
        } catch {
            try require(!error.cause.isEmpty && !error.remedy.isEmpty, "an error that does not help: \(error)")
            try require((1...text.unicodeScalars.count + 1).contains(error.column), "an error at column \(error.column)")
            return false
        }
        let written = expression.description
        let again = try? LicenseExpression(parsing: written)
        try require(again == expression, "written again it is another expression: \(written)")
        return true
    }

    /// Accepted is a text that is a licence as a whole.
    public static let licenseText = FuzzTarget("license-text") { (input) throws(BrokenProperty) in
        let reading = LicenseTextReading(of: input)
        try require(reading == LicenseTextReading(of: input), "two readings of the same text")
        for found in reading.texts { try require(!found.licenseIDs.isEmpty, "a text of no licence") }
        try require(!reading.isWhole || !reading.texts.isEmpty, "a whole text of no licence")
        return reading.isWhole
    }

    private static func requireSane(_ problems: [DocumentProblem], of input: [UInt8]) throws(BrokenProperty) {
        // YAML breaks lines at more than these; none makes two of one byte.
        let lines = input.count + 1
        for problem in problems {
            try require(problem.line.map { (1...lines).contains($0) } ?? true, "a problem at line \(problem.line ?? 0) of \(lines)")
            let shown = problem.place + problem.problem
            try require(!problem.problem.isEmpty && shown.utf8.count <= 4_096, "a problem of \(shown.utf8.count) bytes")
            try require(
                !shown.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }, "a control character: \(shown)")
        }
    }
}
