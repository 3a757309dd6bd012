/// `model`: what the model is and who supplies it. The names are SPDX 3's where it has one.
public struct DisclosedModel: Sendable, Equatable {
    let fields: DisclosureFields

    public var name: Stated<String>? { fields.text("name") }
    public var version: Stated<String>? { fields.text("version") }
    public var description: Stated<String>? { fields.text("description") }
    public var suppliedBy: Stated<String>? { fields.text("suppliedBy") }
    public var contact: Stated<String>? { fields.text("contact") }
    /// `YYYY-MM-DD`, or with `Thh:mm:ssZ`.
    public var releaseTime: Stated<String>? { fields.text("releaseTime") }
    public var downloadLocation: Stated<String>? { fields.text("downloadLocation") }
    public var homepage: Stated<String>? { fields.text("homepage") }
    /// A word of CycloneDX: `supervised`, `self-supervised`, ...
    public var approach: Stated<String>? { fields.text("approach") }
    public var task: Stated<String>? { fields.text("task") }
    public var typeOfModel: [Stated<String>] { fields.texts("typeOfModel") }
    public var architectureFamily: Stated<String>? { fields.text("architectureFamily") }
    public var architecture: Stated<String>? { fields.text("architecture") }
    public var parameterCount: Stated<Int>? { fields.integer("parameterCount") }
    public var inputModalities: [Stated<String>] { fields.texts("inputModalities") }
    public var outputModalities: [Stated<String>] { fields.texts("outputModalities") }
    public var languages: [Stated<String>] { fields.texts("languages") }
    public var domains: [Stated<String>] { fields.texts("domains") }
    public var intendedUse: Stated<String>? { fields.text("intendedUse") }
    public var limitations: Stated<String>? { fields.text("limitations") }
    public var explainability: Stated<String>? { fields.text("explainability") }
    public var autonomy: Answer { Answer(fields.text("autonomy")) }
    public var sensitivePersonalInformation: Answer { Answer(fields.text("sensitivePersonalInformation")) }
    /// `serious`, `high`, `medium`, `low` or nil.
    public var safetyRisk: Stated<String>? { fields.assertion("safetyRisk") }
    public var standards: [Stated<String>] { fields.texts("standards") }
    public var architectureInformation: Publication { Publication(fields: fields.record("architectureInformation")) }
    public var usageInformation: Publication { Publication(fields: fields.record("usageInformation")) }
    public var monetisation: Stated<Monetisation>? { fields.choice("monetisation") }
}

/// What is asked in return for access, use, or support without which a model cannot be used.
public enum Monetisation: String, Sendable, CaseIterable {
    case none
    case price
    case personalData
    case other
}

/// Whether information is public, and where.
public struct Publication: Sendable, Equatable {
    public enum Status: String, Sendable, CaseIterable {
        case `public`
        case withheld
        case noAssertion
    }

    let fields: DisclosureFields

    public var status: Status { fields.choice("status")?.value ?? .noAssertion }
    public var location: Stated<String>? { fields.text("location") }
}

/// An answer, by SPDX's PresenceType.
public enum Answer: String, Sendable, CaseIterable {
    case yes
    case no
    case noAssertion

    init(_ stated: Stated<String>?) { self = stated.flatMap { Answer(rawValue: $0.value) } ?? .noAssertion }
}
