import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillSystem

struct PolicyCheckCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a policy and name every mistake with its line.",
        usage: "waybill policy check <file or ready policy> [<options>]",
        discussion: """
            Of a ready policy it prints the document, to be copied. Exit code 2 if there are mistakes.

            Example:
              waybill policy check ./policy.yaml
              waybill policy check research
            """)

    @Argument(help: "A file, or permissive-commercial, eu-documented, research.", completion: .file())
    var policy: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        if let ready = ReadyPolicy(rawValue: policy), let read = ready.policy {
            let document = String(decoding: ready.bytes, as: UTF8.self)
            let lines = document.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText(String($0)) }
            return CommandResult(Self.fields(read, "ready policy", problems: []), text: TerminalText(lines: lines))
        }
        let path = session.absolutePath(policy)
        let bytes = try session.document(path)
        let read = PolicyReader.read(bytes, digest: SHA256.digest(of: bytes))
        guard let policy = read.policy else {
            let lines = read.problems.map { problem -> TerminalText in
                let line: TerminalText = problem.line.map { ", line \($0)" } ?? ""
                return "\(path)\(line): \(problem.place.isEmpty ? "" : "\(problem.place) ")\(problem.problem)"
            }
            let problems: [OutputValue] = read.problems.map { problem in
                .object(["line": .optional(problem.line), "place": .string(problem.place), "problem": .string(problem.problem)])
            }
            return CommandResult(
                ["policy": .string(path), "problems": .array(problems)], text: TerminalText(lines: lines),
                error: Session.mistakes(read.problems, in: path))
        }
        let count = Measure.count(policy.rules.count, "rule")
        return CommandResult(
            Self.fields(policy, path, problems: []),
            text: "\(path) is a policy: \(policy.name), \(count), \(Measure.count(policy.exceptions.count, "exception"))")
    }

    private static func fields(_ policy: Policy, _ place: String, problems: [OutputValue]) -> [String: OutputValue] {
        [
            "policy": .string(place), "name": .string(policy.name), "sha256": .digest(policy.digest), "problems": .array(problems),
            "default": .string(policy.allowsByDefault ? "allow" : "deny"),
            "rules": .array(
                policy.rules.map { rule in
                    .object([
                        "id": .string(rule.id), "effect": .string(rule.effect.rawValue), "gate": .string(rule.gate.rawValue),
                        "reason": .string(rule.reason),
                    ])
                }),
        ]
    }
}
