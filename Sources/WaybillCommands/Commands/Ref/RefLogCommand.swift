import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillTransfer

struct RefLogCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the entries of a ref, newest first.",
        discussion: """
            Example:
              waybill ref log hub/acme/tiny:main
            """)

    @Argument(help: "REMOTE/org/name[:ref].")
    var address: String

    @Option(help: ArgumentHelp("At most this many entries.", valueName: "n"))
    var limit = 100

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let target = try session.resolver().address(address)
        guard limit >= 1 else { throw .usage("--limit \(limit)", "is not a number of entries", "Give 1 or more") }
        guard target.revision == nil else {
            throw .usage(target.text, "a log is of a ref, not of a digest", "Leave out what begins with @")
        }
        let ref = target.ref ?? .main
        let lines = try await session.with(target, tokenFile: remote.tokenFile, work: session.lightWork(), retry: remote.retry) {
            (opened, _) async throws(CommandError) in
            try await lifting { () async throws(TransferError) in
                try await RefChange.log(source: opened.source, model: target.model, ref: ref, limit: limit)
            }
        }
        return CommandResult(
            [
                "remote": .string(target.remote.text), "model": .string(target.model.path), "ref": .string(ref.text),
                "entries": .array(lines.map(Self.value)),
            ], text: TerminalText(lines: lines.map(Self.text)))
    }

    private static func value(_ line: RefChange.LogLine) -> OutputValue {
        let entry = line.entry?.entry
        return .object([
            "n": .integer(line.n), "burnt": .bool(line.entry == nil), "digest": .optional(line.entry?.digest),
            "manifest": .optional(entry?.manifest), "movedTo": .optional(entry?.movedTo?.path), "state": .optional(entry?.state.rawValue),
            "reason": .optional(entry?.reason), "time": .optional(entry?.time), "expires": .optional(entry?.expires),
        ])
    }

    private static func text(_ line: RefChange.LogLine) -> TerminalText {
        let number: TerminalText = "#\(TerminalText("\(line.n)").padded(to: 4))"
        guard let entry = line.entry?.entry else { return "\(number) cannot be read: \(line.problem ?? "")" }
        let reason: TerminalText = entry.reason.map { "  \($0)" } ?? ""
        let what = entry.movedTo.map { "moved to \($0)" } ?? entry.manifest?.hex ?? "no revision"
        return "\(number) \(entry.time)  \(entry.state.rawValue)  \(what)\(reason)"
    }
}
