import WaybillFormat

/// A line of the audit record: one decision of all policies at one gate (Protocol/POLICY.md, "Decisions").
public struct DecisionRecord: Sendable {
    public static let schema = "waybill.decision/1"

    /// `YYYY-MM-DDThh:mm:ssZ`.
    public let time: String
    /// `pull`, `push`, `serve`, ...
    public let command: String
    public let model: String?
    public let ref: String?
    public let manifest: Digest?
    public let contentId: Digest
    public let decisions: [PolicyDecision]
    public let facts: PolicyFacts
    /// A refusal that no rule made: the claims are not what the evidence says.
    public let fault: String?

    public init(
        time: String, command: String, model: String?, ref: String?, manifest: Digest?, contentId: Digest, decisions: [PolicyDecision],
        facts: PolicyFacts, fault: String? = nil
    ) {
        self.time = time
        self.command = command
        self.model = model
        self.ref = ref
        self.manifest = manifest
        self.contentId = contentId
        self.decisions = decisions
        self.facts = facts
        self.fault = fault
    }

    public var allows: Bool { fault == nil && decisions.allSatisfy(\.allows) }

    /// One object on one line, with a line feed.
    public var line: [UInt8] { json.canonical + [0x0A] }

    public var json: JSONValue {
        let decider = decisions.first { !$0.allows } ?? decisions.last
        return .object([
            "schema": .string(Self.schema), "time": .string(time), "command": .string(command),
            "model": Self.optional(model), "ref": Self.optional(ref), "manifest": Self.optional(manifest?.hex),
            "contentId": .string(contentId.hex),
            "policies": .array(
                decisions.map { .object(["name": .string($0.policy.name), "sha256": .string($0.policy.digest.hex)]) }),
            "gate": .string((decider?.gate ?? .papers).rawValue), "decision": .string(allows ? "allow" : "deny"),
            "rule": .string(fault == nil ? decider?.ruleID ?? PolicyRule.defaultID : "claims"),
            "reason": .string(TerminalText.neutralised(fault ?? decider?.reason ?? "")),
            "warnings": .array(decisions.flatMap(\.warnings).map { .string($0.rule.id) }),
            "exceptions": .array(decisions.flatMap(\.exceptions).map(Self.exception)),
            "evaluator": .object([
                "version": .string(PapersEvaluator.version), "licenseRegistry": .string(LicenseRegistry.current.version),
                "spdxLicenseList": .string(LicenseRegistry.current.listVersion),
            ]),
            "facts": .object(Dictionary(uniqueKeysWithValues: asked.map { ($0.rawValue, .string(facts[$0].text)) })),
        ])
    }

    /// The facts that the rules asked for.
    private var asked: Set<PolicyField> { Set(decisions.flatMap(\.steps).flatMap(\.rule.condition.fields)) }

    private static func exception(_ exception: PolicyException) -> JSONValue {
        .object([
            "rules": .array(exception.rules.map { .string($0) }), "owner": .string(TerminalText.neutralised(exception.owner)),
            "reason": .string(TerminalText.neutralised(exception.reason)), "expires": .string(exception.expires),
        ])
    }

    private static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
