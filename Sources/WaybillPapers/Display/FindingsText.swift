import WaybillFormat

/// Findings for a person at a terminal.
public enum FindingsText {
    private static let labelWidth = 14

    private static let sentences: [OpennessLabel: String] = [
        .closed: "closed: there are no weights",
        .restrictedWeights: "restricted weights: the terms limit who may use them, for what, or how",
        .openWeights: "open weights: an open licence, what they were trained on is not disclosed",
        .openWeightsWithDisclosure: "open weights with disclosure of what they were trained on",
        .openSourceAI: "open source AI: OSAID 1.0 is met, by a reviewer's determination",
        .undetermined: "undetermined: the papers do not say enough",
    ]

    /// One finding after another, each with its reasons, then what they rest on.
    ///
    /// What came from files is neutralised: it moves no cursor, rings no bell and starts no line.
    public static func lines(_ findings: PapersFindings) -> [String] {
        var lines = row("label", sentences[findings.label] ?? findings.label.rawValue)
        for reason in findings.labelReasons.prefix(4) { lines += row("", "- " + reason.text) }
        lines += mof(findings.mof)
        lines += definition("OSAID 1.0", findings.osaid.result, findings.osaid.elements, findings.osaid.determinedBy)
        lines += definition("EU free", findings.euFoss.result, findings.euFoss.elements, findings.euFoss.determinedBy)
        lines += terms(findings.terms)
        for use in findings.determinations {
            let by = "\(use.determination.definition.rawValue): \(use.determination.result.rawValue), by "
            let objection = use.objection.map { ": does not count, \($0)" } ?? ", \(use.determination.date)"
            lines += row("determination", by + TerminalText.neutralised(use.determination.reviewer) + objection)
        }
        for notice in findings.notices { lines += row("notice", notice) }
        lines += row(
            "basis",
            "claims of the publisher; evaluator \(PapersEvaluator.version), licences \(findings.registryVersion), SPDX list "
                + "\(findings.licenseListVersion)")
        return lines + row("", "No legal advice.")
    }

    /// The results alone, without their reasons.
    public static func summary(_ findings: PapersFindings) -> [String] {
        let license = findings.license.map(TerminalText.neutralised) ?? "no licence could be concluded"
        var lines = row("label", sentences[findings.label] ?? findings.label.rawValue) + row("licence", license)
        lines += row("MOF 1.0", findings.mof.reached.name)
        lines += row("OSAID 1.0", findings.osaid.result.rawValue) + row("EU free", findings.euFoss.result.rawValue)
        let terms = findings.terms
        let restrictions = terms.restrictions.map(\.text)
        lines += row("terms", terms.isDetermined ? restrictions.first ?? "no restriction is known" : "not determined")
        for restriction in restrictions.dropFirst(terms.isDetermined ? 1 : 0) { lines += row("", restriction) }
        return lines + row("", PapersFindings.basis)
    }

    private static func mof(_ mof: MOFEvaluation) -> [String] {
        var lines = row("MOF 1.0", mof.reached.name)
        if let next = MOFClass.ascending.first(where: { $0 > mof.reached }) {
            let progress = mof.progress(towards: next)
            let missing = mof.unmet(for: next).map(\.rawValue).joined(separator: ", ")
            lines += row("", "- \(progress.met) of \(progress.required) components of \(next.name); without: \(missing)")
        }
        for component in mof.invalid { lines += row("", "- \(component.component.rawValue) does not count: \(component.problem)") }
        return lines
    }

    private static func definition(
        _ name: String, _ result: FindingResult, _ elements: [DefinitionElement], _ reviewers: [String]
    ) -> [String] {
        let by = reviewers.isEmpty ? "" : ", determined by " + reviewers.map(TerminalText.neutralised).joined(separator: ", ")
        var lines = row(name, result.rawValue + by)
        let states: [DefinitionElement.State] = result == .fails ? [.unmet] : [.unmet, .forReviewer, .unknown]
        for state in states {
            for element in elements where element.state == state { lines += row("", "- \(word(state))\(element.text)") }
        }
        return lines
    }

    private static func word(_ state: DefinitionElement.State) -> String {
        switch state {
        case .met, .unknown: ""
        case .unmet: "unmet: "
        case .forReviewer: "for a reviewer: "
        }
    }

    private static func terms(_ terms: EffectiveTerms) -> [String] {
        var lines = row("terms", terms.isDetermined ? "determined, the strictest of the model and its ancestors" : "not determined")
        for question in terms.openQuestions { lines += row("", "- open: " + question) }
        for value in terms.values {
            let by = value.imposedBy == [EffectiveTerms.selfName] ? "" : "   (\(value.imposedBy.joined(separator: ", ")))"
            lines += row("", "- \(value.term): \(TerminalText.neutralised(value.value))\(by)")
        }
        for reason in terms.conflicts { lines += row("", "- conflict: " + reason.text) }
        for reason in terms.permissiveLabels { lines += row("", "- label: " + reason.text) }
        return lines
    }

    private static func row(_ label: String, _ text: String) -> [String] {
        [label + String(repeating: " ", count: max(1, labelWidth - label.count)) + text]
    }
}
