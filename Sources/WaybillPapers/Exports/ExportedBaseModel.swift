import WaybillFormat

/// A model that this one was made from, by all claims.
struct ExportedBaseModel {
    let name: String
    let relation: BaseModelRelation
    let revision: String?
    /// SHA-256 of its manifest.
    let manifest: String?
    /// SHA-256 of its file of weights.
    let file: String?
    let license: ExportedLicense
    /// Who says so of its licence.
    let licenseComment: String

    static func all(_ subject: ExportSubject) -> [ExportedBaseModel] {
        let claims = Dictionary(subject.disclosure.baseModels.map { (key($0.id.value), $0) }) { first, _ in first }
        let sources = Dictionary(subject.findings.terms.sources.dropFirst().map { ($0.name.lowercased(), $0) }) { first, _ in first }
        return subject.findings.baseModels.map { model in
            let claim = claims[key(model.name)]
            let source = sources[TerminalText.neutralised(model.name).lowercased()]
            let isOwn = source.map { !$0.isClaimedByDerivative } ?? false
            return ExportedBaseModel(
                name: model.name, relation: model.relation, revision: claim?.revision?.value, manifest: claim?.manifest?.value,
                file: claim?.file?.value,
                license: ExportedLicense(isOwn ? source?.license : claim?.license?.value, subject.registry),
                licenseComment: comment(isOwn: isOwn, isStated: claim?.license != nil))
        }
    }

    private static func comment(isOwn: Bool, isStated: Bool) -> String {
        let basis =
            isOwn
            ? "By the base model's own papers."
            : isStated
                ? "As the publisher of the derived model states it; the base model itself was not looked at."
                : "Nothing is stated of its licence, and its own papers are not known."
        return basis + " No legal advice."
    }

    private static func key(_ name: String) -> String { ((try? ClaimText(name))?.text ?? name).lowercased() }

    /// How the model was made from it, one sentence.
    var sentence: String {
        switch relation {
        case .noAssertion: "how the model was made from it: no assertion"
        default: "relation: \(relation.rawValue)"
        }
    }
}
