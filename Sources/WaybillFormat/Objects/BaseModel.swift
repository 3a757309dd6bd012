/// How a model was made from another.
public enum BaseModelRelation: String, Sendable, CaseIterable {
    case adapter
    case finetune
    case merge
    case quantized
    /// From papers plan `p2` on.
    case distilled
    case noAssertion
}

/// A model that this one was made from.
public struct BaseModel: Hashable, Sendable {
    /// As the publisher wrote it, 1 to 2,048 bytes; not necessarily the name of a model in a store.
    public let name: String
    public let relation: BaseModelRelation

    public init(name: String, relation: BaseModelRelation) {
        self.name = name
        self.relation = relation
    }
}
