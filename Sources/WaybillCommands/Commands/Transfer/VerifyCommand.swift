import ArgumentParser
import WaybillFormat
import WaybillTransfer

struct VerifyCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a directory with the revision that it holds.",
        usage: "waybill verify [<directory>] [--quick] [<options>]",
        discussion: """
            Every file is hashed and compared with the manifest, offline. Exit code 4 if a file is missing, modified or damaged.

            Example:
              waybill verify ./tiny
            """)

    @Argument(help: "A directory that was pulled or pushed.", completion: .directory)
    var directory = "."

    @Flag(help: "Compare sizes and times only.")
    var quick = false

    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let directory = session.absolutePath(directory)
        let verify = Verify(directory: self.directory, quick: quick, work: try work.makeWork(), progress: session.output.progress)
        let report = try await lifting { () async throws(TransferError) in try await verify.run() }
        let problems = report.problems.map { problem in
            OutputValue.object([
                "path": .string(problem.path.text), "kind": .string(problem.kind.rawValue), "detail": .string(problem.detail),
            ])
        }
        let fields: [String: OutputValue] = [
            "directory": .string(directory), "manifest": .digest(report.manifest), "contentId": .digest(report.contentId),
            "model": .string(report.model.path), "ref": .optional(report.ref?.text), "entry": .optional(report.entry),
            "filesTotal": .integer(report.filesTotal), "filesSelected": .integer(report.filesSelected),
            "filesVerified": .integer(report.filesVerified), "bytesVerified": .integer(report.bytesVerified),
            "complete": .bool(report.problems.isEmpty), "problems": .array(problems), "untracked": .integer(report.untracked),
            "quick": .bool(quick), "seconds": .decimal(report.seconds),
        ]
        return CommandResult(fields, text: text(report), isSummary: report.problems.isEmpty, error: Self.error(report, directory))
    }

    private static func error(_ report: VerifyReport, _ directory: String) -> CommandError? {
        guard let first = report.problems.first else { return nil }
        let more = report.problems.count == 1 ? "" : ", and \(Measure.count(report.problems.count - 1, "file")) more"
        return CommandError(
            .integrity, subject: directory, cause: "'\(first.path.text)' is \(first.kind.rawValue)\(more)",
            remedy: "'waybill repair \(directory)' fetches what is wrong")
    }

    private func text(_ report: VerifyReport) -> TerminalText {
        let name: TerminalText = "\(report.model)\(report.ref.map { ":\($0.text)" } ?? "")\(report.entry.map { ", entry \($0)" } ?? "")"
        var lines: [TerminalText] = []
        for problem in report.problems.prefix(100) {
            lines.append(
                "\(TerminalText("\(problem.kind.rawValue)").padded(to: 9)) \(problem.path)\(problem.detail.isEmpty ? "" : " (\(problem.detail))")"
            )
        }
        if report.problems.count > 100 { lines.append("... and \(report.problems.count - 100) more (--json lists all)") }
        let checked = quick ? "sizes and times of" : "all bytes of"
        if report.problems.isEmpty {
            let part =
                report.filesSelected < report.filesTotal ? "complete for \(report.filesSelected) of \(report.filesTotal) files: " : ""
            lines.append("\(part)\(checked) \(Measure.count(report.filesVerified, "file")) are right (\(name))")
        } else {
            lines.append("\(report.filesVerified) of \(report.filesSelected) files are right (\(name))")
        }
        lines.append(
            "  revision  \(report.manifest)\n  \(Measure.bytes(report.bytesVerified)) in \(Measure.duration(report.seconds)); \(Measure.count(report.untracked, "other file")) beside"
        )
        return TerminalText(lines: lines)
    }
}
