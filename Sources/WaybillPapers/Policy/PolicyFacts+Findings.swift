import WaybillFormat

extension PolicyFacts {
    /// Where a revision comes from, as the caller knows it.
    public mutating func note(model: ModelName?, ref: RefName?, remote: String?) {
        if let model {
            self[.model] = .words([model.path])
            self[.publisher] = .words([model.org])
        }
        if let ref { self[.ref] = .words([ref.text]) }
        if let remote { self[.remote] = .words([remote]) }
    }

    /// What the papers come to.
    /// - Parameter files: of the revision, all of them.
    public mutating func note(_ findings: PapersFindings, files: [EvidenceFile], registry: LicenseRegistry = .current) {
        note(license: findings.license, registry)
        note(findings.terms)
        note(texts: findings.licenses)
        self[.label] =
            findings.label == .undetermined
            ? .unknown(findings.labelReasons.first?.text ?? "the label is undetermined") : .words([findings.label.rawValue])
        self[.mofClass] = .words([String(findings.mof.reached.rawValue)])
        self[.osaid] = Self.result(findings.osaid.result, findings.osaid.elements)
        self[.euFoss] = Self.result(findings.euFoss.result, findings.euFoss.elements)
        self[.disclosurePresent] = .flag(findings.disclosure != nil)
        self[.disclosureStates] = .words(findings.disclosure?.statedKeys ?? [])
        note(claims: findings.claims)
        self[.weightsFormats] = .words(Self.formats(files.map { ($0.path, $0.size, $0.format) }))
        self[.files] = .words(files.map(\.path.text))
    }

    /// What a manifest claims, which nobody has checked.
    /// - Parameter ancestors: what the policy knows of base models.
    public mutating func note(unchecked manifest: Manifest, ancestors: [Ancestor] = [], registry: LicenseRegistry = .current) {
        let found = LicenseFindings.find(in: [], claims: LicenseClaim.claims(of: manifest.papers), registry: registry)
        let license = ConcludedLicense(.none, found, registry)
        note(license: license.whole, registry)
        note(
            EffectiveTerms(
                Lineage(
                    license: license.whole, fault: license.fault, names: manifest.baseModels.map(\.name), claimed: [], ancestors: ancestors,
                    registry: registry)))
        note(claims: manifest.papers)
        self[.weightsFormats] = .words(Self.formats(manifest.files.map { ($0.path, $0.size, $0.format) }))
        self[.files] = .words(manifest.files.map(\.path.text))
    }

    private mutating func note(claims: Papers) {
        for (field, kind) in [(PolicyField.datasets, ClaimKind.datasets), (.languages, .languages), (.baseModels, .baseModels)] {
            let values = claims[kind].map(\.value)
            self[field] = values.isEmpty ? .unknown("no assertion") : .words(values)
        }
    }

    private mutating func note(license: String?, _ registry: LicenseRegistry) {
        guard let license else {
            for field in [PolicyField.license, .licenseOSIApproved, .licenseOpen] {
                self[field] = .unknown("no licence could be concluded")
            }
            return
        }
        let stated = StatedLicense(license, registry)
        self[.license] =
            stated.expression == nil ? .unknown("`\(TerminalText.neutralised(license))` is no licence expression") : .words([license])
        func flag(_ holds: Bool?) -> PolicyFact {
            holds.map(PolicyFact.flag) ?? .unknown("the licence \(TerminalText.neutralised(license)) is not known here")
        }
        self[.licenseOSIApproved] = flag(stated.isOSIApproved)
        self[.licenseOpen] = flag(stated.isOpen)
    }

    private mutating func note(texts found: LicenseFindings) {
        let kinds = Set(found.issues.map(\.kind))
        let state: LicenseTextState
        if kinds.contains(.contradiction) || kinds.contains(.severalTexts) {
            state = .contradicts
        } else if kinds.contains(.nearMiss) || kinds.contains(.additions) {
            state = .altered
        } else {
            state = found.basis == .text ? .recognized : .absent
        }
        self[.licenseText] = .words([state.rawValue])
    }

    private mutating func note(_ terms: EffectiveTerms) {
        let combined = terms.combined
        let open = terms.openQuestions.first
        /// Of a term that could still become stricter, nothing is known until every ancestor is.
        func term<Term: Comparable>(_ value: Term, strictest: Term, _ noAssertion: Term, _ text: (Term) -> String) -> PolicyFact {
            if value == noAssertion { return .unknown(open ?? "the licence is not known to say it") }
            if let open, value < strictest { return .unknown(open) }
            return .words([text(value)])
        }
        func list<Item>(_ list: TermList<Item>, _ text: (Item) -> String) -> PolicyFact {
            let words = list.items.map(text)
            if list.isComplete, open == nil { return .words(words.isEmpty ? ["none"] : words) }
            return words.isEmpty ? .unknown(open ?? "the licence is not known to say it") : .someWords(words)
        }
        self[.commercialUse] = term(combined.commercialUse, strictest: .prohibited, .noAssertion, \.rawValue)
        self[.modification] = term(combined.modification, strictest: .prohibited, .noAssertion, \.rawValue)
        self[.redistribution] = term(combined.redistribution, strictest: .prohibited, .noAssertion, \.rawValue)
        self[.acceptableUse] = term(combined.acceptableUse, strictest: .binding(mutable: true), .noAssertion, TermValues.text)
        self[.thresholds] = list(combined.thresholds, \.metric.rawValue)
        self[.territoriesExcluded] = list(combined.territoriesExcluded) { $0 }
        self[.naming] = list(combined.naming, \.kind.rawValue)
        self[.outputTraining] = term(combined.outputTraining, strictest: .prohibited, .noAssertion, \.rawValue)
        self[.copyleft] = term(combined.copyleft, strictest: .network, .noAssertion, \.rawValue)
        self[.passThrough] = term(combined.passThrough, strictest: .terms, .noAssertion, \.rawValue)
        func found(_ reasons: [FindingReason]) -> PolicyFact {
            if reasons.isEmpty, let open { return .unknown(open) }
            return .flag(!reasons.isEmpty)
        }
        self[.conflicts] = found(terms.conflicts)
        self[.permissiveLabel] = found(terms.permissiveLabels)
    }

    private static func result(_ result: FindingResult, _ elements: [DefinitionElement]) -> PolicyFact {
        guard result == .undetermined else { return .words([result.rawValue]) }
        return .unknown(elements.first { $0.state != .met }?.text ?? "a reviewer has to determine it")
    }

    /// Of each file of weights: what its content is, or else how its name ends.
    private static func formats(_ files: [(path: ModelPath, size: Int, format: FileFormat)]) -> [String] {
        let weights = files.filter { ModelWeights.contains($0.path, size: $0.size, format: $0.format) }
        return Set(
            weights.map { file in
                file.format == .opaque ? String(file.path.text.lowercased().split(separator: ".").last ?? "") : file.format.rawValue
            }
        ).sorted()
    }
}

extension Disclosure {
    /// Every key that something is stated under, with its parents: `data`, `data.completeness`. Members of lists count for their list.
    public var statedKeys: [String] {
        var keys: [String] = []
        func walk(_ fields: DisclosureFields, _ place: String) {
            for (key, stated) in fields.values.sorted(by: { $0.key < $1.key }) {
                let inner = place.isEmpty ? key : "\(place).\(key)"
                switch stated.value {
                case .text("noAssertion"): continue
                case .list(let items) where items.isEmpty: continue
                case .record(let fields): walk(fields, inner)
                default: break
                }
                keys.append(inner)
            }
        }
        walk(fields, "")
        return keys.sorted()
    }
}
