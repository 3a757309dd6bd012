import WaybillFormat

/// The model and all models that it was made from, as far as they are known.
struct Lineage: Sendable {
    /// The model itself first.
    private(set) var sources: [EffectiveTerms.Source] = []
    private(set) var openQuestions: [String] = []
    private(set) var unresolvedNames: [String] = []
    /// Where the publisher of the model says something else about an ancestor than the ancestor does.
    private(set) var contradictions: [FindingReason] = []

    /// More is not followed: the caller gives the ancestors, but strangers wrote their names.
    private static let maximumAncestors = 1_024
    private let registry: LicenseRegistry
    private let known: [String: Ancestor]

    /// - Parameters:
    ///   - claimed: what the model's publisher says of its direct base models.
    ///   - names: all direct base models, by any claim.
    init(
        license: String?, fault: String?, names: [String], claimed: [DisclosedBaseModel], ancestors: [Ancestor], registry: LicenseRegistry
    ) {
        self.registry = registry
        known = Dictionary(ancestors.map { (Self.key($0.name), $0) }) { first, _ in first }
        add(EffectiveTerms.selfName, license, isClaimed: false)
        if let fault {
            openQuestions.append(fault)
        } else if StatedLicense(license, registry).expression == nil {
            openQuestions.append(Self.question("this model", license))
        }
        let claims = Dictionary(claimed.map { (Self.key($0.id.value), $0) }) { first, _ in first }
        var visited: Set<String> = []
        var waiting = names
        var next = 0
        while next < waiting.count, visited.count < Self.maximumAncestors {
            let name = waiting[next]
            next += 1
            guard visited.insert(Self.key(name)).inserted else { continue }
            waiting += resolve(name, claims[Self.key(name)])
        }
        if next < waiting.count { openQuestions.append("more than \(Self.maximumAncestors) ancestors") }
    }

    /// Adds an ancestor's terms; returns the names of its own base models.
    private mutating func resolve(_ name: String, _ claim: DisclosedBaseModel?) -> [String] {
        let shown = TerminalText.neutralised(name)
        if let ancestor = known[Self.key(name)] {
            if let wanted = claim?.manifest?.value, let found = ancestor.manifest, wanted != found.hex {
                unresolved(shown, "base model \(shown): the revision that was found is not the one that this model was made from")
                return []
            }
            guard let license = ancestor.license, StatedLicense(license, registry).expression != nil else {
                unresolved(shown, Self.question("base model \(shown)", ancestor.license))
                return ancestor.baseModels
            }
            add(shown, license, isClaimed: false)
            if let stated = claim?.license?.value, StatedLicense(stated, registry).expression != StatedLicense(license, registry).expression
            {
                contradictions.append(
                    FindingReason(
                        "ancestorLicenseContradicted",
                        "\(shown) is stated to stand under \(TerminalText.neutralised(stated)), but its own papers say "
                            + TerminalText.neutralised(license)))
            }
            return ancestor.baseModels
        }
        guard let license = claim?.license?.value, StatedLicense(license, registry).expression != nil else {
            unresolved(shown, "base model \(shown): its papers are not known here, and nothing is stated of its licence")
            return []
        }
        add(shown, license, isClaimed: true)
        return []
    }

    private mutating func unresolved(_ name: String, _ question: String) {
        unresolvedNames.append(name)
        openQuestions.append(question)
    }

    private mutating func add(_ name: String, _ license: String?, isClaimed: Bool) {
        let stated = StatedLicense(license, registry)
        sources.append(
            EffectiveTerms.Source(
                name: name, license: license.map(TerminalText.neutralised), isClaimedByDerivative: isClaimed, terms: stated.terms,
                isOpen: stated.isOpen))
        if name != EffectiveTerms.selfName || license != nil, let id = stated.unknown.first {
            openQuestions.append(
                "the licence \(TerminalText.neutralised(id)) of \(name == EffectiveTerms.selfName ? "this model" : name) is not known here")
        }
    }

    private static func question(_ whose: String, _ license: String?) -> String {
        license == nil || license == "NOASSERTION" ? "\(whose): no licence is asserted" : "\(whose): its licence cannot be read"
    }

    private static func key(_ name: String) -> String { name.lowercased() }
}
