/// What a licence says, term by term (Protocol/LICENSES.md, "Terms"). A summary for decisions, never a substitute for the text.
///
/// Every term can be no assertion, which is what a default value says. Within a term, `<` means "less strict than", and no assertion
/// stands right below the strictest value: what is not known is worse than any known condition, and better only than a known prohibition.
public struct LicenseTerms: Sendable, Hashable {
    public enum Permission: String, Sendable, CaseIterable, Comparable {
        case permitted
        /// Permitted on conditions that the other terms name.
        case conditional
        case noAssertion
        case prohibited

        public static func < (a: Self, b: Self) -> Bool { isLessStrict(a, b) }
    }

    /// Restrictions of use beyond the law, usually a policy by the licensor.
    public enum AcceptableUse: Sendable, Hashable, Comparable, CaseIterable {
        case none
        /// - Parameter mutable: the licensor may change the policy after the licence was taken, or the text does not exclude it.
        case binding(mutable: Bool)
        case noAssertion

        public static let allCases: [Self] = [.none, .binding(mutable: false), .noAssertion, .binding(mutable: true)]

        public static func < (a: Self, b: Self) -> Bool { isLessStrict(a, b) }
    }

    /// Use of the model's outputs to train other models.
    public enum OutputTraining: String, Sendable, CaseIterable, Comparable {
        case free
        /// Free, but the resulting model must carry a name or a notice.
        case named
        /// Allowed on other conditions: the result falls under the licence, or must not be for commerce.
        case restricted
        case noAssertion
        case prohibited

        public static func < (a: Self, b: Self) -> Bool { isLessStrict(a, b) }
    }

    public enum Copyleft: String, Sendable, CaseIterable, Comparable {
        case none
        /// What is passed on and derived from the work stands under the same licence.
        case shareAlike
        case noAssertion
        /// Also what is only offered over a network.
        case network

        public static func < (a: Self, b: Self) -> Bool { isLessStrict(a, b) }
    }

    /// Whether recipients must be bound to the same terms.
    public enum PassThrough: String, Sendable, CaseIterable, Comparable {
        case none
        case noAssertion
        case terms

        public static func < (a: Self, b: Self) -> Bool { isLessStrict(a, b) }
    }

    public var commercialUse: Permission = .noAssertion
    public var modification: Permission = .noAssertion
    public var redistribution: Permission = .noAssertion
    public var acceptableUse: AcceptableUse = .noAssertion
    public var thresholds: TermList<UseThreshold> = .noAssertion
    /// ISO 3166 codes, and `EU` for the European Union, where the licence grants nothing or less.
    public var territoriesExcluded: TermList<String> = .noAssertion
    public var naming: TermList<NamingDuty> = .noAssertion
    public var outputTraining: OutputTraining = .noAssertion
    public var copyleft: Copyleft = .noAssertion
    public var passThrough: PassThrough = .noAssertion

    /// No assertion on any term.
    public static let noAssertion = LicenseTerms()

    public init() {}

    /// Per term the strictest value, lists united: what binds someone who is bound by both.
    public func strictest(_ other: LicenseTerms) -> LicenseTerms {
        var terms = self
        terms.commercialUse = max(commercialUse, other.commercialUse)
        terms.modification = max(modification, other.modification)
        terms.redistribution = max(redistribution, other.redistribution)
        terms.acceptableUse = max(acceptableUse, other.acceptableUse)
        terms.thresholds = thresholds.union(other.thresholds)
        terms.territoriesExcluded = territoriesExcluded.union(other.territoriesExcluded)
        terms.naming = naming.union(other.naming)
        terms.outputTraining = max(outputTraining, other.outputTraining)
        terms.copyleft = max(copyleft, other.copyleft)
        terms.passThrough = max(passThrough, other.passThrough)
        return terms
    }

    /// Orders whole sets of terms for a licensee who has the choice: commercial use first, then the order of the properties. It says
    /// which of two a licensee would rather take, not that one allows everything that the other does.
    public func isPreferred(over other: LicenseTerms) -> Bool { rank.lexicographicallyPrecedes(other.rank) }

    private var rank: [Int] {
        [
            Self.strictness(commercialUse), Self.strictness(modification), Self.strictness(redistribution), Self.strictness(acceptableUse),
            thresholds.weight, territoriesExcluded.weight, Self.strictness(outputTraining), Self.strictness(copyleft),
            Self.strictness(passThrough), naming.weight,
        ]
    }

    /// Cases are listed from the least strict on.
    private static func strictness<Term: CaseIterable & Equatable>(_ term: Term) -> Int {
        Term.allCases.enumerated().first { $0.element == term }?.offset ?? 0
    }

    fileprivate static func isLessStrict<Term: CaseIterable & Equatable>(_ a: Term, _ b: Term) -> Bool { strictness(a) < strictness(b) }
}

private func isLessStrict<Term: CaseIterable & Equatable>(_ a: Term, _ b: Term) -> Bool { LicenseTerms.isLessStrict(a, b) }
