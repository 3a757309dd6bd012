import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillTransfer

struct StoreCheckCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Examine a store: every object, and whether they fit one another.",
        usage: "waybill store check <directory> [--read-data] [<options>]",
        discussion: """
            Ref entries, manifests, lists, locators, packs' footers and the chunk index are read and compared; nothing is changed. \
            With --read-data every frame is decoded and hashed as well, and every file's SHA-256 is computed from its chunks. \
            Exit code 4 if something is damaged or missing; it says which revisions and files that hurts.

            Example:
              waybill store check ./store
              waybill store check ./store --read-data
            """)

    @Argument(help: "The directory.", completion: .directory)
    var directory = "."

    @Flag(help: "Decode and hash every frame and every file.")
    var readData = false

    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let path = try resolver.storeDirectory(directory)
        let place = resolver.absolutePath(path)
        let work = try work.makeWork()
        let report = try await lifting { () async throws(StoreError) in
            try await StoreCheck.open(
                path, readsData: readData, evidence: RevisionEvidence.rule, work: work, progress: session.output.storeProgress
            ).run()
        }
        for notice in report.notices { session.output.notice("\(notice)") }
        var fields = report.fields
        fields["store"] = .string(place)
        fields["readData"] = .bool(readData)
        return CommandResult(fields, text: text(report, place), isSummary: report.isWhole, error: Self.error(report, place))
    }

    private static func error(_ report: StoreCheckReport, _ place: String) -> CommandError? {
        guard let first = report.problems.first else { return nil }
        let more = report.problems.count == 1 ? "" : "; \(report.problems.count - 1) more objects are not right"
        return CommandError(
            .integrity, subject: "\(place)/\(first.object)", cause: first.cause + more,
            remedy: "'waybill store repair \(place) --from REMOTE' mends what can be mended")
    }

    private func text(_ report: StoreCheckReport, _ place: String) -> TerminalText {
        var lines = report.problemLines
        let checked = readData ? "all bytes of it were read" : "structure only; --read-data reads all bytes"
        if report.isWhole {
            lines.append("\(place) is whole (\(checked))")
        } else {
            lines.append("\(place) is damaged: \(Measure.count(report.problems.count, "problem")) (\(checked))")
        }
        lines.append("  \(report.extent), in \(Measure.duration(report.seconds))")
        return TerminalText(lines: lines)
    }
}
