import WaybillFormat

/// What an export is made from.
public struct ExportSubject: Sendable {
    public let findings: PapersFindings
    /// All files that the findings were made from.
    public let files: [EvidenceFile]
    /// The model's name in its store.
    public let model: ModelName?
    /// The ref that the revision was taken from.
    public let ref: String?
    /// When the store published the revision, `YYYY-MM-DDThh:mm:ssZ`.
    public let published: String?
    /// Where the store has it: an address that others can reach.
    public let location: String?
    /// Of the export, `YYYY-MM-DDThh:mm:ssZ`.
    public let time: String
    let registry: LicenseRegistry

    public init(
        findings: PapersFindings, files: [EvidenceFile], model: ModelName? = nil, ref: String? = nil, published: String? = nil,
        location: String? = nil, time: String, registry: LicenseRegistry = .current
    ) {
        self.findings = findings
        self.files = files.sorted { $0.path < $1.path }
        self.model = model
        self.ref = ref
        self.published = published
        self.location = location
        self.time = time
        self.registry = registry
    }

    var disclosure: Disclosure { findings.disclosure ?? .none }

    /// For people and for errors; what the publisher calls the model, or else the store.
    var name: String? { disclosure.model.name?.value ?? model?.path }

    func file(at path: String) -> EvidenceFile? { files.first { $0.path.text.utf8.elementsEqual(path.utf8) } }

    /// What every export says of its findings.
    var basis: String {
        "Evaluator \(PapersEvaluator.version), licence registry \(findings.registryVersion), SPDX licence list "
            + "\(findings.licenseListVersion). \(PapersFindings.basis)"
    }
}
