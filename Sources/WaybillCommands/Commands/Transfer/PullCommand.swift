import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillTransfer

struct PullCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Bring a directory to a revision of a model.",
        usage: "waybill pull <address> [<directory>] [--from <remote>]... [<options>]",
        discussion: """
            What the directory holds already is not fetched again. Every byte is checked before files take their names, all at \
            once. An interrupted pull is continued by running it again. Files that you edited, and files that Waybill did not \
            write, are never replaced without --overwrite.

            Example:
              waybill pull http://localhost:8090/acme/tiny
              waybill pull hub/acme/tiny:v1.2 ./t --include '*.safetensors'
            """)

    @Argument(help: "What: REMOTE/org/name[:ref][@sha256].")
    var address: String

    @Argument(help: "The directory; ./<name> unless given.", completion: .directory)
    var directory: String?

    @Option(name: .customLong("from"), help: ArgumentHelp("Another remote to take bytes from. May be repeated.", valueName: "remote"))
    var sources: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only files that match. May be repeated; later pulls remember it. '*' brings everything again.", valueName: "glob"))
    var include: [String] = []

    @Flag(help: "Replace edited files, and files that Waybill did not write.")
    var overwrite = false

    @OptionGroup var policy: PolicyOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let target = try resolver.address(address)
        if let directory, directory.contains("://") {
            throw .usage(directory, "a directory was expected after the address", "Further sources are given with --from REMOTE")
        }
        let directory = directory ?? "./\(target.model.name)"
        var extras: [ResolvedRemote] = []
        for source in sources { extras.append(try resolver.remote(source)) }
        let work = try work.makeWork()
        let enforcement = try session.enforcement(policy.policy, command: "pull")
        let trust = session.publisherCheck
        let report = try await session.with(target, tokenFile: remote.tokenFile, work: work, retry: remote.retry) {
            [extras] (opened, tokens) async throws(CommandError) in
            try await pull(
                target, from: opened, extras: extras[...], opened: [], tokens: tokens, into: directory, enforcement, trust, work: work,
                session)
        }
        for notice in report.notices { session.output.notice("\(notice)") }
        var fields = report.fields
        fields["address"] = .string(target.text)
        fields["directory"] = .string(resolver.absolutePath(directory))
        fields["trust"] = report.standing.map { .object($0.fields) } ?? .null
        fields["filesSelected"] = .integer(report.filesSelected)
        let remotes = [target.remote.text] + extras.map(\.text)
        fields["sources"] = .array(zip(remotes, report.sources).map { $1.value(remote: $0) })
        return CommandResult(fields, text: text(report, directory, remotes), isSummary: true)
    }

    /// Opens the further sources, one inside the other so that each is closed again, and pulls.
    private func pull(
        _ target: ResolvedAddress, from main: OpenRemote, extras: ArraySlice<ResolvedRemote>, opened: [any ChunkSource],
        tokens: TokenChoice, into directory: String, _ enforcement: PolicyEnforcement?, _ trust: PublisherCheck, work: Work,
        _ session: Session
    ) async throws(CommandError) -> TransferReport {
        guard let next = extras.first else {
            var options = PullOptions()
            options.include = include
            options.overwrite = overwrite
            options.policy = enforcement
            options.trust = trust
            let pull = Pull(
                source: main.source, extraSources: opened, remote: target.remote.text, model: target.model, ref: target.lookedUpRef,
                revision: target.revision, directory: directory, options: options, work: work, progress: session.output.progress)
            return try await lifting { () async throws(TransferError) in try await pull.run() }
        }
        return try await session.with(next, tokens: tokens, work: work, retry: remote.retry) { (extra) async throws(CommandError) in
            try await self.pull(
                target, from: main, extras: extras.dropFirst(), opened: opened + [extra.source], tokens: tokens, into: directory,
                enforcement, trust, work: work, session)
        }
    }

    private func text(_ report: TransferReport, _ directory: String, _ remotes: [String]) -> TerminalText {
        let name: TerminalText = "\(report.model)\(report.ref.map { ":\($0.text)" } ?? "")"
        let part: TerminalText =
            report.filesSelected < report.filesTotal ? "\n  \(report.filesSelected) of \(report.filesTotal) files, by --include" : ""
        // Without a pin there is nothing to say that would help.
        let signed: TerminalText = report.standing.flatMap { $0.record == nil ? nil : "\n  \($0.summary)" } ?? ""
        guard !report.unchanged else { return "\(directory) is up to date with \(name)\n  revision  \(report.manifest)\(part)\(signed)" }
        return """
            pulled \(name) into \(directory)
              revision  \(report.manifest)
              content   \(report.contentId)
              \(report.summary(verb: "received"))\(part)\(signed)\(report.sourceLines(remotes))
            """
    }
}
