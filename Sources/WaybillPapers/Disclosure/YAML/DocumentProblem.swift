/// Something that a document of a person (a disclosure, a policy, a policy's test) says wrongly, or does not say.
public struct DocumentProblem: Sendable, Equatable {
    public enum Severity: String, Sendable, CaseIterable {
        /// Nothing is taken from a document with errors.
        case error
        case warning
        /// Something that a definition asks for and a disclosure does not say.
        case missing
    }

    public let severity: Severity
    /// From 1; nil where something is not there.
    public let line: Int?
    /// Where: keys from the root, `data.sources[2].access`; empty for the whole document.
    public let place: String
    /// One sentence without its full stop and without control characters.
    public let problem: String

    public init(_ severity: Severity, line: Int?, place: String, problem: String) {
        self.severity = severity
        self.line = line
        self.place = place
        self.problem = problem
    }
}
