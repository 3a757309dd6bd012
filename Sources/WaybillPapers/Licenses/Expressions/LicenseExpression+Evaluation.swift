extension LicenseExpression {
    /// One way to comply: the licences that bind together where the licensee has taken every choice.
    public struct Alternative: Sendable, Hashable {
        public let expression: LicenseExpression
        public let terms: LicenseTerms
    }

    /// Choices that are looked at one by one.
    public static let maximumAlternatives = 64

    /// Whether `holds` holds: for `AND` of all licences, for `OR` of one, since the licensee chooses. Nil, no assertion, where that hangs
    /// on a licence of which it is not known. A licence with an exception that the registry does not have is such a one.
    public func evaluate(in registry: LicenseRegistry = .current, _ holds: (Term) -> Bool?) -> Bool? {
        Self.evaluate(root, registry, holds)
    }

    /// Approved by the Open Source Initiative.
    public func isOSIApproved(in registry: LicenseRegistry = .current) -> Bool? {
        evaluate(in: registry) { Self.row($0, registry)?.isOSIApproved }
    }

    /// Free by the Free Software Foundation's list.
    public func isFSFLibre(in registry: LicenseRegistry = .current) -> Bool? {
        evaluate(in: registry) { Self.row($0, registry)?.isFSFLibre }
    }

    /// Every way to comply, at least one, no choice twice. Where there are more than `maximumAlternatives`, one without any assertion.
    public func alternatives(in registry: LicenseRegistry = .current) -> [Alternative] {
        guard let found = Self.alternatives(root, registry) else { return [Alternative(expression: self, terms: .noAssertion)] }
        var seen: Set<LicenseExpression> = []
        return found.filter { seen.insert($0.expression).inserted }
    }

    /// The terms of the alternative that a licensee would take: the most permissive for commercial use, then by the terms' order.
    public func terms(in registry: LicenseRegistry = .current) -> LicenseTerms {
        let found = alternatives(in: registry)
        return found.dropFirst().reduce(found.first?.terms ?? .noAssertion) { best, next in
            next.terms.isPreferred(over: best) ? next.terms : best
        }
    }

    private static func row(_ term: Term, _ registry: LicenseRegistry) -> License? {
        guard term.document == nil, let row = registry[term.id], !row.isAmbiguous else { return nil }
        return row
    }

    private static func evaluate(_ node: Node, _ registry: LicenseRegistry, _ holds: (Term) -> Bool?) -> Bool? {
        switch node {
        case .license(let term): return holds(term)
        case .with(let term, let exception): return registry.exception(exception) == nil ? nil : holds(term)
        case .and(let nodes):
            let answers = nodes.map { evaluate($0, registry, holds) }
            return answers.contains(false) ? false : answers.contains(nil) ? nil : true
        case .or(let nodes):
            let answers = nodes.map { evaluate($0, registry, holds) }
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        }
    }

    /// Nil where there are too many.
    private static func alternatives(_ node: Node, _ registry: LicenseRegistry) -> [Alternative]? {
        switch node {
        case .license(let term):
            return [Alternative(expression: LicenseExpression(node), terms: row(term, registry)?.terms ?? .noAssertion)]
        case .with(let term, let exception):
            // Exceptions of the list only permit more: the terms without them are the strictest that can hold.
            let terms = registry.exception(exception) == nil ? nil : row(term, registry)?.terms
            return [Alternative(expression: LicenseExpression(node), terms: terms ?? .noAssertion)]
        case .or(let nodes):
            var found: [Alternative] = []
            for node in nodes {
                guard let more = alternatives(node, registry), found.count + more.count <= maximumAlternatives else { return nil }
                found += more
            }
            return found
        case .and(let nodes):
            var found: [Alternative] = []
            for (index, node) in nodes.enumerated() {
                guard let more = alternatives(node, registry) else { return nil }
                guard index > 0 else {
                    found = more
                    continue
                }
                guard found.count * more.count <= maximumAlternatives else { return nil }
                found = found.flatMap { a in more.compactMap { b in joined(a, b) } }
            }
            return found
        }
    }

    private static func joined(_ a: Alternative, _ b: Alternative) -> Alternative? {
        all([a.expression, b.expression]).map { Alternative(expression: $0, terms: a.terms.strictest(b.terms)) }
    }
}
