/// What a policy says of a revision at one gate.
public struct PolicyDecision: Sendable, Equatable {
    /// How a rule came out.
    public struct Step: Sendable, Equatable {
        public let rule: PolicyRule
        public let answer: PolicyAnswer
        public let exception: PolicyException?
        /// Exceptions that would lift it, had they not expired.
        public let expired: [PolicyException]

        /// Whether the rule took effect.
        public var isMatched: Bool { rule.matches(answer) && exception == nil }
    }

    public let policy: Policy
    public let gate: PolicyGate
    public let allows: Bool
    /// Every rule that was asked, in order; the last one decided unless `isDefault`.
    public let steps: [Step]
    /// No rule decided.
    public let isDefault: Bool
    /// What lifted the default, if that was needed.
    public let defaultException: PolicyException?

    public var warnings: [Step] { steps.filter { $0.rule.effect == .warn && $0.isMatched } }
    /// Exceptions that mattered.
    public var exceptions: [PolicyException] { steps.compactMap(\.exception) + [defaultException].compactMap(\.self) }
    /// The rule that decided, or `default`.
    public var ruleID: String { isDefault ? PolicyRule.defaultID : steps.last?.rule.id ?? PolicyRule.defaultID }
    public var reason: String {
        guard isDefault else { return steps.last?.rule.reason ?? "" }
        return allows ? "no rule of this gate refuses it" : "no rule of the policy allows it"
    }
    public var remedy: String { isDefault ? "" : steps.last?.rule.remedy ?? "" }
}

extension Policy {
    /// Asks the rules of a gate in order.
    /// - Parameter time: `YYYY-MM-DDThh:mm:ssZ`, for exceptions.
    public func decide(_ gate: PolicyGate, _ facts: PolicyFacts, _ subject: PolicySubject, at time: String) -> PolicyDecision {
        var steps: [PolicyDecision.Step] = []
        for rule in rules where rule.gate == gate {
            let answer = rule.condition.answer(facts)
            let covering = rule.matches(answer) ? exceptions.filter { $0.covers(rule.id, subject) } : []
            let step = PolicyDecision.Step(
                rule: rule, answer: answer, exception: covering.first { $0.isValid(at: time) },
                expired: covering.filter { !$0.isValid(at: time) })
            steps.append(step)
            guard step.isMatched, rule.effect != .warn else { continue }
            return PolicyDecision(
                policy: self, gate: gate, allows: rule.effect == .allow, steps: steps, isDefault: false, defaultException: nil)
        }
        let allows = allowsByDefault || gate != .papers
        let exception = allows ? nil : exceptions.first { $0.covers(PolicyRule.defaultID, subject) && $0.isValid(at: time) }
        return PolicyDecision(
            policy: self, gate: gate, allows: allows || exception != nil, steps: steps, isDefault: true, defaultException: exception)
    }

    /// Whether the claims of a manifest, which nobody has checked yet, are enough to refuse it: they may be too good to be true, but
    /// nobody claims what is worse than the truth.
    public func refuses(claimed facts: PolicyFacts, _ subject: PolicySubject, at time: String) -> PolicyDecision? {
        let decision = decide(.papers, facts, subject, at: time)
        guard !decision.allows, !decision.isDefault, decision.steps.last?.answer == .yes else { return nil }
        // An earlier rule may still allow it, once the evidence is there.
        return decision.steps.contains { $0.rule.effect == .allow && $0.answer == .unknown } ? nil : decision
    }
}
