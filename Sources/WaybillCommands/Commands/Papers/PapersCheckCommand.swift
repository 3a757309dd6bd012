import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTransfer

struct PapersCheckCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Lint disclosure.yaml: mistakes with their lines, and what is missing for which definition.",
        usage: "waybill papers check <directory> [<options>]",
        discussion: """
            Exit code 1 if disclosure.yaml is missing or has an error. What the Model Openness Framework, OSAID 1.0 and the summary of \
            training content of the European Union ask for beyond it is listed and is no error.

            Example:
              waybill papers check ./tiny
            """)

    @Argument(help: "The directory of the model's files.", completion: .directory)
    var directory: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let work = session.lightWork()
        let path = session.absolutePath(directory)
        let check = try await lifting { () async throws(TransferError) in
            try await ModelEvidence.directory(path, hashes: false, work: work)
                .read { (files) throws(SystemError) in try DisclosureCheck.check(files) }
        }
        var fields: [String: OutputValue] = ["directory": .string(path)]
        if case .object(let members) = OutputValue(check.json) { fields.merge(members) { _, new in new } }
        var lines = check.lines.map { TerminalText($0) }
        if !check.hasErrors { lines.append("\(path)/\(Disclosure.fileName) has no errors") }
        return CommandResult(fields, text: TerminalText(lines: lines), error: Self.error(check, path))
    }

    private static func error(_ check: DisclosureCheck, _ path: String) -> CommandError? {
        guard let first = check.problems.first(where: { $0.severity == .error }) else { return nil }
        let count = check.problems.count { $0.severity == .error }
        let more = count > 1 ? "; and \(count - 1) more errors" : ""
        let line = first.line.map { "line \($0): " } ?? ""
        return CommandError(
            .failure, subject: "\(path)/\(Disclosure.fileName)",
            cause: "\(line)\(first.place.isEmpty ? "" : "\(first.place) ")\(first.problem)\(more)",
            remedy: first.line == nil ? "'waybill papers init' drafts one" : "Protocol/PAPERS.md describes every key")
    }
}
