/// `euSummary`: the public summary of training content of Art. 53(1)(d) of Regulation (EU) 2024/1689, by the sections of its template.
public struct EUTrainingSummary: Sendable, Equatable {
    /// A section that asks whether data of a kind were used.
    public enum Section: String, Sendable, CaseIterable {
        case publicDatasets
        case licensedData
        case privateData
        case crawledData
        case userDataFromModel
        case userDataFromServices
        case syntheticData
        case otherData
    }

    public enum Modality: String, Sendable, CaseIterable {
        case text
        case image
        case audio
        case video
        case other
    }

    public struct Party: Sendable, Equatable {
        public let name: Stated<String>
        public let contact: Stated<String>?
    }

    public struct Used: Sendable, Equatable {
        public let used: Answer
        public let description: Stated<String>?
        public let modalities: [Stated<String>]
    }

    public struct Extent: Sendable, Equatable {
        /// A word of the template's bands, such as `1BTo10T`.
        public let band: Stated<String>?
        public let size: Stated<String>?
        public let content: Stated<String>?
        /// `YYYY-MM`.
        public let latestCollection: Stated<String>?
        public let continuousTraining: Answer
        public let linguistic: Stated<String>?
        public let characteristics: Stated<String>?
    }

    let fields: DisclosureFields

    /// Whether there is such a summary at all.
    public var isStated: Bool { !fields.values.isEmpty }
    public var version: Stated<String>? { fields.text("version") }
    public var lastUpdate: Stated<String>? { fields.text("lastUpdate") }
    public var provider: Party? { party("provider") }
    public var representative: Party? { party("representative") }
    public var modelNames: [Stated<String>] { fields.texts("modelNames") }
    public var dependencies: [Stated<String>] { fields.texts("dependencies") }
    public var unionPlacement: Stated<String>? { fields.text("unionPlacement") }
    public var topDomains: Stated<String>? { fields.text("topDomains") }
    public var codeOfPractice: Answer { Answer(fields.text("codeOfPractice")) }
    public var optOutMeasures: Stated<String>? { fields.text("optOutMeasures") }
    public var copyrightPolicy: Stated<String>? { fields.text("copyrightPolicy") }
    public var illegalContent: Stated<String>? { fields.text("illegalContent") }
    public var otherInformation: Stated<String>? { fields.text("otherInformation") }
    public var location: Stated<String>? { fields.text("location") }

    public subscript(section: Section) -> Used? {
        let fields = fields.record(section.rawValue)
        guard !fields.values.isEmpty else { return nil }
        return Used(used: Answer(fields.text("used")), description: fields.text("description"), modalities: fields.texts("modalities"))
    }

    public subscript(modality: Modality) -> Extent? {
        let fields = fields.record(modality.rawValue)
        guard !fields.values.isEmpty else { return nil }
        return Extent(
            band: fields.text("band"), size: fields.text("size"), content: fields.text("content"),
            latestCollection: fields.text("latestCollection"), continuousTraining: Answer(fields.text("continuousTraining")),
            linguistic: fields.text("linguistic"), characteristics: fields.text("characteristics"))
    }

    private func party(_ key: String) -> Party? {
        let fields = fields.record(key)
        return fields.text("name").map { Party(name: $0, contact: fields.text("contact")) }
    }
}
