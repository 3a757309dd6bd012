import WaybillFormat
import WaybillSystem

/// The policies that come with Waybill, to be used as they are or copied.
public enum ReadyPolicy: String, Sendable, CaseIterable {
    case permissiveCommercial = "permissive-commercial"
    case euDocumented = "eu-documented"
    case research

    /// The document.
    public var bytes: [UInt8] { Array(text.utf8) }

    private var text: String {
        switch self {
        case .permissiveCommercial: Self.permissiveCommercialText
        case .euDocumented: Self.euDocumentedText
        case .research: Self.researchText
        }
    }

    private static let files = """
          - id: safe-formats
            effect: deny
            when:
              not: {weights.formats: [safetensors, gguf]}
            reason: Weights in other formats can run code when they are loaded.
            remedy: Ask the publisher for safetensors or GGUF, or convert the model on a machine that holds nothing else.
          - id: no-unsafe-content
            effect: deny
            when:
              any:
                - scans.worst: unsafe
                - scans.complete: "false"
            reason: The files hold what can harm whoever loads them, or could not be scanned.
            remedy: See the findings with 'waybill papers show'; use a revision without them.
          - id: suspicious-content
            effect: warn
            when: {scans.worst: suspicious}
            reason: A scan found something that a person should look at.

        """

    private static let permissiveCommercialText = """
        # Models that may be used in a product: commercial use without conditions on who, where and for what.
        waybillPolicy: 1
        name: permissive-commercial
        default: deny
        rules:
        \(files)  - id: contradicted-licence
            effect: deny
            when: {license.text: [contradicts, altered]}
            unknown: skip
            reason: The licence text in the model is not the licence that it claims.
            remedy: Ask the publisher which of both holds.
          - id: looser-than-parent
            effect: deny
            when:
              any:
                - terms.permissiveLabel: "true"
                - terms.conflicts: "true"
            reason: A model that this one was made from allows less than its own label says.
            remedy: Keep to the terms of the parent, or record its licence under `ancestors` of the policy.
          - id: licence-changed
            effect: warn
            when: {change.licenseLoosened: "true"}
            reason: The terms are looser than those of the revision held before.
          - id: permissive-terms
            effect: allow
            when:
              terms.commercialUse: permitted
              terms.modification: permitted
              terms.redistribution: permitted
              terms.acceptableUse: none
              terms.thresholds: none
              terms.territoriesExcluded: none
              terms.outputTraining: [free, named]
              terms.copyleft: none
            reason: Commercial use, modification and redistribution are permitted without conditions on users, places or purposes.
        """

    private static let euDocumentedText = """
        # Models whose provider documents what Art. 53 of Regulation (EU) 2024/1689 asks for. No legal advice.
        waybillPolicy: 1
        name: eu-documented
        default: deny
        rules:
        \(files)  - id: not-for-the-union
            effect: deny
            when: {terms.territoriesExcluded: [EU]}
            unknown: skip
            reason: The licence grants nothing, or less, in the European Union.
          - id: disclosure-removed
            effect: deny
            when: {change.disclosureRemoved: "true"}
            reason: Something that the revision held before disclosed is not disclosed any more.
            remedy: Compare both with 'waybill diff', and ask the publisher.
          - id: no-licence
            effect: deny
            when:
              not: {terms.commercialUse: [permitted, conditional, prohibited]}
            reason: The terms of the licence are not known.
            remedy: Ask the publisher for a licence that is known, or record it under `ancestors` or an exception.
          - id: documented
            effect: allow
            when:
              disclosure.present: "true"
              disclosure.states: [model.suppliedBy, model.architectureInformation, model.usageInformation, data.sources, euSummary]
            reason: Provider, architecture, usage, data sources and the summary of training content are documented.
        """

    private static let researchText = """
        # Models to study: any licence that is known and allows use, modification and study; restrictions are named, not refused.
        waybillPolicy: 1
        name: research
        default: deny
        rules:
        \(files)  - id: noncommercial
            effect: warn
            when: {terms.commercialUse: [prohibited, conditional]}
            reason: Commercial use is prohibited or depends on conditions.
          - id: use-restrictions
            effect: warn
            when: {terms.acceptableUse: [binding, bindingMutable]}
            reason: An acceptable-use policy binds whoever uses the model.
          - id: known-terms
            effect: allow
            when:
              terms.modification: [permitted, conditional]
              terms.commercialUse: [permitted, conditional, prohibited]
            reason: The terms are known, and modification is allowed.
        """

    /// The policy; nil only if a document above is wrong, which a test excludes.
    public var policy: Policy? { PolicyReader.read(bytes, digest: SHA256.digest(of: bytes)).policy }
}
