import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillTransfer

struct RepairCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Make the files of a directory right again, fetching only what is wrong.",
        usage: "waybill repair [<directory>] [--from <remote>]... [<options>]",
        discussion: """
            Every chunk of every file is compared with the revision that the directory holds. Wrong and missing ones are copied \
            from other files of the directory or fetched from where it came from, and written into the files. Where somebody had \
            edited a file, what is replaced is kept under .waybill/replaced. Other files are not touched.

            Example:
              waybill repair ./tiny
              waybill repair ./tiny --from https://mirror.example.com/hub
            """)

    @Argument(help: "A directory that was pulled or pushed.", completion: .directory)
    var directory = "."

    @Option(name: .customLong("from"), help: ArgumentHelp("Another remote to take bytes from. May be repeated.", valueName: "remote"))
    var sources: [String] = []

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        if directory.contains("://") {
            throw .usage(directory, "a directory was expected", "Sources are given with --from REMOTE")
        }
        var extras: [ResolvedRemote] = []
        for source in sources { extras.append(try resolver.remote(source)) }
        let work = try work.makeWork()
        let directory = directory
        let recorded = try await lifting { () async throws(TransferError) in try await Repair.remote(of: directory, work: work) }
        // A record that names no remote of ours any more must not stand in the way of --from.
        let remembered = try? resolver.remote(recorded)
        let remotes = (remembered.map { [$0] } ?? []) + extras
        guard let first = remotes.first else {
            throw .usage(recorded, "the directory remembers no remote that this version reaches", "Name one with --from REMOTE")
        }
        let tokens = try session.tokens(first: first, file: remote.tokenFile)
        let report = try await session.with(sources: remotes, tokens: tokens, work: work) { (opened) async throws(CommandError) in
            let repair = Repair(directory: directory, sources: opened, work: work, progress: session.output.progress)
            return try await lifting { () async throws(TransferError) in try await repair.run() }
        }
        for notice in report.notices { session.output.notice("\(notice)") }
        var fields = report.fields
        fields["directory"] = .string(resolver.absolutePath(directory))
        fields["sources"] = .strings(remotes.map(\.text))
        return CommandResult(
            fields, text: text(report), isSummary: report.left.isEmpty && report.kept.isEmpty, error: report.error.map { CommandError($0) })
    }

    private func text(_ report: RepairReport) -> TerminalText {
        let name: TerminalText = "\(report.model)\(report.ref.map { ":\($0.text)" } ?? "")\(report.entry.map { ", entry \($0)" } ?? "")"
        var lines: [TerminalText] = []
        for file in report.mended.prefix(100) {
            lines.append("mended    \(file.path) (was \(file.kind.rawValue), \(Measure.count(file.chunks, "chunk")))")
        }
        if report.mended.count > 100 { lines.append("... and \(report.mended.count - 100) more (--json lists all)") }
        for left in report.left.prefix(100) {
            lines.append("\(TerminalText(left.problem.kind.rawValue).padded(to: 9)) \(left.problem.path) (\(left.problem.detail))")
        }
        if report.left.count > 100 { lines.append("... and \(report.left.count - 100) more (--json lists all)") }
        for kept in report.kept { lines.append("kept      \(kept.path): what was replaced is at \(kept.place)") }
        let part =
            report.filesSelected < report.filesTotal
            ? "complete for \(report.filesSelected) of \(report.filesTotal) files: " : ""
        if report.isUnchanged {
            lines.append("\(part)nothing to repair: all bytes of \(Measure.count(report.filesSelected, "file")) are right (\(name))")
        } else if report.left.isEmpty {
            lines.append("\(part)mended \(Measure.count(report.mended.count, "file")); all of them are right now (\(name))")
        } else {
            lines.append(
                "mended \(Measure.count(report.mended.count, "file")); \(Measure.count(report.left.count, "file")) still wrong (\(name))")
        }
        lines.append(
            "  revision  \(report.manifest)\n  received \(Measure.bytes(report.bytesTransferred)) for \(Measure.bytes(report.bytesTotal)) in \(Measure.duration(report.seconds))"
        )
        return TerminalText(lines: lines)
    }
}

extension RepairReport {
    fileprivate var fields: [String: OutputValue] {
        [
            "manifest": .digest(manifest), "contentId": .digest(contentId), "model": .string(model.path), "ref": .optional(ref?.text),
            "entry": .optional(entry), "filesTotal": .integer(filesTotal), "filesSelected": .integer(filesSelected),
            "bytesTotal": .integer(bytesTotal), "bytesTransferred": .integer(bytesTransferred), "bytesReused": .integer(bytesReused),
            "chunksTotal": .integer(chunksTotal), "chunksTransferred": .integer(chunksTransferred), "filesMended": .integer(mended.count),
            "mended": .array(
                mended.map {
                    .object(["path": .string($0.path.text), "kind": .string($0.kind.rawValue), "chunks": .integer($0.chunks)])
                }),
            "problems": .array(
                left.map {
                    .object([
                        "path": .string($0.problem.path.text), "kind": .string($0.problem.kind.rawValue),
                        "detail": .string("\($0.error.subject): \($0.error.cause)"), "code": .string($0.error.code.rawValue),
                    ])
                }),
            "kept": .array(
                kept.map {
                    .object(["path": .string($0.path.text), "place": .string($0.place), "bytes": .integer($0.bytes)])
                }),
            "complete": .bool(left.isEmpty), "unchanged": .bool(isUnchanged), "seconds": .decimal(seconds), "notices": .strings(notices),
        ]
    }
}
