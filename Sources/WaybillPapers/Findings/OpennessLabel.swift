/// One plain word for how open a model is. Protocol/PAPERS.md has the table that gives it.
public enum OpennessLabel: String, Sendable, CaseIterable {
    /// The model has no weights.
    case closed
    /// Weights under terms that restrict who may use them, for what, or what may be done with them.
    case restrictedWeights
    /// Weights under an open licence.
    case openWeights
    /// And what the model was trained on is disclosed.
    case openWeightsWithDisclosure
    /// And a reviewer determined that it meets OSAID 1.0.
    case openSourceAI
    case undetermined

    /// The label, and why.
    static func label(
        _ subject: PapersSubject, _ terms: EffectiveTerms, _ mof: MOFEvaluation, _ osaid: OSAIDEvaluation
    ) -> (label: OpennessLabel, reasons: [FindingReason]) {
        guard !subject.weights.isEmpty else { return withoutWeights(subject) }
        if subject.weightsLicense.isNone {
            return (.restrictedWeights, [FindingReason("noLicense", "the weights are stated to be without a licence: nothing is allowed")])
        }
        let restrictions = terms.restrictions
        guard restrictions.isEmpty else { return (.restrictedWeights, restrictions) }
        guard terms.isDetermined else {
            return (.undetermined, terms.openQuestions.map { FindingReason("openQuestion", $0) })
        }
        guard terms.isUnrestricted else {
            let names = terms.sources.filter { $0.isOpen != true && !TermValues.isFullyKnown($0.terms) }
            return (
                .undetermined,
                names.map { FindingReason("termsUnknown", "not all terms of \($0.license ?? "its licence") (\($0.name)) are known here") }
            )
        }
        var reasons = [FindingReason("openLicense", "the weights stand under \(terms.sources[0].license ?? ""), which is open")]
        if osaid.result == .meets {
            reasons.append(FindingReason("osaidMet", "OSAID 1.0 is met, determined by \(osaid.determinedBy.joined(separator: ", "))"))
            return (.openSourceAI, reasons)
        }
        let disclosed = disclosure(subject, mof, osaid)
        return (disclosed.isEmpty ? .openWeights : .openWeightsWithDisclosure, reasons + disclosed)
    }

    private static func withoutWeights(_ subject: PapersSubject) -> (label: OpennessLabel, reasons: [FindingReason]) {
        let standing = subject.standing(of: .finalParameters)
        guard standing.status == .released, standing.fault == nil else {
            return (.closed, [FindingReason("noWeights", "the model has no file of weights")])
        }
        return (.undetermined, [FindingReason("weightsElsewhere", "the weights are stated to be elsewhere, and cannot be looked at here")])
    }

    /// What makes open weights weights with disclosure: a class of the MOF, or complete data information.
    private static func disclosure(
        _ subject: PapersSubject, _ mof: MOFEvaluation, _ osaid: OSAIDEvaluation
    ) -> [FindingReason] {
        var reasons: [FindingReason] = []
        if mof.reached != .unclassified { reasons.append(FindingReason("mofClass", "MOF \(mof.reached.name)")) }
        let data = osaid.elements.filter { $0.code.hasPrefix("data") && $0.code != "dataPreprocessingCode" && $0.code != "dataTerms" }
        if data.allSatisfy({ $0.state == .met }) {
            reasons.append(FindingReason("dataInformation", "the data information of OSAID is stated for every source"))
        }
        return reasons
    }
}
