import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillTransfer

struct StoreRepairCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Mend a store: from what it still holds, and from other stores.",
        usage: "waybill store repair <directory> [--from <remote>]... [<options>]",
        discussion: """
            All data is read. Readable frames of damaged packs are saved into new packs; locators, the chunk index and listings are \
            made anew; entries, manifests, lists and chunks that are damaged or missing are taken from other stores, verified. \
            What nobody has stays broken and is named. It can be interrupted and run again.

            Example:
              waybill store repair ./store
              waybill store repair ./store --from https://mirror.example.com/hub
            """)

    @Argument(help: "The directory.", completion: .directory)
    var directory: String

    @Option(
        name: .customLong("from"), help: ArgumentHelp("A remote that may hold what is lost here. May be repeated.", valueName: "remote"))
    var sources: [String] = []

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let path = try resolver.storeDirectory(directory)
        let place = resolver.absolutePath(path)
        var remotes: [ResolvedRemote] = []
        for source in sources { remotes.append(try resolver.remote(source)) }
        let work = try work.makeWork()
        let tokens: TokenChoice
        if let first = remotes.first {
            tokens = try session.tokens(first: first, file: remote.tokenFile)
        } else {
            tokens = TokenChoice(explicit: nil, credentials: session.credentials)
        }
        let report = try await session.with(sources: remotes, tokens: tokens, work: work) { (opened) async throws(CommandError) in
            let repair = StoreRepair(
                path, sources: opened, evidence: RevisionEvidence.rule, work: work, progress: session.output.storeProgress)
            return try await lifting { () async throws(StoreError) in try await repair.run() }
        }
        for notice in report.notices + report.after.notices { session.output.notice("\(notice)") }
        var fields = report.after.fields
        fields["store"] = .string(place)
        fields["sources"] = .strings(remotes.map(\.text))
        fields["steps"] = .array(report.steps.map { .object(["object": .string($0.object), "what": .string($0.what)]) })
        fields["framesSalvaged"] = .integer(report.framesSalvaged)
        fields["chunksFetched"] = .integer(report.chunksFetched)
        fields["bytesTransferred"] = .integer(report.bytesTransferred)
        fields["unchanged"] = .bool(report.steps.isEmpty)
        fields["notices"] = .strings(report.notices + report.after.notices)
        fields["seconds"] = .decimal(report.seconds)
        return CommandResult(fields, text: text(report, place), isSummary: report.after.isWhole, error: Self.error(report, place))
    }

    private static func error(_ report: StoreRepairReport, _ place: String) -> CommandError? {
        guard let first = report.after.problems.first else { return nil }
        let more = report.after.problems.count == 1 ? "" : "; \(report.after.problems.count - 1) more objects are not right either"
        return CommandError(
            report.steps.isEmpty ? .integrity : .partial, subject: "\(place)/\(first.object)", cause: first.cause + more,
            remedy: "Name a mirror that has it with --from REMOTE, or push the revision again from a directory that has its files")
    }

    private func text(_ report: StoreRepairReport, _ place: String) -> TerminalText {
        var lines: [TerminalText] = report.steps.prefix(100).map { "\($0.object): \($0.what)" }
        if report.steps.count > 100 { lines.append("... and \(report.steps.count - 100) more (--json lists all)") }
        if !report.after.isWhole {
            lines.append("still broken:")
            lines += report.after.problemLines
        }
        switch (report.after.isWhole, report.steps.isEmpty) {
        case (true, true): lines.append("\(place) is whole; there was nothing to repair")
        case (true, false): lines.append("\(place) is whole again")
        case (false, true): lines.append("\(place) could not be mended with what is here")
        case (false, false): lines.append("\(place) was mended in part")
        }
        lines.append(
            "  \(report.after.extent), in \(Measure.duration(report.seconds))\n  \(Measure.count(report.framesSalvaged, "frame")) salvaged, \(Measure.count(report.chunksFetched, "chunk")) fetched, \(Measure.bytes(report.bytesTransferred)) received"
        )
        return TerminalText(lines: lines)
    }
}
