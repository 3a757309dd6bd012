import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTransfer

struct PolicyExplainCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show what every rule says of a model, and what it rests on.",
        usage: "waybill policy explain <address or directory> [--before <directory>] [--policy <policy>] [<options>]",
        discussion: """
            Pulls nothing and records nothing. Of an address only what papers and scans need is fetched. --before names the directory that \
            would be pulled into: what rules about changes say depends on the revision that it holds. Exit code 5 if a policy refuses.

            Example:
              waybill policy explain hub/acme/tiny --policy permissive-commercial
              waybill policy explain hub/acme/tiny --before ./tiny
            """)

    @Argument(help: "REMOTE/org/name[:ref][@sha256], or a directory.")
    var target: String

    @Option(
        help: ArgumentHelp("The directory whose revision counts as the one held before.", valueName: "directory"), completion: .directory)
    var before: String?

    @OptionGroup var policy: PolicyOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let work = try work.makeWork()
        let policies = try session.policies(policy.policy)
        guard !policies.isEmpty else {
            throw .usage("policy explain", "no policy holds here", "Name one: --policy permissive-commercial, or a file")
        }
        let held = try await held(session, work)
        return try await session.with(papersOf: target, remote: remote, work: work) { (found) async throws(CommandError) in
            let decisions = try await lifting { () async throws(TransferError) in
                var earlier: [PapersFindings?] = policies.map { _ in nil }
                if let held {
                    earlier = try await held.evidence.read { (files) throws(SystemError) in
                        policies.map { held.unchecked(files, $0) }
                    }
                }
                let known = earlier
                return try await found.evidence.read { (files) throws(SystemError) in
                    let report = policies.contains { $0.has(.content) } ? try ContentScanner.scan(files) : nil
                    var decided: [Explained] = []
                    for (policy, before) in zip(policies, known) {
                        decided.append(try Explained(policy, files, report, found, before: before, isWhole: held?.isWhole ?? true))
                    }
                    return decided
                }
            }
            return Self.result(decisions, found)
        }
    }

    /// The revision that a directory holds.
    private struct Held: Sendable {
        let evidence: ModelEvidence
        let isWhole: Bool

        /// Files that are gone since leave what changed unknown: they are no error here.
        func unchecked(_ files: [EvidenceFile], _ policy: Policy) -> PapersFindings {
            PapersEvaluator.evaluate(
                files: files, determinations: policy.determinations, ancestors: policy.ancestors, manifest: evidence.digest,
                at: Session.time())
        }
    }

    private func held(_ session: Session, _ work: Work) async throws(CommandError) -> Held? {
        guard let before else { return nil }
        let path = session.absolutePath(before)
        guard let held = try await lifting({ () async throws(TransferError) in try await ModelEvidence.held(in: path, work: work) }) else {
            throw CommandError(
                .notFound, subject: path, cause: "holds no revision: it was neither pulled nor pushed",
                remedy: "Without --before the model counts as one that was never held")
        }
        return Held(evidence: held.evidence, isWhole: held.isWhole)
    }

    private static func result(_ explained: [Explained], _ target: PapersTarget) -> CommandResult {
        var lines: [TerminalText] = []
        for policy in explained { lines += policy.lines }
        let refusal = explained.flatMap(\.decisions).first { !$0.allows }
        lines.append(
            refusal.map { "refused by policy \($0.policy.name), rule \($0.ruleID): \($0.reason)" } ?? "allowed: \(target.text)")
        let error = refusal.map { decision in
            CommandError(
                .policy, subject: target.text,
                cause: "refused by policy \(decision.policy.name), rule \(decision.ruleID): \(decision.reason)", remedy: decision.remedy)
        }
        return CommandResult(
            [
                "target": .string(target.text), "allowed": .bool(refusal == nil), "policies": .array(explained.map(\.value)),
                "manifest": .optional(target.evidence.digest),
            ], text: TerminalText(lines: lines), error: error)
    }
}

/// What one policy says of a model at every gate.
struct Explained: Sendable {
    let policy: Policy
    let facts: PolicyFacts
    let decisions: [PolicyDecision]

    init(
        _ policy: Policy, _ files: [EvidenceFile], _ report: ScanReport?, _ target: PapersTarget, before: PapersFindings? = nil,
        isWhole: Bool = true
    ) throws(SystemError) {
        self.policy = policy
        let findings = try target.findings(files, [policy])
        var facts = PolicyFacts()
        facts.note(model: target.model, ref: target.ref, remote: target.remote)
        facts.note(findings, files: files)
        facts.note(change: findings, since: before, isWhole: isWhole)
        if let report { facts.note(report) }
        self.facts = facts
        let subject = PolicySubject(model: target.model?.path, contentId: findings.contentId)
        let known = facts
        decisions = PolicyGate.allCases.filter(policy.has).map { policy.decide($0, known, subject, at: Session.time()) }
    }

    var lines: [TerminalText] {
        var lines: [TerminalText] = ["policy \(policy.name)"]
        for decision in decisions {
            lines.append("  gate \(decision.gate.rawValue): \(decision.allows ? "allowed" : "refused"), rule \(decision.ruleID)")
            for step in decision.steps {
                let mark: TerminalText = step.exception != nil ? "excepted" : step.isMatched ? "matches" : "passed over"
                lines.append("    \(step.rule.id) (\(step.rule.effect.rawValue)): \(step.answer.rawValue), \(mark)")
                for field in step.rule.condition.fields { lines.append("      \(field.rawValue) = \(facts[field].text)") }
                if let exception = step.exception {
                    lines.append("      by exception of \(exception.owner) until \(exception.expires): \(exception.reason)")
                }
                for exception in step.expired { lines.append("      the exception of \(exception.owner) expired \(exception.expires)") }
            }
        }
        return lines
    }

    var value: OutputValue {
        .object([
            "name": .string(policy.name), "sha256": .digest(policy.digest),
            "gates": .array(
                decisions.map { decision in
                    .object([
                        "gate": .string(decision.gate.rawValue), "allowed": .bool(decision.allows), "rule": .string(decision.ruleID),
                        "reason": .string(decision.reason), "remedy": .string(decision.remedy),
                        "steps": .array(decision.steps.map(step)),
                    ])
                }),
        ])
    }

    private func step(_ step: PolicyDecision.Step) -> OutputValue {
        .object([
            "rule": .string(step.rule.id), "effect": .string(step.rule.effect.rawValue), "answer": .string(step.answer.rawValue),
            "matches": .bool(step.isMatched), "exception": .optional(step.exception?.owner),
            "facts": .object(
                Dictionary(
                    step.rule.condition.fields.map { ($0.rawValue, .string(facts[$0].text)) }, uniquingKeysWith: { first, _ in first })
            ),
        ])
    }
}
