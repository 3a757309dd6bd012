import WaybillFormat

extension SPDXDocument {
    /// The data that the model was trained and tested on. Returns whether one of them is a dataset package.
    mutating func addData(of model: String) throws(FormatError) -> Bool {
        let sources = ExportedSource.all(subject)
        var (trained, tested): ([String], [String]) = ([], [])
        var hasDatasets = false
        for source in sources {
            let missing = Self.missing(of: source)
            hasDatasets = hasDatasets || missing.isEmpty
            let id = try missing.isEmpty ? addDataset(source) : addPackage(source, missing)
            if source.isForTraining { trained.append(id) }
            if source.isForEvaluation { tested.append(id) }
        }
        let completeness = sources.contains { $0.stated == nil } ? "noAssertion" : subject.disclosure.data.completeness.rawValue
        // SPDX has an element for what nobody states; saying nothing would read like "none".
        graph.relate(
            model, "trainedOn", trained.isEmpty ? [SPDXGraph.noAssertionElement] : trained,
            completeness: trained.isEmpty ? "noAssertion" : completeness)
        if !tested.isEmpty { graph.relate(model, "testedOn", tested, completeness: completeness) }
        return hasDatasets
    }

    /// Keys that the Dataset profile demands and the source does not state.
    private static func missing(of source: ExportedSource) -> [String] {
        guard let stated = source.stated else { return ["everything but the name"] }
        var missing: [String] = []
        if stated.suppliedBy == nil { missing.append("suppliedBy") }
        if stated.releaseTime == nil { missing.append("releaseTime") }
        if stated.builtTime == nil { missing.append("builtTime") }
        if stated.location.flatMap({ AddressText.uri($0.value) }) == nil { missing.append("location (an address)") }
        if stated.datasetTypes.isEmpty { missing.append("datasetTypes") }
        return missing
    }

    private mutating func addDataset(_ source: ExportedSource) throws(FormatError) -> String {
        guard let stated = source.stated else { return try addPackage(source, []) }
        var members = Self.describing(source)
        members.set("originatedBy", stated.suppliedBy.map { [.string(agent($0.value))] } ?? [])
        members.set("builtTime", stated.builtTime.map { SPDXGraph.time($0.value) })
        members.set("dataset_datasetType", stated.datasetTypes)
        members.set("dataset_datasetAvailability", stated.availability)
        members.set("dataset_hasSensitivePersonalInformation", stated.sensitivePersonalInformation.rawValue)
        members.set("dataset_dataCollectionProcess", stated.selection ?? stated.provenance)
        members.set("dataset_dataPreprocessing", [stated.processing, stated.labeling].compactMap { $0 })
        members.set("dataset_anonymizationMethodUsed", stated.anonymization)
        members.set("dataset_knownBias", stated.knownBias)
        if let size = stated.size, size.unit.value == "bytes", let count = Int(DecimalText.plain(size.value.value)), count <= Limits.number
        {
            members["dataset_datasetSize"] = .integer(count)
        }
        members.set("comment", Self.remarks(source))
        let id = graph.add("dataset_DatasetPackage", "dataset", members)
        try relate(
            id, declared: .noAssertion, declaredComment: "The dataset itself was not looked at.",
            concluded: ExportedLicense(stated.license?.value, subject.registry), concludedComment: Self.licenseComment(stated))
        return id
    }

    /// Of what less is known than the Dataset profile demands.
    private mutating func addPackage(_ source: ExportedSource, _ missing: [String]) throws(FormatError) -> String {
        var members = Self.describing(source)
        let why = "No dataset package: the papers do not state \(missing.joined(separator: ", "))."
        var lines = [why, Self.remarks(source)].compactMap { $0 }
        if let stated = source.stated {
            let others: [(String, String?)] = [
                ("dataset types", ExportedSource.joined(stated.datasetTypes)), ("availability", stated.availability?.value),
                (
                    "sensitive personal information",
                    stated.sensitivePersonalInformation == .noAssertion ? nil : stated.sensitivePersonalInformation.rawValue
                ),
                ("anonymisation", ExportedSource.joined(stated.anonymization)), ("known bias", ExportedSource.joined(stated.knownBias)),
            ]
            lines += others.compactMap { label, text in text.map { "\(label): \($0)" } }
            if let supplier = stated.suppliedBy { members.set("originatedBy", [.string(agent(supplier.value))]) }
        }
        members.set("comment", lines.joined(separator: "\n"))
        let id = graph.add("software_Package", "data", members)
        if let stated = source.stated, stated.license != nil {
            graph.relate(
                id, "hasConcludedLicense", [try self.id(of: ExportedLicense(stated.license?.value, subject.registry))],
                comment: Self.licenseComment(stated))
        }
        return id
    }

    private static func describing(_ source: ExportedSource) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["name": .string(source.name), "software_primaryPurpose": .string("data")]
        members.set("description", source.description)
        members.set("releaseTime", source.stated?.releaseTime.map { SPDXGraph.time($0.value) })
        members.set("software_downloadLocation", source.stated?.location.flatMap { AddressText.uri($0.value) })
        if let digest = source.stated?.digest { members["verifiedUsing"] = SPDXGraph.hash(digest.value) }
        return members
    }

    private static func remarks(_ source: ExportedSource) -> String? {
        let remarks = source.remarks
        return remarks.isEmpty ? nil : remarks.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    }

    private static func licenseComment(_ source: DataSource) -> String {
        guard let license = source.license else { return "The publisher of the model states no licence. No legal advice." }
        return
            "As the publisher of the model states it (\(TerminalText.neutralised(license.value))); the dataset itself was not looked at. "
            + "No legal advice."
    }

    /// The models that this one was made from, as packages: less is known of them than the AI profile demands.
    mutating func addBaseModels(of model: String) throws(FormatError) {
        var ancestors: [String] = []
        var sentences: [String] = []
        for base in ExportedBaseModel.all(subject) {
            var members: [String: JSONValue] = ["name": .string(base.name), "software_primaryPurpose": .string("model")]
            members.set("software_packageVersion", base.revision)
            members.set("software_packageUrl", PackageURL.hub(base.name, revision: base.revision))
            let lines = [
                "Base model, as the publisher of the derived model names it; \(base.sentence).",
                base.manifest.map { "SHA-256 of its manifest: \($0)." }, base.file.map { "SHA-256 of its file of weights: \($0)." },
            ]
            members.set("comment", lines.compactMap { $0 }.joined(separator: " "))
            let id = graph.add("software_Package", "base-model", members)
            ancestors.append(id)
            sentences.append("\(TerminalText.neutralised(base.name)): \(base.sentence)")
            graph.relate(id, "hasConcludedLicense", [try self.id(of: base.license)], comment: base.licenseComment)
        }
        guard !ancestors.isEmpty else { return }
        graph.relate(model, "descendantOf", ancestors, comment: sentences.joined(separator: "; "))
    }
}
