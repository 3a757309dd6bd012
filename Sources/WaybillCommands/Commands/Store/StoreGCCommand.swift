import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillSystem

struct StoreGCCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Free what no revision of a store needs.",
        usage: "waybill store gc <store> [--dry-run] [--keep-last <n>] [--keep-within <time>] [--keep-ref <glob>]... [<options>]",
        discussion: """
            Keeps what any entry of any ref names, unless --keep-last or --keep-within say otherwise; the newest entry of a ref \
            always keeps its revision. What is not needed is condemned, and deleted by a run after the grace, if nothing needs \
            it again by then: run it daily, always with the same rules. Safe while pushes, pulls and mirrors use the store; \
            an interrupted run is continued by the next one.

            Example:
              waybill store gc ./store --dry-run
              waybill store gc ./store --keep-last 3 --keep-ref 'v*'
            """)

    @Argument(help: "The directory of a store, or s3://bucket/prefix.", completion: .directory)
    var store: String

    @Flag(help: "Only say what would be done.")
    var dryRun = false

    @Option(help: ArgumentHelp("Keep the revisions of the newest n entries of each ref.", valueName: "n"))
    var keepLast: Int?

    @Option(help: ArgumentHelp("Keep also the revisions of entries younger than this: 30d, 12h.", valueName: "time"))
    var keepWithin: TimeSpan?

    @Option(
        help: ArgumentHelp("Refs whose whole history is kept: 'v*', 'acme/tiny', 'acme/*:prod'. May be repeated.", valueName: "glob"))
    var keepRef: [String] = []

    @Option(help: ArgumentHelp("Time between condemning and deleting, for readers to finish.", valueName: "time"))
    var grace = TimeSpan(seconds: CollectionOptions.defaultGrace)

    @Option(help: ArgumentHelp("A push that was not heard of for this time is taken for dead.", valueName: "time"))
    var abandonAfter = TimeSpan(seconds: CollectionOptions.defaultAbandonAfter)

    @Option(help: ArgumentHelp("Packs with more dead bytes than this are packed anew.", valueName: "percent"))
    var repackAbove = 30

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let options = try options()
        let resolver = try session.resolver()
        if grace.seconds < CollectionOptions.defaultGrace, !dryRun {
            session.output.notice(
                "with a grace of \(TimeSpan.text(grace.seconds)), pulls of what is deleted that run longer than that will fail")
        }
        let report: CollectionReport
        let place: String
        if let location = try resolver.bucket(store) {
            report = try await collect(location, options, session)
            place = "\(location)"
        } else {
            let path = try resolver.storeDirectory(store)
            let store = try await lifting { () async throws(StoreError) in try await DirectoryStore.open(path, work: session.lightWork()) }
            report = try await lifting { () async throws(StoreError) in try await Collector(store, options: options).run() }
            place = resolver.absolutePath(path)
        }
        for notice in report.notices { session.output.warning("\(notice)") }
        return CommandResult(fields(report, place), text: text(report, place), isSummary: true)
    }

    private func collect(
        _ location: RemoteLocation, _ options: CollectionOptions, _ session: Session
    ) async throws(CommandError) -> CollectionReport {
        let store = try session.bucket(location)
        do throws(StoreError) {
            let report = try await BucketCollector(store, options: options, work: session.lightWork()).run()
            await store.close()
            return report
        } catch {
            await store.close()
            throw CommandError(error)
        }
    }

    private func options() throws(CommandError) -> CollectionOptions {
        if let keepLast, keepLast < 1 {
            throw .usage("--keep-last \(keepLast)", "is too few", "The newest entry of a ref always keeps its revision: give 1 or more")
        }
        guard keepRef.isEmpty || keepLast != nil || keepWithin != nil else {
            throw .usage(
                "--keep-ref", "excepts refs from --keep-last and --keep-within, and neither is given", "Without them everything is kept")
        }
        guard (0...100).contains(repackAbove) else {
            throw .usage("--repack-above \(repackAbove)", "is no percentage", "Give 0 to 100; 100 packs nothing anew")
        }
        var options = CollectionOptions()
        options.retention.last = keepLast
        options.retention.within = keepWithin?.seconds
        for text in keepRef { options.retention.refs.append(try lifting { () throws(FormatError) in try RefPattern(text) }) }
        options.grace = grace.seconds
        options.abandonAfter = abandonAfter.seconds
        options.repackAbove = repackAbove
        options.isDryRun = dryRun
        return options
    }

    private func fields(_ report: CollectionReport, _ place: String) -> [String: OutputValue] {
        func amount(_ amount: CollectionReport.Amount) -> [String: OutputValue] {
            ["packs": .integer(amount.packs), "bytes": .integer(amount.bytes), "revisions": .integer(amount.revisions)]
        }
        let waiting = report.waiting.map { waiting -> OutputValue in
            var fields = amount(waiting.amount)
            fields["set"] = .string(waiting.name.text)
            fields["until"] = .string(Host.timestamp(waiting.until))
            fields["intents"] = .strings(waiting.intents.map(\.text))
            return .object(fields)
        }
        return [
            "store": .string(place), "dryRun": .bool(report.isDryRun), "revisionsKept": .integer(report.revisionsKept),
            "liveBytes": .integer(report.liveBytes), "deadBytes": .integer(report.deadBytes),
            "condemned": .object(amount(report.condemned)), "waiting": .array(waiting), "revived": .object(amount(report.revived)),
            "repacked": .object(amount(report.repacked)), "freed": .object(amount(report.freed)),
            "evidence": .integer(report.evidence), "temporaryFiles": .integer(report.temporaryFiles),
            "abandonedPushes": .integer(report.abandonedIntents),
            "missingChunks": .integer(report.missingChunks), "notices": .strings(report.notices),
        ]
    }

    private func text(_ report: CollectionReport, _ place: String) -> TerminalText {
        func shown(_ amount: CollectionReport.Amount) -> String {
            "\(Measure.bytes(amount.bytes)) in \(Measure.count(amount.packs, "pack")), \(Measure.count(amount.revisions, "revision"))"
        }
        var rows = [("in use", "\(Measure.bytes(report.liveBytes)) for \(Measure.count(report.revisionsKept, "revision"))")]
        rows.append(("not in use", Measure.bytes(report.deadBytes)))
        rows.append(("freed", shown(report.freed)))
        rows.append(("condemned", shown(report.condemned)))
        if report.repacked.packs > 0 {
            rows.append(("repacked", "\(Measure.count(report.repacked.packs, "pack")), \(Measure.bytes(report.repacked.bytes)) copied"))
        }
        if report.revived.packs + report.revived.revisions > 0 { rows.append(("revived", shown(report.revived))) }
        for waiting in report.waiting {
            let pushes = waiting.intents.isEmpty ? "" : ", and for \(Measure.count(waiting.intents.count, "push", "pushes"))"
            rows.append(("waiting", "\(shown(waiting.amount)), until \(Host.timestamp(waiting.until))\(pushes)"))
        }
        if report.evidence > 0 { rows.append(("evidence", "\(Measure.count(report.evidence, "object")) that nothing names")) }
        if report.temporaryFiles > 0 { rows.append(("swept", Measure.count(report.temporaryFiles, "temporary file"))) }
        if report.abandonedIntents > 0 {
            rows.append(("given up", Measure.count(report.abandonedIntents, "push that is gone", "pushes that are gone")))
        }
        let title: TerminalText = report.isDryRun ? "\(place) (nothing was changed)" : "\(place)"
        return TerminalText(lines: [title] + rows.map { "  \(TerminalText($0.0).padded(to: 11))\($0.1)" })
    }
}
