import WaybillFormat

/// What two revisions' findings come to differently.
public struct FindingsDifference: Sendable, Equatable {
    /// `label`, `license`, `mof`, `osaid`, `euFoss`, `terms.<term>` or `disclosure`.
    public let finding: String
    /// Neutralised.
    public let before: String
    public let after: String

    /// In a fixed order; empty if all are the same.
    public static func between(_ a: PapersFindings, _ b: PapersFindings) -> [FindingsDifference] {
        var found: [FindingsDifference] = []
        func compare(_ finding: String, _ before: String, _ after: String) {
            if before != after {
                found.append(
                    FindingsDifference(
                        finding: finding, before: TerminalText.neutralised(before), after: TerminalText.neutralised(after)))
            }
        }
        compare("label", a.label.rawValue, b.label.rawValue)
        compare("license", a.license ?? "no assertion", b.license ?? "no assertion")
        compare("mof", a.mof.reached.name, b.mof.reached.name)
        compare("osaid", a.osaid.result.rawValue, b.osaid.result.rawValue)
        compare("euFoss", a.euFoss.result.rawValue, b.euFoss.result.rawValue)
        var terms: [String] = []
        for value in a.terms.values + b.terms.values where !terms.contains(value.term) { terms.append(value.term) }
        for term in terms { compare("terms.\(term)", text(term, a), text(term, b)) }
        let (before, after) = (Set(a.disclosure?.statedKeys ?? []), Set(b.disclosure?.statedKeys ?? []))
        let removed = before.subtracting(after).sorted()
        let added = after.subtracting(before).sorted()
        if !removed.isEmpty { compare("disclosure", removed.joined(separator: ", "), "no assertion") }
        if !added.isEmpty { compare("disclosure", "no assertion", added.joined(separator: ", ")) }
        return found
    }

    private static func text(_ term: String, _ findings: PapersFindings) -> String {
        let values = findings.terms.values.filter { $0.term == term }.map(\.value)
        return values.isEmpty ? "no assertion" : values.joined(separator: ", ")
    }
}
