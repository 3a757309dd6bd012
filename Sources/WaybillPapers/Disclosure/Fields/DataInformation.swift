/// `data`: what the model was trained on, by the questions of OSAID 1.0.
public struct DataInformation: Sendable, Equatable {
    public enum Completeness: String, Sendable, CaseIterable {
        case complete
        case incomplete
        case noAssertion
    }

    let fields: DisclosureFields

    /// Whether `sources` lists all data.
    public var completeness: Completeness { fields.choice("completeness")?.value ?? .noAssertion }
    /// Licence of the data information itself.
    public var terms: Stated<String>? { fields.text("terms") }
    public var location: Stated<String>? { fields.text("location") }
    /// `YYYY-MM`.
    public var latestCollection: Stated<String>? { fields.text("latestCollection") }
    public var continuousTraining: Answer { Answer(fields.text("continuousTraining")) }
    public var sources: [DataSource] { fields.records("sources").map { DataSource(fields: $0) } }
}

/// One of `data.sources`.
public struct DataSource: Sendable, Equatable {
    public enum Category: String, Sendable, CaseIterable {
        case publicDataset
        case licensed
        case privateThirdParty
        case crawled
        case userData
        case synthetic
        case other
    }

    let fields: DisclosureFields

    /// In disclosure.yaml, from 1.
    public var line: Int { fields.line }
    public var name: Stated<String> { fields.text("name") ?? Stated(value: "", line: fields.line) }
    public var category: Stated<Category>? { fields.choice("category") }
    public var access: Stated<DataAccess>? { fields.choice("access") }
    /// `pretrain`, `finetune`, `preference`, `evaluation`, `other`.
    public var roles: [Stated<String>] { fields.texts("roles") }
    public var location: Stated<String>? { fields.text("location") }
    public var obtainedFrom: Stated<String>? { fields.text("obtainedFrom") }
    public var fee: Answer { Answer(fields.text("fee")) }
    public var license: Stated<String>? { fields.text("license") }
    /// 64 hexadecimal digits.
    public var digest: Stated<String>? { fields.text("digest") }
    public var provenance: Stated<String>? { fields.text("provenance") }
    public var scope: Stated<String>? { fields.text("scope") }
    public var selection: Stated<String>? { fields.text("selection") }
    public var labeling: Stated<String>? { fields.text("labeling") }
    public var processing: Stated<String>? { fields.text("processing") }
    /// Words of SPDX.
    public var datasetTypes: [Stated<String>] { fields.texts("datasetTypes") }
    /// A word of SPDX.
    public var availability: Stated<String>? { fields.text("availability") }
    public var modalities: [Stated<String>] { fields.texts("modalities") }
    public var suppliedBy: Stated<String>? { fields.text("suppliedBy") }
    public var releaseTime: Stated<String>? { fields.text("releaseTime") }
    public var builtTime: Stated<String>? { fields.text("builtTime") }
    public var size: DisclosedSize? { DisclosedSize(fields.record("size")) }
    /// `YYYY-MM`.
    public var periodFrom: Stated<String>? { fields.text("periodFrom") }
    /// `YYYY-MM`.
    public var periodTo: Stated<String>? { fields.text("periodTo") }
    public var languages: [Stated<String>] { fields.texts("languages") }
    public var sensitivePersonalInformation: Answer { Answer(fields.text("sensitivePersonalInformation")) }
    public var anonymization: [Stated<String>] { fields.texts("anonymization") }
    public var knownBias: [Stated<String>] { fields.texts("knownBias") }
    public var crawler: DisclosedCrawler { DisclosedCrawler(fields: fields.record("crawler")) }
    public var generatedBy: [Stated<String>] { fields.texts("generatedBy") }
}

/// How much data.
public struct DisclosedSize: Sendable, Equatable {
    /// A decimal number as written.
    public let value: Stated<String>
    public let unit: Stated<String>

    init?(_ fields: DisclosureFields) {
        guard let value = fields.text("value"), let unit = fields.text("unit") else { return nil }
        self.value = value
        self.unit = unit
    }
}

/// What crawled a source.
public struct DisclosedCrawler: Sendable, Equatable {
    let fields: DisclosureFields

    public var names: [Stated<String>] { fields.texts("names") }
    public var purposes: Stated<String>? { fields.text("purposes") }
    public var behaviour: Stated<String>? { fields.text("behaviour") }
    public var domains: Stated<String>? { fields.text("domains") }
}
