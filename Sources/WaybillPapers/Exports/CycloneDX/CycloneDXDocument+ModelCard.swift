import WaybillFormat

extension CycloneDXDocument {
    func modelCard(_ sources: [ExportedSource]) -> [String: JSONValue] {
        let stated = subject.disclosure.model
        var parameters: [String: JSONValue] = [:]
        parameters.set("approach", object: stated.approach.map { ["type": .string($0.value)] } ?? [:])
        parameters.set("task", stated.task)
        parameters.set("architectureFamily", stated.architectureFamily)
        parameters.set("modelArchitecture", stated.architecture)
        let training = sources.indices.filter { sources[$0].isForTraining }
        parameters.set("datasets", training.map { .object(["ref": .string(Self.reference(toData: $0))]) })
        parameters.set("inputs", stated.inputModalities.map { .object(["format": .string($0.value)]) })
        parameters.set("outputs", stated.outputModalities.map { .object(["format": .string($0.value)]) })
        var considerations: [String: JSONValue] = [:]
        considerations.set("useCases", [stated.intendedUse].compactMap { $0 })
        considerations.set("technicalLimitations", [stated.limitations].compactMap { $0 })
        var card: [String: JSONValue] = [:]
        card.set("modelParameters", object: parameters)
        card.set("quantitativeAnalysis", object: analysis)
        card.set("considerations", object: considerations)
        return card
    }

    private var analysis: [String: JSONValue] {
        var analysis: [String: JSONValue] = [:]
        analysis.set(
            "performanceMetrics",
            subject.disclosure.training.metrics.map { metric in
                var members: [String: JSONValue] = ["type": .string(metric.name.value), "value": .string(metric.value.value)]
                members.set("slice", metric.dataset)
                return .object(members)
            })
        return analysis
    }

    /// A source of data as a component.
    func data(_ source: ExportedSource, _ reference: String) -> [String: JSONValue] {
        var content: [String: JSONValue] = ["type": .string("dataset"), "name": .string(source.name)]
        var members: [String: JSONValue] = ["type": .string("data"), "bom-ref": .string(reference), "name": .string(source.name)]
        var remarks = [Self.property("waybill:claim:isNamedOnly", source.stated == nil ? "true" : "false")]
        if let stated = source.stated {
            content.set("description", source.description)
            content.set("classification", stated.access?.value.rawValue)
            if let location = stated.location.flatMap({ Self.address($0.value) }) {
                content["contents"] = .object(["url": .string(location)])
            }
            if stated.sensitivePersonalInformation == .yes {
                content["sensitiveData"] = .array([.string("sensitive personal information, by the publisher's statement")])
            }
            if let originator = stated.suppliedBy { members["manufacturer"] = .object(["name": .string(originator.value)]) }
            if let supplier = stated.obtainedFrom { members["supplier"] = .object(["name": .string(supplier.value)]) }
            if let digest = stated.digest { members["hashes"] = Self.hashes(digest.value) }
            let license = ExportedLicense(stated.license?.value, subject.registry)
            members.set("licenses", CycloneDXLicenses(declared: .noAssertion, concluded: license, subject.registry).choice)
            remarks += source.remarks.map { Self.property("waybill:claim:\($0.name)", $0.value) }
            remarks.append(Self.property("waybill:claim:sensitivePersonalInformation", stated.sensitivePersonalInformation.rawValue))
            if let stated = stated.license {
                remarks.append(Self.property("waybill:claim:license", stated.value))
                remarks.append(
                    Self.property("waybill:basis:license", "As the publisher of the model states it; the data were not looked at."))
            }
        }
        members["data"] = .array([.object(content)])
        members.set("properties", remarks)
        return members
    }

    /// What CycloneDX has no place for: claims, findings and determinations, each in its own voice.
    var properties: [JSONValue] { claims + conclusions + determinations }

