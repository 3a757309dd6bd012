/// The terms that bind whoever takes a model: licences do not order, so each term is the strictest over the model and all its ancestors.
public struct EffectiveTerms: Sendable, Equatable {
    /// One value of one term and who imposes it.
    public struct Value: Sendable, Equatable {
        /// A property of `LicenseTerms`.
        public let term: String
        /// In the words of Protocol/PAPERS.md.
        public let value: String
        /// Names of models; the model itself is `self`.
        public let imposedBy: [String]
    }

    /// A model whose terms count.
    public struct Source: Sendable, Equatable {
        /// `self`, or the ancestor's name as it was written, neutralised.
        public let name: String
        /// The licence as stated, neutralised.
        public let license: String?
        /// Only the publisher of the derivative says so.
        public let isClaimedByDerivative: Bool
        let terms: LicenseTerms
        let isOpen: Bool?
    }

    /// Over all sources; what is unresolved is not in it.
    public let combined: LicenseTerms
    /// In the order of the terms; terms that nobody asserts are left out.
    public let values: [Value]
    public let sources: [Source]
    /// Duties that cannot all be kept, and ancestors' terms that the model's existence breaks.
    public let conflicts: [FindingReason]
    /// Where the model's own label allows more than an ancestor does.
    public let permissiveLabels: [FindingReason]
    /// Why the terms are not determined: ancestors or licences that are not known.
    public let openQuestions: [String]

    public static let selfName = "self"

    /// Whether every source's licence is known. Single terms of it may still be no assertion.
    public var isDetermined: Bool { openQuestions.isEmpty }
    /// The names of all ancestors that were found.
    public var ancestors: [String] { sources.dropFirst().map(\.name) + unresolvedNames }
    let unresolvedNames: [String]

    init(_ lineage: Lineage) {
        sources = lineage.sources
        let combined = lineage.sources.dropFirst().reduce(lineage.sources.first?.terms ?? .noAssertion) { $0.strictest($1.terms) }
        self.combined = combined
        values = TermValues.values(of: lineage.sources)
        conflicts = TermConflicts.conflicts(of: lineage.sources) + lineage.contradictions
        permissiveLabels = TermConflicts.permissiveLabels(of: lineage.sources)
        openQuestions = lineage.openQuestions
        unresolvedNames = lineage.unresolvedNames
    }

    /// Terms that restrict who may use the model, for what, or what may be done with it: each ends openness. Open licences have none.
    public var restrictions: [FindingReason] {
        TermValues.restrictions.compactMap { code, describe in
            for source in sources where source.isOpen != true {
                if let what = describe(source.terms) {
                    return FindingReason(code, source.name == Self.selfName ? what : "\(what) (imposed by \(source.name))")
                }
            }
            return nil
        }
    }

    /// Whether everything is known that could restrict, and nothing does. Of an open licence that is known without its terms.
    public var isUnrestricted: Bool {
        isDetermined && restrictions.isEmpty && sources.allSatisfy { $0.isOpen == true || TermValues.isFullyKnown($0.terms) }
    }
}
