import WaybillFormat
import WaybillSystem

/// Papers as SPDX 3.0.1 with the AI and Dataset profiles. What these demand in prose only is enforced here (Protocol/EXPORTS.md).
struct SPDXDocument {
    let subject: ExportSubject
    let license: ModelLicense
    var graph: SPDXGraph
    /// Ids of the licences that are in the graph already, by their expressions.
    var licenses: [String: String] = [:]

    static func bytes(_ subject: ExportSubject) throws(FormatError) -> [UInt8] {
        let license = ModelLicense(subject)
        // An id names one element for ever: documents that differ must not share ids.
        let draft = try SPDXDocument(subject, license, namespace: "urn:waybill:spdx:draft").graph.json.canonical
        let namespace = "urn:waybill:spdx:\(SHA256.digest(of: draft).hex)"
        return try SPDXDocument(subject, license, namespace: namespace).graph.json.canonical
    }

    private init(_ subject: ExportSubject, _ license: ModelLicense, namespace: String) throws(FormatError) {
        self.subject = subject
        self.license = license
        graph = SPDXGraph(namespace: namespace)
        graph.created(at: subject.time, by: graph.nextID("agent"))
        graph.add("SoftwareAgent", "agent", ["name": .string("Waybill"), "comment": .string(subject.basis)])
        let model = try addModel()
        try addLicenses(of: model)
        addFiles(of: model)
        let hasDatasets = try addData(of: model)
        try addBaseModels(of: model)
        addFindings(about: model)
        addDocument(root: model, hasDatasets: hasDatasets)
    }

    private mutating func addDocument(root: String, hasDatasets: Bool) {
        let profiles = ["core", "software", "simpleLicensing", "ai"] + (hasDatasets ? ["dataset"] : [])
        graph.add(
            "SpdxDocument", "document",
            [
                "name": .string("Papers of \(subject.name ?? subject.findings.contentId.hex)"),
                "comment": .string(subject.basis), "rootElement": .array([.string(root)]),
                "element": .array(graph.ids.map { .string($0) }), "profileConformance": .array(profiles.map { .string($0) }),
            ])
    }

    /// Every file with its digest, and what documents the model.
    private mutating func addFiles(of model: String) {
        let weights = Set(subject.findings.weights)
        var files: [String] = []
        var documents: [String] = []
        var byPath: [ModelPath: String] = [:]
        for file in subject.files {
            var members: [String: JSONValue] = [
                "name": .string(file.path.text), "verifiedUsing": SPDXGraph.hash(file.sha256.hex),
            ]
            if weights.contains(file.path) { members.set("software_primaryPurpose", "model") }
            let isDocument = PapersDerivation.isModelCard(file.path) || DisclosureFile.isDisclosure(file.path)
            if isDocument { members.set("software_primaryPurpose", "documentation") }
            let id = graph.add("software_File", "file", members)
            files.append(id)
            byPath[file.path] = id
            if isDocument { documents.append(id) }
        }
        if !files.isEmpty { graph.relate(model, "contains", files, completeness: "complete") }
        if !documents.isEmpty { graph.relate(model, "hasDocumentation", documents) }
        let evidence = license.evidence.compactMap { byPath[$0.path] }
        if !evidence.isEmpty { graph.relate(model, "hasEvidence", evidence, comment: "Texts that the concluded licence rests on.") }
    }

    /// What software found and reviewers determined, each in its own voice.
    private mutating func addFindings(about model: String) {
        let findings = subject.findings
        func reasons(_ reasons: [FindingReason]) -> String { reasons.map(\.text).joined(separator: "; ") }
        func elements(_ elements: [DefinitionElement]) -> String {
            elements.map { "\($0.code): \($0.state.rawValue), \($0.text)" }.joined(separator: "; ")
        }
        let statements = [
            "Finding, label: \(findings.label.rawValue). \(reasons(findings.labelReasons))",
            "Finding, Model Openness Framework \(MOFEvaluation.version): \(findings.mof.reached.name).",
            "Finding, OSAID 1.0: \(findings.osaid.result.rawValue). \(elements(findings.osaid.elements))",
            "Finding, free and open source by Art. 53(2) of Regulation (EU) 2024/1689: \(findings.euFoss.result.rawValue). "
                + elements(findings.euFoss.elements),
            "Finding, effective terms: "
                + (findings.terms.values.map {
                    "\($0.term): \(TerminalText.neutralised($0.value)) (\($0.imposedBy.joined(separator: ", ")))"
                }
                + findings.terms.openQuestions.map { "open: \($0)" }).joined(separator: "; "),
        ]
        for statement in statements { annotate(model, "other", statement + " [\(subject.basis)]") }
        for use in findings.determinations where use.objection == nil {
            let made = use.determination
            annotate(
                model, "review",
                "Determination, \(made.definition.rawValue): \(made.result.rawValue), by \(TerminalText.neutralised(made.reviewer)), "
                    + "\(made.date). \(TerminalText.neutralised(made.reason))")
        }
    }

    private mutating func annotate(_ element: String, _ type: String, _ statement: String) {
        graph.add(
            "Annotation", "annotation",
            ["annotationType": .string(type), "subject": .string(element), "statement": .string(statement)])
    }
}
