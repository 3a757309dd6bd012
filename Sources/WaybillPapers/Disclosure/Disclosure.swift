import WaybillFormat

/// What a publisher states about a model in disclosure.yaml (Protocol/PAPERS.md): claims, every one with its line.
///
/// What is not stated is nil or empty: no assertion, never "no".
public struct Disclosure: Sendable, Equatable {
    /// The path of the file, at the root of the model and in lower case.
    public static let fileName = "disclosure.yaml"
    public static let maximumByteCount = StrictYAML.maximumByteCount

    let fields: DisclosureFields

    /// No statement at all.
    public static let none = Disclosure(fields: .none)

    /// What the bytes state; `disclosure` is nil if there is an error, so that nothing is taken from half of a document.
    ///
    /// Reads at most 1 MiB of YAML, 32 levels deep, without anchors, aliases, tags, merge keys and keys that stand twice.
    public static func read(_ bytes: [UInt8]) -> (disclosure: Disclosure?, problems: [DocumentProblem]) {
        var reader = DisclosureReader()
        let fields = reader.read(bytes)
        return (fields.map { Disclosure(fields: $0) }, reader.problems)
    }

    public var model: DisclosedModel { DisclosedModel(fields: fields.record("model")) }
    public var license: DisclosedLicense { DisclosedLicense(fields: fields.record("license")) }
    public var components: [DisclosedComponent] { fields.records("components").map { DisclosedComponent(fields: $0) } }
    public var baseModels: [DisclosedBaseModel] { fields.records("baseModels").map { DisclosedBaseModel(fields: $0) } }
    public var data: DataInformation { DataInformation(fields: fields.record("data")) }
    public var training: DisclosedTraining { DisclosedTraining(fields: fields.record("training")) }
    public var euSummary: EUTrainingSummary { EUTrainingSummary(fields: fields.record("euSummary")) }

    /// The statement on a component; nil is no assertion.
    public subscript(component: MOFComponent) -> DisclosedComponent? { components.first { $0.name.value == component } }

    /// Everything that is stated, for programs, by the keys of disclosure.yaml. Texts as they were written.
    public var json: JSONValue { fields.json }
}
