import WaybillFormat

extension SPDXDocument {
    /// The AI package; an error if what the AI profile demands is not stated.
    mutating func addModel() throws(FormatError) -> String {
        let stated = subject.disclosure.model
        var missing = MissingValues()
        var members = describing(stated)
        members.set("software_primaryPurpose", "model")
        members.set("name", subject.name)
        if subject.name == nil { missing.note("model.name", example: "name: tiny") }
        members.set("software_packageVersion", stated.version?.value ?? "sha256:\(subject.findings.contentId.hex)")
        if let time = stated.releaseTime?.value ?? subject.published {
            members.set("releaseTime", SPDXGraph.time(time))
        } else {
            missing.note("model.releaseTime", example: "releaseTime: 2026-01-31")
        }
        if let location = (stated.downloadLocation?.value ?? subject.location).flatMap(AddressText.uri) {
            members.set("software_downloadLocation", location)
        } else {
            missing.note(
                "model.downloadLocation", example: "downloadLocation: https://example.com/tiny",
                problem: stated.downloadLocation.map { "line \($0.line): no address" } ?? "")
        }
        let supplier = stated.suppliedBy?.value ?? subject.model?.org
        if supplier == nil { missing.note("model.suppliedBy", example: "suppliedBy: Example Labs") }
        try missing.require(by: "the AI profile of SPDX 3.0.1", of: subject)
        if let supplier { members.set("suppliedBy", agent(supplier, contact: stated.contact?.value, isStated: stated.suppliedBy != nil)) }
        return graph.add("ai_AIPackage", "model", members)
    }

    mutating func agent(_ name: String, contact: String? = nil, isStated: Bool = true) -> String {
        let key = "agent \(isStated) \(name)"
        if let known = licenses[key] { return known }
        var members: [String: JSONValue] = ["name": .string(name)]
        let remarks = [
            contact.map { "Contact: \($0)" },
            isStated ? nil : "The organisation in the model's name in its store; the papers name no supplier.",
        ].compactMap { $0 }
        if !remarks.isEmpty { members.set("comment", remarks.joined(separator: "\n")) }
        let id = graph.add("Agent", "agent", members)
        licenses[key] = id
        return id
    }

    private func describing(_ stated: DisclosedModel) -> [String: JSONValue] {
        let training = subject.disclosure.training
        var members: [String: JSONValue] = [:]
        members.set("description", stated.description)
        members.set("software_homePage", stated.homepage.flatMap { AddressText.uri($0.value) })
        members.set("software_packageUrl", PackageURL.model(subject))
        members.set("externalIdentifier", identifiers)
        members.set("comment", comment(stated))
        members.set("ai_autonomyType", stated.autonomy.rawValue)
        members.set("ai_useSensitivePersonalInformation", stated.sensitivePersonalInformation.rawValue)
        members.set("ai_domain", stated.domains)
        members.set("ai_typeOfModel", distinct(stated.typeOfModel + [stated.architectureFamily, stated.architecture].compactMap { $0 }))
        members.set("ai_modelDataPreprocessing", training.preprocessing)
        members.set("ai_modelExplainability", [stated.explainability].compactMap { $0 })
        members.set("ai_standardCompliance", stated.standards)
        members.set("ai_hyperparameter", training.hyperparameters.map { SPDXGraph.entry($0.name.value, $0.value.value) })
        members.set("ai_metric", training.metrics.map { SPDXGraph.entry(name($0), $0.value.value) })
        members.set(
            "ai_metricDecisionThreshold",
            training.metrics.compactMap { metric in metric.threshold.map { SPDXGraph.entry(name(metric), $0.value) } })
        members.set("ai_informationAboutTraining", informationAboutTraining(training))
        members.set("ai_informationAboutApplication", stated.intendedUse)
        members.set("ai_limitation", stated.limitations)
        members.set("ai_safetyRiskAssessment", stated.safetyRisk)
        members.set("ai_energyConsumption", object: energy(training))
        return members
    }

    private var identifiers: [JSONValue] {
        func identifier(_ digest: Digest, _ comment: String) -> JSONValue {
            .object([
                "type": .string("ExternalIdentifier"), "externalIdentifierType": .string("other"),
                "identifier": .string("sha256:\(digest.hex)"), "comment": .string(comment),
            ])
        }
        return [identifier(subject.findings.contentId, "Content id: SHA-256 of the list of all files with their sizes and digests.")]
            + (subject.findings.manifest.map { [identifier($0, "SHA-256 of the revision's manifest.")] } ?? [])
    }

    private func comment(_ stated: DisclosedModel) -> String? {
        let parts: [(String, String?)] = [
            ("Parameters", stated.parameterCount.map { String($0.value) }), ("Task", stated.task?.value),
            ("Approach", stated.approach?.value), ("Inputs", ExportedSource.joined(stated.inputModalities)),
            ("Outputs", ExportedSource.joined(stated.outputModalities)), ("Languages", ExportedSource.joined(stated.languages)),
            ("Ref", subject.ref),
        ]
        let lines = parts.compactMap { label, text in text.map { "\(label): \($0)" } }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private func informationAboutTraining(_ training: DisclosedTraining) -> String? {
        let lines = [
            training.information?.value, training.computeFlop.map { "Compute: \(DecimalText.plain($0.value)) FLOP" },
            training.hardware.map { "Hardware: \($0.value)" },
        ].compactMap { $0 }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private func energy(_ training: DisclosedTraining) -> [String: JSONValue] {
        guard let unit = training.energyUnit?.value else { return [:] }
        func quantity(_ value: Stated<String>?) -> [JSONValue] {
            value.map {
                [
                    .object([
                        "type": .string("ai_EnergyConsumptionDescription"), "ai_energyUnit": .string(unit),
                        "ai_energyQuantity": .string(DecimalText.plain($0.value)),
                    ])
                ]
            } ?? []
        }
        var members: [String: JSONValue] = [:]
        members.set("ai_trainingEnergyConsumption", quantity(training.energyForTraining))
        members.set("ai_finetuningEnergyConsumption", quantity(training.energyForFinetuning))
        members.set("ai_inferenceEnergyConsumption", quantity(training.energyForInference))
        if !members.isEmpty { members.set("type", "ai_EnergyConsumption") }
        return members
    }

    private func name(_ metric: DisclosedTraining.Metric) -> String {
        metric.name.value + (metric.dataset.map { " (\($0.value))" } ?? "")
    }

    private func distinct(_ texts: [Stated<String>]) -> [Stated<String>] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0.value).inserted }
    }
}
