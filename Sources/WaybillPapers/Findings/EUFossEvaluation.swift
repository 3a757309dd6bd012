/// Whether a model counts as released under a free and open-source licence by Art. 53(2) of Regulation (EU) 2024/1689, which spares its
/// provider Art. 53(1)(a), (b) and Art. 54, but never (c), the copyright policy, and (d), the summary of training content.
public struct EUFossEvaluation: Sendable, Equatable {
    /// Above this, systemic risk is presumed (Art. 51(2)), and the exemption does not apply.
    static let systemicRiskFlop = 1e25

    public let result: FindingResult
    public let elements: [DefinitionElement]
    /// The reviewers whose determinations counted.
    public let determinedBy: [String]

    public var unmet: [DefinitionElement] { elements.filter { $0.state == .unmet } }
    /// What nobody has stated, or a reviewer has to look at.
    public var open: [DefinitionElement] { elements.filter { $0.state == .unknown || $0.state == .forReviewer } }

    init(_ subject: PapersSubject, _ terms: EffectiveTerms, _ determinations: [Determination]) {
        let model = subject.disclosure.model
        let elements = [
            Self.weights(subject), Self.license(subject, terms),
            Self.publication("architecturePublic", "information on the architecture", model.architectureInformation, subject),
            Self.publication("usagePublic", "information on usage", model.usageInformation, subject), Self.monetisation(model),
            Self.systemicRisk(subject.disclosure.training),
        ]
        self.elements = elements
        result = elements.result(determinations, needsReviewer: false)
        determinedBy = determinations.map(\.reviewer)
    }

    private static func weights(_ subject: PapersSubject) -> DefinitionElement {
        guard subject.weights.isEmpty else { return DefinitionElement("weightsPublic", .met, "the weights are in the model") }
        let standing = subject.standing(of: .finalParameters)
        switch standing.status {
        case .released where standing.fault == nil: return DefinitionElement("weightsPublic", .met, "the weights are stated to be released")
        case .noAssertion: return DefinitionElement("weightsPublic", .unmet, "the model has no file of weights")
        default: return DefinitionElement("weightsPublic", .unmet, "the weights are not released")
        }
    }

    private static func license(_ subject: PapersSubject, _ terms: EffectiveTerms) -> DefinitionElement {
        let code = "freeLicense"
        if subject.weightsLicense.isNone { return DefinitionElement(code, .unmet, "without a licence") }
        // Narrow terms for safety may be compatible, and so may duties on outputs: that is a question of law.
        let hard = terms.restrictions.filter { $0.code != "acceptableUse" && $0.code != "outputTraining" }
        if let restriction = hard.first { return DefinitionElement(code, .unmet, restriction.text) }
        if let restriction = terms.restrictions.first { return DefinitionElement(code, .forReviewer, restriction.text) }
        guard terms.isDetermined else { return DefinitionElement(code, .unknown, terms.openQuestions.first ?? "not all terms are known") }
        guard terms.isUnrestricted else { return DefinitionElement(code, .unknown, "not all terms of the licence are known here") }
        return DefinitionElement(code, .met, "access, use, modification and distribution are allowed")
    }

    private static func publication(
        _ code: String, _ name: String, _ publication: Publication, _ subject: PapersSubject
    ) -> DefinitionElement {
        switch publication.status {
        case .public:
            if let location = publication.location?.value, !location.contains("://"), !subject.holds(location) {
                return DefinitionElement(code, .unmet, "\(name): `\(TerminalText.neutralised(location))` is no file of the model")
            }
            return DefinitionElement(code, .met, "\(name): stated to be public")
        case .withheld: return DefinitionElement(code, .unmet, "\(name): stated to be withheld")
        case .noAssertion: return DefinitionElement(code, .unknown, "\(name): no assertion")
        }
    }

    private static func monetisation(_ model: DisclosedModel) -> DefinitionElement {
        switch model.monetisation?.value {
        case nil: DefinitionElement("notMonetised", .unknown, "monetisation: no assertion")
        case .some(.none): DefinitionElement("notMonetised", .met, "stated that nothing is asked in return")
        case .price?: DefinitionElement("notMonetised", .unmet, "a price is asked")
        case .personalData?: DefinitionElement("notMonetised", .unmet, "personal data are asked in return")
        case .other?: DefinitionElement("notMonetised", .unmet, "something is asked in return")
        }
    }

    private static func systemicRisk(_ training: DisclosedTraining) -> DefinitionElement {
        let code = "noSystemicRisk"
        guard let text = training.computeFlop?.value, let flop = Double(text) else {
            return DefinitionElement(code, .unknown, "compute of the training: no assertion")
        }
        return flop > systemicRiskFlop
            ? DefinitionElement(code, .unmet, "\(text) FLOP: above 10^25, systemic risk is presumed")
            : DefinitionElement(code, .met, "\(text) FLOP: not above 10^25")
    }
}
