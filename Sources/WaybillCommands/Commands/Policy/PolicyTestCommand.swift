import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTransfer

struct PolicyTestCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Hold a policy against cases with known answers.",
        usage: "waybill policy test <file> [<options>]",
        discussion: """
            The file lists cases: facts, or a directory of a model, and whether the policy must allow or deny. Exit code 1 if a case gives \
            something else.

            Example:
              waybill policy test ./policy-test.yaml
            """)

    @Argument(help: "The cases, as Protocol/POLICY.md describes them.", completion: .file())
    var file: String

    @OptionGroup var common: CommonOptions

    private struct Outcome {
        let name: String
        let line: Int
        /// Nil if it gave what was expected.
        let fault: String?
    }

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let path = session.absolutePath(file)
        let read = PolicyTest.read(try session.document(path))
        guard let test = read.test else { throw Session.mistakes(read.problems, in: path) }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
        func beside(_ name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }
        let isReady = ReadyPolicy(rawValue: test.policy) != nil
        let policy = try session.policy(named: isReady ? test.policy : beside(test.policy))
        var outcomes: [Outcome] = []
        for item in test.cases {
            let decision = try await decide(item, policy, directory: beside, session)
            var fault: String?
            if decision.allows != item.allows {
                fault = "\(decision.allows ? "allows" : "denies") it, by rule \(decision.ruleID): \(decision.reason)"
            } else if let rule = item.rule, rule != decision.ruleID {
                fault = "is decided by rule \(decision.ruleID) instead of \(rule)"
            }
            outcomes.append(Outcome(name: item.name, line: item.line, fault: fault))
        }
        return result(outcomes, policy, path)
    }

    /// The first gate that refuses, or else the last one.
    private func decide(
        _ item: PolicyTest.Case, _ policy: Policy, directory: (String) -> String, _ session: Session
    ) async throws(CommandError) -> PolicyDecision {
        let model = item.model.flatMap { try? ModelName($0) }
        let decisions: [PolicyDecision]
        switch item.given {
        case .facts(var facts):
            facts.note(model: model, ref: nil, remote: nil)
            let subject = PolicySubject(model: item.model, contentId: SHA256.digest(of: []))
            // Facts of scans that nobody gave say nothing about the rules that ask for them.
            let gates = PolicyGate.allCases.filter { gate in gate == .papers || facts.knows(gate) }
            let known = facts
            decisions = gates.map { policy.decide($0, known, subject, at: Session.time()) }
        case .directory(let path):
            let place = directory(path)
            let evidence = try await lifting { () async throws(TransferError) in
                try await ModelEvidence.directory(place, hashes: true, work: session.lightWork())
            }
            let target = PapersTarget(evidence: evidence, model: model, ref: nil, remote: nil, text: place)
            let explained = try await lifting { () async throws(TransferError) in
                try await evidence.read { (files) throws(SystemError) in
                    let report = policy.has(.content) ? try ContentScanner.scan(files) : nil
                    return try Explained(policy, files, report, target)
                }
            }
            decisions = explained.decisions
        }
        return decisions.first { !$0.allows } ?? decisions[0]
    }

    private func result(_ outcomes: [Outcome], _ policy: Policy, _ path: String) -> CommandResult {
        let failed = outcomes.filter { $0.fault != nil }
        var lines: [TerminalText] = failed.map { "\(path), line \($0.line): \($0.name): the policy \($0.fault ?? "")" }
        lines.append("\(Measure.count(outcomes.count, "case")) of policy \(policy.name), \(failed.count) failed")
        let error = failed.first.map { first in
            CommandError(
                .failure, subject: "\(path), line \(first.line)", cause: "\(first.name): the policy \(first.fault ?? "")",
                remedy: "Change the policy or the case")
        }
        return CommandResult(
            [
                "policy": .string(policy.name), "cases": .integer(outcomes.count), "failed": .integer(failed.count),
                "failures": .array(
                    failed.map { .object(["name": .string($0.name), "line": .integer($0.line), "fault": .optional($0.fault)]) }),
            ], text: TerminalText(lines: lines), error: error)
    }
}
