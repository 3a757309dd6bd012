/// One thing that a definition asks for, and what is found of it.
public struct DefinitionElement: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// Stated, and nothing contradicts it.
        case met
        case unmet
        /// No assertion.
        case unknown
        /// Stated, but whether it suffices is for a reviewer to say.
        case forReviewer
    }

    /// A stable word for programs, listed in Protocol/PAPERS.md.
    public let code: String
    public let state: State
    /// Why, one sentence without its full stop.
    public let text: String

    public init(_ code: String, _ state: State, _ text: String) {
        self.code = code
        self.state = state
        self.text = text
    }
}

extension Sequence<DefinitionElement> {
    /// What a definition's elements and the determinations that count come to.
    ///
    /// What is stated to be otherwise fails, whoever says the opposite. A reviewer decides what statements leave open.
    func result(_ determinations: [Determination], needsReviewer: Bool) -> FindingResult {
        if contains(where: { $0.state == .unmet }) || determinations.contains(where: { $0.result == .fails }) { return .fails }
        if determinations.contains(where: { $0.result == .meets }) { return .meets }
        return !needsReviewer && allSatisfy { $0.state == .met } ? .meets : .undetermined
    }
}
