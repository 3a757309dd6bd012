/// What a rule asks of a model.
public indirect enum PolicyCondition: Sendable, Equatable {
    case all([PolicyCondition])
    case any([PolicyCondition])
    case not(PolicyCondition)
    case fact(PolicyField, [WordPattern])

    /// Holds always.
    static let always = PolicyCondition.all([])

    /// The gate that can tell it: that of its latest fact.
    public var gate: PolicyGate {
        switch self {
        case .all(let parts), .any(let parts): parts.map(\.gate).max() ?? .papers
        case .not(let part): part.gate
        case .fact(let field, _): field.gate
        }
    }

    /// The facts that it asks for, in the order of the document.
    public var fields: [PolicyField] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.fields)
        case .not(let part): part.fields
        case .fact(let field, _): [field]
        }
    }

    public func answer(_ facts: PolicyFacts) -> PolicyAnswer {
        switch self {
        case .all(let parts): PolicyAnswer.all(parts.map { $0.answer(facts) })
        case .any(let parts): PolicyAnswer.any(parts.map { $0.answer(facts) })
        case .not(let part): part.answer(facts).negated
        case .fact(let field, let expected): Self.answer(field, expected, facts[field])
        }
    }

    private static func answer(_ field: PolicyField, _ expected: [WordPattern], _ fact: PolicyFact) -> PolicyAnswer {
        func isExpected(_ word: String) -> Bool { expected.contains { $0.matches(word) } }
        switch (field.comparison, fact) {
        case (_, .unknown): return .unknown
        case (.any, .words(let words)): return PolicyAnswer(words.contains(where: isExpected))
        case (.any, .someWords(let words)): return words.contains(where: isExpected) ? .yes : .unknown
        case (.all, .words(let words)): return PolicyAnswer(words.allSatisfy(isExpected))
        case (.all, .someWords(let words)): return words.allSatisfy(isExpected) ? .unknown : .no
        case (.includes, .words(let words)): return PolicyAnswer(expected.allSatisfy { word in words.contains(where: word.matches) })
        case (.includes, .someWords(let words)):
            return expected.allSatisfy { word in words.contains(where: word.matches) } ? .yes : .unknown
        case (.atLeast, .words(let words)), (.atMost, .words(let words)):
            guard let known = words.first.flatMap({ Int($0) }), let bound = expected.first.flatMap({ Int($0.text) }) else {
                return .unknown
            }
            return PolicyAnswer(field.comparison == .atLeast ? known >= bound : known <= bound)
        case (.atLeast, .someWords), (.atMost, .someWords): return .unknown
        case (.expression, .words(let words)), (.expression, .someWords(let words)):
            guard let text = words.first, let expression = try? LicenseExpression(parsing: text) else { return .unknown }
            return PolicyAnswer(expression.suffices(isExpected))
        }
    }
}
