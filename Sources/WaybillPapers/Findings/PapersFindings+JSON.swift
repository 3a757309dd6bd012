import WaybillFormat

extension PapersFindings {
    /// What every form of the findings says of itself.
    public static let basis = "Computed from the publisher's claims and the files; no legal advice."

    /// The member `papers.findings`. Texts are neutralised; the members are listed in Protocol/PAPERS.md.
    public var json: JSONValue {
        .object([
            "basis": .string(Self.basis),
            "evaluator": .object([
                "version": .string(PapersEvaluator.version), "licenseRegistry": .string(registryVersion),
                "spdxLicenseList": .string(licenseListVersion), "mof": .string(MOFEvaluation.version), "osaid": .string("1.0"),
            ]),
            "contentId": .string(contentId.hex), "manifest": manifest.map { .string($0.hex) } ?? .null,
            "label": .object(["value": .string(label.rawValue), "reasons": Self.reasons(labelReasons)]),
            "license": license.map { .string(TerminalText.neutralised($0)) } ?? .null,
            "weights": .array(weights.map { .string(TerminalText.neutralised($0.text)) }),
            "mof": mof.json,
            "osaid": Self.definition(osaid.result, osaid.elements, osaid.determinedBy),
            "euFoss": Self.definition(euFoss.result, euFoss.elements, euFoss.determinedBy),
            "terms": terms.json,
            "determinations": .array(determinations.map(\.json)),
            "notices": .array(notices.map { .string($0) }),
        ])
    }

    static func reasons(_ reasons: [FindingReason]) -> JSONValue {
        .array(reasons.map { .object(["code": .string($0.code), "text": .string($0.text)]) })
    }

    private static func definition(_ result: FindingResult, _ elements: [DefinitionElement], _ reviewers: [String]) -> JSONValue {
        .object([
            "result": .string(result.rawValue),
            "elements": .array(
                elements.map { .object(["code": .string($0.code), "state": .string($0.state.rawValue), "text": .string($0.text)]) }),
            "unmet": .array(elements.filter { $0.state == .unmet }.map { .string($0.code) }),
            "determinedBy": .array(reviewers.map { .string(TerminalText.neutralised($0)) }),
        ])
    }
}

extension PapersFindings.DeterminationUse {
    var json: JSONValue {
        .object([
            "definition": .string(determination.definition.rawValue), "result": .string(determination.result.rawValue),
            "reviewer": .string(TerminalText.neutralised(determination.reviewer)),
            "reason": .string(TerminalText.neutralised(determination.reason)), "date": .string(determination.date),
            "expires": determination.expires.map { .string($0) } ?? .null, "counts": .bool(objection == nil),
            "objection": objection.map { .string($0) } ?? .null,
        ])
    }
}

extension MOFEvaluation {
    /// Percentages are cut, so that 100 says that nothing is missing.
    var json: JSONValue {
        let classes = MOFClass.ascending.map { wanted -> (String, JSONValue) in
            let progress = progress(towards: wanted)
            return (
                String(wanted.rawValue),
                .object([
                    "met": .integer(progress.met), "required": .integer(progress.required), "percent": .integer(Int(progress.percent)),
                    "missing": .array(missing(for: wanted).map { .string($0.rawValue) }),
                    "unmet": .array(unmet(for: wanted).map { .string($0.rawValue) }),
                ])
            )
        }
        return .object([
            "class": .integer(reached.rawValue), "name": .string(reached.name),
            "classes": .object(Dictionary(uniqueKeysWithValues: classes)),
            "invalid": .array(
                invalid.map { .object(["component": .string($0.component.rawValue), "text": .string($0.problem)]) }),
            "warnings": .array(components.filter(\.isForOtherContent).map { .string($0.component.rawValue) }),
        ])
    }
}

extension MOFEvaluation.Component {
    /// Why it does not count; empty if it does.
    public var problem: String {
        if let fault { return fault }
        guard let license else { return "no licence is asserted" }
        let shown = TerminalText.neutralised(license)
        if StatedLicense.noLicense.contains(license) { return "it is without a licence" }
        switch isOpen {
        case true?: return ""
        case false?: return "\(shown) is not an open licence"
        case nil: return "the licence \(shown) is not known here"
        }
    }
}

extension EffectiveTerms {
    var json: JSONValue {
        .object([
            "determined": .bool(isDetermined),
            "values": .array(
                values.map {
                    .object([
                        "term": .string($0.term), "value": .string($0.value), "imposedBy": .array($0.imposedBy.map { .string($0) }),
                    ])
                }),
            "sources": .array(
                sources.map {
                    .object([
                        "name": .string($0.name), "license": $0.license.map { .string($0) } ?? .null,
                        "claimedByDerivative": .bool($0.isClaimedByDerivative),
                    ])
                }),
            "restrictions": PapersFindings.reasons(restrictions),
            "conflicts": PapersFindings.reasons(conflicts),
            "permissiveLabels": PapersFindings.reasons(permissiveLabels),
            "openQuestions": .array(openQuestions.map { .string($0) }),
        ])
    }
}
