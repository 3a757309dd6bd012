import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTransfer

extension Session {
    private static let userPolicy = "policy.yaml"
    private static let maximumByteCount = 1 << 20

    /// The policies that hold for this user, each of which must allow: the machine's, and the one that is named or configured.
    /// - Parameter option: of `--policy`: a file, or the name of a ready policy.
    /// - Throws: `.policy` if the machine's cannot be read: nothing may be let in then; `.usage` for one of the user's.
    func policies(_ option: String?) throws(CommandError) -> [Policy] {
        var policies: [Policy] = []
        if (try? FileStatus.of(console.systemPolicy)) != nil {
            do throws(CommandError) {
                policies.append(try policy(file: console.systemPolicy))
            } catch {
                throw CommandError(
                    .policy, subject: error.subject, cause: "\(error.cause); it holds on this machine, so nothing is let in",
                    remedy: "Ask the administrator: 'waybill policy check \(console.systemPolicy)' names the mistakes")
            }
        }
        if let option {
            policies.append(try policy(named: option))
        } else if let folder = configuration.path, (try? FileStatus.of("\(folder)/\(Self.userPolicy)")) != nil {
            policies.append(try policy(file: "\(folder)/\(Self.userPolicy)"))
        }
        return policies
    }

    /// A ready policy, or the one in a file.
    func policy(named name: String) throws(CommandError) -> Policy {
        if let ready = ReadyPolicy(rawValue: name), let policy = ready.policy { return policy }
        return try policy(file: absolutePath(name))
    }

    private func policy(file path: String) throws(CommandError) -> Policy {
        let bytes = try document(path)
        let read = PolicyReader.read(bytes, digest: SHA256.digest(of: bytes))
        guard let policy = read.policy else { throw Self.mistakes(read.problems, in: path) }
        return policy
    }

    /// The bytes of a document that a person wrote.
    func document(_ path: String) throws(CommandError) -> [UInt8] {
        do throws(SystemError) {
            return try OwnedFile.open(path, .read).read(at: 0, count: Self.maximumByteCount + 1)
        } catch {
            guard error.code == .notFound else { throw CommandError(error) }
            let names = ReadyPolicy.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError(.notFound, subject: path, cause: "there is no such file", remedy: "Ready policies are \(names)")
        }
    }

    static func mistakes(_ problems: [DocumentProblem], in path: String) -> CommandError {
        let shown = problems.prefix(5).map { problem in
            "\(problem.line.map { "line \($0): " } ?? "")\(problem.place.isEmpty ? "" : "\(problem.place) ")\(problem.problem)"
        }
        let more = problems.count > 5 ? "; and \(problems.count - 5) more" : ""
        return CommandError(
            .usage, subject: path, cause: shown.joined(separator: "; ") + more,
            remedy: "Protocol/POLICY.md lists keys, facts and their words; 'waybill policy check' names all mistakes")
    }

    /// What decides over what a command lets in; nil where no policy holds.
    func enforcement(_ option: String?, command: String, log: String? = nil) throws(CommandError) -> PolicyEnforcement? {
        let policies = try policies(option)
        guard !policies.isEmpty else { return nil }
        let path: String
        if let log { path = log } else { path = try decisionLog() }
        return PolicyEnforcement(policies, command: command, log: DecisionLog(path: path), now: Self.time)
    }

    static let time: @Sendable () -> String = { Timestamp.text(secondsSince1970: Host.unixSeconds()) }

    private func decisionLog() throws(CommandError) -> String {
        if let folder = console.environment("XDG_STATE_HOME"), folder.hasPrefix("/") { return "\(folder)/waybill/decisions.jsonl" }
        guard let home = console.environment("HOME") else {
            throw CommandError(
                .usage, subject: "decisions.jsonl", cause: "there is no place for the audit record: neither XDG_STATE_HOME nor HOME is set",
                remedy: "Set HOME")
        }
        return "\(home)/.local/state/waybill/decisions.jsonl"
    }
}
