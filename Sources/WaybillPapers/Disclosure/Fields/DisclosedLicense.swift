/// `license`: SPDX expressions as written, `NONE` or `NOASSERTION`.
public struct DisclosedLicense: Sendable, Equatable {
    let fields: DisclosureFields

    /// Of the whole.
    public var expression: Stated<String>? { fields.text("expression") }
    /// Paths of the model or addresses of the licences' texts.
    public var evidence: [Stated<String>] { fields.texts("evidence") }
    public var comment: Stated<String>? { fields.text("comment") }

    /// The licence of one kind of content, where it is another than that of the whole.
    public subscript(type: MOFComponent.ContentType) -> Stated<String>? { fields.text(type.rawValue) }
}

/// One of `components`.
public struct DisclosedComponent: Sendable, Equatable {
    let fields: DisclosureFields

    public var name: Stated<MOFComponent> {
        // The reader takes no component without a name of the list.
        fields.choice("name") ?? Stated(value: .modelMetadata, line: fields.line)
    }
    public var status: Stated<ComponentStatus> { fields.choice("status") ?? Stated(value: .noAssertion, line: fields.line) }
    /// A path of the model or an address.
    public var location: Stated<String>? { fields.text("location") }
    public var license: Stated<String>? { fields.text("license") }
    public var evidence: Stated<String>? { fields.text("evidence") }
    public var comment: Stated<String>? { fields.text("comment") }
}

/// One of `baseModels`.
public struct DisclosedBaseModel: Sendable, Equatable {
    public enum Relation: String, Sendable, CaseIterable {
        case adapter
        case merge
        case quantized
        case finetune
        case distilled
    }

    let fields: DisclosureFields

    public var id: Stated<String> { fields.text("id") ?? Stated(value: "", line: fields.line) }
    public var revision: Stated<String>? { fields.text("revision") }
    /// 64 hexadecimal digits: the SHA-256 of the base model's manifest.
    public var manifest: Stated<String>? { fields.text("manifest") }
    /// 64 hexadecimal digits: the SHA-256 of the base model's file of weights.
    public var file: Stated<String>? { fields.text("file") }
    public var relation: Stated<Relation>? { fields.choice("relation") }
    /// The base model's licence as this model's publisher concluded it: a claim about somebody else's work.
    public var license: Stated<String>? { fields.text("license") }
    public var evidence: Stated<String>? { fields.text("evidence") }
}
