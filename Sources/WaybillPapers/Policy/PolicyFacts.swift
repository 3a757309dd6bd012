/// Everything that policies may ask of one revision, as far as it is known.
public struct PolicyFacts: Sendable, Equatable {
    private var facts: [PolicyField: PolicyFact] = [:]

    public init() {}

    /// What is known; a fact that nobody set is unknown.
    public subscript(field: PolicyField) -> PolicyFact {
        get { facts[field] ?? .unknown("nothing is known of it here") }
        set { facts[field] = newValue }
    }

    /// Whether anything is known that only that gate can tell.
    public func knows(_ gate: PolicyGate) -> Bool { facts.keys.contains { $0.gate == gate } }
}
