/// What is found of a definition.
public enum FindingResult: String, Sendable, CaseIterable {
    case meets
    case fails
    /// What is stated does not decide it: no assertion, or a question for a reviewer.
    case undetermined
}

/// Why something was found.
public struct FindingReason: Sendable, Hashable {
    /// A stable word for programs, listed in Protocol/PAPERS.md.
    public let code: String
    /// One sentence without its full stop. What it quotes from files is neutralised.
    public let text: String

    public init(_ code: String, _ text: String) {
        self.code = code
        self.text = text
    }
}