    private var claims: [JSONValue] {
        let (model, training) = (subject.disclosure.model, subject.disclosure.training)
        let stated: [(String, String?)] = [
            ("contentId", "sha256:\(subject.findings.contentId.hex)"), ("manifest", subject.findings.manifest.map { "sha256:\($0.hex)" }),
            ("ref", subject.ref), ("published", subject.published),
        ]
        let claimed: [(String, String?)] = [
            ("releaseTime", model.releaseTime?.value), ("parameterCount", model.parameterCount.map { String($0.value) }),
            ("languages", ExportedSource.joined(model.languages)), ("domains", ExportedSource.joined(model.domains)),
            ("explainability", model.explainability?.value), ("autonomy", model.autonomy.rawValue),
            ("sensitivePersonalInformation", model.sensitivePersonalInformation.rawValue), ("safetyRisk", model.safetyRisk?.value),
            ("standards", ExportedSource.joined(model.standards)), ("trainingInformation", training.information?.value),
            ("computeFlop", training.computeFlop.map { DecimalText.plain($0.value) }), ("hardware", training.hardware?.value),
            ("energyForTraining", energy(training.energyForTraining)), ("energyForFinetuning", energy(training.energyForFinetuning)),
            ("energyForInference", energy(training.energyForInference)),
            ("dataCompleteness", subject.disclosure.data.completeness.rawValue),
        ]
        let parameters = training.hyperparameters.map {
            Self.property("waybill:claim:hyperparameter", "\($0.name.value)=\($0.value.value)")
        }
        let components = subject.disclosure.components.map {
            Self.property("waybill:claim:component", "\($0.name.value.rawValue): \($0.status.value.rawValue)")
        }
        return stated.compactMap { name, value in value.map { Self.property("waybill:\(name)", $0) } }
            + claimed.compactMap { name, value in value.map { Self.property("waybill:claim:\(name)", $0) } } + parameters + components
            + [Self.property("waybill:claim:licenseDeclared", license.declared.text)]
            + (license.declaredComment.map { [Self.property("waybill:claim:licenseDeclaredComment", $0)] } ?? [])
    }

    private func energy(_ value: Stated<String>?) -> String? {
        guard let value, let unit = subject.disclosure.training.energyUnit else { return nil }
        return "\(DecimalText.plain(value.value)) \(unit.value)"
    }

    private var conclusions: [JSONValue] {
        let findings = subject.findings
        func found(_ name: String, _ value: String) -> JSONValue { Self.property("waybill:finding:\(name)", value) }
        func open(_ elements: [DefinitionElement], _ name: String) -> [JSONValue] {
            elements.filter { $0.state != .met }.map { found(name, "\($0.code): \($0.state.rawValue), \($0.text)") }
        }
        return [
            found("licenseConcluded", license.concluded.text), found("licenseBasis", license.concludedComment),
            found("label", findings.label.rawValue),
        ] + findings.labelReasons.map { found("labelReason", $0.text) } + [
            found("mof", findings.mof.reached.name), found("osaid", findings.osaid.result.rawValue),
        ] + open(findings.osaid.elements, "osaidOpen") + [found("euFoss", findings.euFoss.result.rawValue)]
            + open(findings.euFoss.elements, "euFossOpen") + [found("termsDetermined", findings.terms.isDetermined ? "true" : "false")]
            + findings.terms.values.map { value in
                found("term:\(value.term)", "\(TerminalText.neutralised(value.value)) (\(value.imposedBy.joined(separator: ", ")))")
            } + findings.terms.openQuestions.map { found("termsOpen", $0) } + [Self.property("waybill:basis", subject.basis)]
    }

    private var determinations: [JSONValue] {
        subject.findings.determinations.filter { $0.objection == nil }.map(\.determination).map { made in
            Self.property(
                "waybill:determination:\(made.definition.rawValue)",
                "\(made.result.rawValue), by \(TerminalText.neutralised(made.reviewer)), \(made.date)")
        }
    }
}
