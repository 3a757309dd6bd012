/// Whether a model is Open Source AI by OSI's definition 1.0, as far as statements show. `meets` takes a reviewer.
public struct OSAIDEvaluation: Sendable, Equatable {
    public let result: FindingResult
    public let elements: [DefinitionElement]
    /// The reviewers whose determinations counted.
    public let determinedBy: [String]

    public var unmet: [DefinitionElement] { elements.filter { $0.state == .unmet } }
    /// What nobody has stated, or a reviewer has to look at.
    public var open: [DefinitionElement] { elements.filter { $0.state == .unknown || $0.state == .forReviewer } }

    init(_ subject: PapersSubject, _ terms: EffectiveTerms, _ determinations: [Determination]) {
        let elements =
            [Self.parameters(subject)] + Self.code(subject) + Self.data(subject)
            + [Self.freedoms(subject, terms), Self.baseModels(terms)].compactMap { $0 }
        self.elements = elements
        result = elements.result(determinations, needsReviewer: true)
        determinedBy = determinations.map(\.reviewer)
    }

    private static func parameters(_ subject: PapersSubject) -> DefinitionElement {
        let standing = subject.standing(of: .finalParameters)
        return component("parameters", .finalParameters, standing, subject, byTerms: true)
    }

    private static func code(_ subject: PapersSubject) -> [DefinitionElement] {
        let parts: [(code: String, component: MOFComponent, ifUsed: Bool)] = [
            ("modelArchitecture", .modelArchitecture, false), ("dataPreprocessingCode", .dataPreprocessingCode, true),
            ("trainingCode", .trainingCode, false), ("inferenceCode", .inferenceCode, false), ("evaluationCode", .evaluationCode, true),
        ]
        return parts.map { part in
            let standing = subject.standing(of: part.component)
            if part.ifUsed, standing.status == .notApplicable {
                return DefinitionElement(part.code, .met, "stated that there was none")
            }
            return component(part.code, part.component, standing, subject, byTerms: false)
        }
    }

    /// - Parameter byTerms: OSI-approved *terms* suffice, of which there is no list beyond the licences: a reviewer looks at the rest.
    private static func component(
        _ code: String, _ component: MOFComponent, _ standing: PapersSubject.Standing, _ subject: PapersSubject, byTerms: Bool
    ) -> DefinitionElement {
        let name = component.rawValue
        switch standing.status {
        case .noAssertion where component == .finalParameters:
            // Weights that are there count as released: there are none.
            return DefinitionElement(code, .unmet, "\(name): the model has no file of weights")
        case .noAssertion: return DefinitionElement(code, .unknown, "\(name): no assertion")
        case .described: return DefinitionElement(code, .unmet, "\(name): described only")
        case .withheld: return DefinitionElement(code, .unmet, "\(name): withheld")
        case .notApplicable: return DefinitionElement(code, .unmet, "\(name): stated not to apply, but every model has it")
        case .released: break
        }
        if let fault = standing.fault { return DefinitionElement(code, .unmet, "\(name): \(fault)") }
        return license(code, name, standing.license, standing.licenseText, byTerms: byTerms)
    }

    private static func license(_ code: String, _ name: String, _ license: StatedLicense, _ text: String?, byTerms: Bool)
        -> DefinitionElement
    {
        let shown = TerminalText.neutralised(text ?? "")
        if license.isNone { return DefinitionElement(code, .unmet, "\(name): without a licence") }
        switch license.isOSIApproved {
        case true?: return DefinitionElement(code, .met, "\(name): released under \(shown), OSI-approved")
        case nil:
            return DefinitionElement(
                code, .unknown, text == nil ? "\(name): no licence is asserted" : "\(name): the licence \(shown) is not known here")
        case false?:
            if byTerms, license.isOpen == true {
                return DefinitionElement(code, .forReviewer, "\(name): \(shown) is open, but not OSI-approved")
            }
            return DefinitionElement(code, .unmet, "\(name): \(shown) is not OSI-approved")
        }
    }

    private static func data(_ subject: PapersSubject) -> [DefinitionElement] {
        let data = subject.disclosure.data
        let sources = data.sources
        let completeness =
            switch data.completeness {
            case .complete where sources.isEmpty:
                DefinitionElement("dataComplete", .unknown, "said to be complete, but no source is listed")
            case .complete: DefinitionElement("dataComplete", .met, "\(sources.count) sources, stated to be all")
            case .incomplete: DefinitionElement("dataComplete", .unmet, "stated to be incomplete")
            case .noAssertion: DefinitionElement("dataComplete", .unknown, "no assertion whether all data are listed")
            }
        let descriptions: [(code: String, key: String, stated: (DataSource) -> Bool)] = [
            ("dataProvenance", "provenance", { $0.provenance != nil }), ("dataScope", "scope", { $0.scope != nil }),
            ("dataSelection", "selection", { $0.selection != nil }), ("dataLabeling", "labeling", { $0.labeling != nil }),
            ("dataProcessing", "processing", { $0.processing != nil }),
            ("dataListing", "access and where to get it", isListed),
        ]
        return [completeness] + descriptions.map { described($0.code, $0.key, sources, $0.stated) } + [terms(data, subject)]
    }

    /// Data that anybody can get are listed with the place, data to be had from others with the place or the party, and the fee.
    private static func isListed(_ source: DataSource) -> Bool {
        switch source.access?.value {
        case nil: false
        case .open?, .public?: source.location != nil
        case .obtainable?: (source.location != nil || source.obtainedFrom != nil) && source.fee != .noAssertion
        case .unshareable?: true
        }
    }

    private static func described(
        _ code: String, _ key: String, _ sources: [DataSource], _ isStated: (DataSource) -> Bool
    ) -> DefinitionElement {
        guard !sources.isEmpty else { return DefinitionElement(code, .unknown, "\(key): no source is listed") }
        let lacking = sources.filter { !isStated($0) }
        guard let first = lacking.first else { return DefinitionElement(code, .met, "\(key): stated for every source") }
        let others = lacking.count > 1 ? " and \(lacking.count - 1) more" : ""
        return DefinitionElement(code, .unknown, "\(key): not stated for `\(TerminalText.neutralised(first.name.value))`\(others)")
    }

    private static func terms(_ data: DataInformation, _ subject: PapersSubject) -> DefinitionElement {
        let text = data.terms?.value ?? subject.disclosure.license[.document]?.value
        return license("dataTerms", "data information", StatedLicense(text, subject.registry), text, byTerms: true)
    }

    /// An ancestor's terms bind too.
    private static func freedoms(_ subject: PapersSubject, _ terms: EffectiveTerms) -> DefinitionElement {
        if let restriction = terms.restrictions.first { return DefinitionElement("freedoms", .unmet, restriction.text) }
        if terms.isDetermined, subject.weightsLicense.isOSIApproved == true || terms.isUnrestricted {
            return DefinitionElement("freedoms", .met, "no known term restricts use, study, modification or sharing")
        }
        return DefinitionElement("freedoms", .unknown, "not all terms are known")
    }

    private static func baseModels(_ terms: EffectiveTerms) -> DefinitionElement? {
        guard !terms.ancestors.isEmpty else { return nil }
        return DefinitionElement("baseModels", .forReviewer, "the models that it was made from must meet the definition as well")
    }
}
