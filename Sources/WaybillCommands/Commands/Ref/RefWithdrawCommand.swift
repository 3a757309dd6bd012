import ArgumentParser
import WaybillFormat
import WaybillTransfer

struct RefWithdrawCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Withdraw what a ref names, with a reason.",
        usage: "waybill ref withdraw <address> --reason <text> [<options>]",
        discussion: """
            Nothing is deleted: a new entry says that the revision is withdrawn and why, and pulls of the ref are refused with \
            that reason.

            Example:
              waybill ref withdraw hub/acme/tiny:v1.2 --reason 'licence withdrawn by the author'
            """)

    @Argument(help: "REMOTE/org/name:ref.")
    var address: String

    @Option(help: ArgumentHelp("Shown to whoever asks for the ref.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("The ref's newest entry must have this number.", valueName: "n"))
    var expect: Int?

    @OptionGroup var signing: SigningOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let place = try session.resolver().address(address)
        let ref = try RefSetCommand.named(place)
        guard !reason.isEmpty, reason.utf8.count <= RefEntry.maximumReasonByteCount else {
            throw .usage("--reason", "is empty or longer than \(RefEntry.maximumReasonByteCount) bytes", "Say in a sentence why")
        }
        let signing = try session.signing(signing, for: place.model)
        let entry = try await session.with(place, tokenFile: remote.tokenFile, work: session.lightWork(), retry: remote.retry) {
            (opened, _) async throws(CommandError) in
            try await session.requirePushes(opened, place.remote)
            return try await lifting { () async throws(TransferError) in
                try await RefChange.withdraw(
                    store: opened.store, model: place.model, ref: ref, reason: reason, expect: expect, signing: signing)
            }
        }
        return CommandResult(
            [
                "remote": .string(place.remote.text), "model": .string(place.model.path), "ref": .string(ref.text),
                "entry": .integer(entry),
                "reason": .string(reason),
            ], text: "\(place.model):\(ref) is withdrawn (entry \(entry))", isSummary: true)
    }
}
