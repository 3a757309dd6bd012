import WaybillFormat

/// What an organisation lets in (Protocol/POLICY.md).
public struct Policy: Sendable, Equatable {
    public let name: String
    /// Of the document.
    public let digest: Digest
    /// Of the papers gate, where no rule decides.
    public let allowsByDefault: Bool
    public let rules: [PolicyRule]
    public let exceptions: [PolicyException]
    /// Of the reviewers whom the policy believes.
    public let determinations: [Determination]
    /// Base models and their licences, as the organisation found them.
    public let ancestors: [Ancestor]
    /// Organisations whose evaluators' statements count.
    public let evaluators: [String]
    /// Organisations whose reviewers' signed determinations count.
    public let reviewers: [String]

    /// Whether any rule needs what only that gate can tell.
    public func has(_ gate: PolicyGate) -> Bool { gate == .papers || rules.contains { $0.gate == gate } }
}
