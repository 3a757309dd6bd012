import ArgumentParser
import WaybillFormat
import WaybillTransfer

struct PushCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Send the files of a directory as a new revision of a model.",
        usage: "waybill push <directory> <address> [--key <file>] [--expect <n>] [--rehash] [<options>]",
        discussion: """
            Every file is read once; only chunks that the remote lacks are sent. The revision appears when its ref entry is \
            written, whole or not at all. An interrupted push is continued by running it again: what was hashed is remembered by \
            the files' sizes and times.

            Example:
              waybill push ./tiny http://localhost:8090/acme/tiny
              waybill push ./tiny file:./store/acme/tiny:v1.2
            """)

    @Argument(help: "The directory of model files.", completion: .directory)
    var directory: String

    @Argument(help: "Where to: REMOTE/org/name[:ref].")
    var address: String

    @Option(
        help: ArgumentHelp("The ref's newest entry must have this number (0: there is none); else the push is a conflict.", valueName: "n"))
    var expect: Int?

    @Flag(help: "Read every file, also those whose size and times say that nobody wrote to them since the last push.")
    var rehash = false

    @OptionGroup var signing: SigningOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        if directory.contains("://") {
            throw .usage(directory, "the directory comes first, then the address", "waybill push \(address) \(directory)")
        }
        let target = try resolver.address(address)
        guard target.revision == nil else {
            throw .usage(target.text, "a push makes a revision and cannot be told its digest", "Leave out what begins with @")
        }
        if let expect, expect < 0 { throw .usage("--expect \(expect)", "is not the number of an entry", "Give 0 or more") }
        let work = try work.makeWork()
        let ref = target.ref ?? .main
        let signing = try session.signing(signing, for: target.model)
        let report = try await session.with(target, tokenFile: remote.tokenFile, work: work, retry: remote.retry) {
            (opened, _) async throws(CommandError) in
            try await session.requirePushes(opened, target.remote)
            var options = PushOptions()
            options.expect = expect
            options.rehash = rehash
            options.signing = signing
            let push = Push(
                directory: directory, store: opened.store, remote: target.remote.text, model: target.model, ref: ref, options: options,
                work: work, progress: session.output.progress)
            return try await lifting { () async throws(TransferError) in try await push.run() }
        }
        for notice in report.notices { session.output.notice("\(notice)") }
        var fields = report.fields
        fields["keys"] = .strings(signing?.keyIDs.map(\.hex) ?? [])
        fields["address"] = .string(target.text)
        fields["directory"] = .string(resolver.absolutePath(directory))
        return CommandResult(fields, text: text(report, target), isSummary: true)
    }

    private func text(_ report: TransferReport, _ target: ResolvedAddress) -> TerminalText {
        let ref = report.ref?.text ?? ""
        let entry = report.entry.map(String.init) ?? "?"
        guard !report.unchanged else {
            return "\(report.model):\(ref) has these files already (entry \(entry))\n  revision  \(report.manifest)"
        }
        return """
            pushed \(report.model):\(ref), entry \(entry), to \(target.remote.text)
              revision  \(report.manifest)
              content   \(report.contentId)
              \(report.summary(verb: "sent"))
            """
    }
}
