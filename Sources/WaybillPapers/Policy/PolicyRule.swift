/// What a policy does where a condition holds.
public struct PolicyRule: Sendable, Equatable {
    public enum Effect: String, Sendable, CaseIterable {
        case deny
        case warn
        case allow
    }

    public let id: String
    public let effect: Effect
    public let condition: PolicyCondition
    /// Whether the rule also matches where its condition is unknown.
    public let matchesUnknown: Bool
    public let reason: String
    /// Empty if the policy gives none.
    public let remedy: String
    /// Where it stands in the policy, from 1.
    public let line: Int

    /// What takes the place of a rule where none decides.
    public static let defaultID = "default"

    public var gate: PolicyGate { condition.gate }

    func matches(_ answer: PolicyAnswer) -> Bool { answer == .yes || answer == .unknown && matchesUnknown }
}
