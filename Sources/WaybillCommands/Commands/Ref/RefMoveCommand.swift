import ArgumentParser
import WaybillFormat
import WaybillTransfer

struct RefMoveCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Say that a model has another name from now on.",
        usage: "waybill ref move <address> <org/name> [--key <file>] [<options>]",
        discussion: """
            Nothing is copied: push to the new name first. Readers who pin the organisation follow, as long as it stays the same; \
            others are told where the model went.

            Example:
              waybill ref move hub/acme/tiny:main acme/small --key acme.pem
            """)

    @Argument(help: "REMOTE/org/name:ref.")
    var address: String

    @Argument(help: "The model's new name, org/name.")
    var target: String

    @Option(help: ArgumentHelp("The ref's newest entry must have this number.", valueName: "n"))
    var expect: Int?

    @OptionGroup var signing: SigningOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let place = try session.resolver().address(address)
        let ref = try RefSetCommand.named(place)
        let target = try lifting { () throws(FormatError) -> ModelName in try ModelName(self.target) }
        guard target != place.model else { throw .usage(target.path, "is the model's name already", "Name another one") }
        let signing = try session.signing(signing, for: place.model)
        let entry = try await session.with(place, tokenFile: remote.tokenFile, work: session.lightWork(), retry: remote.retry) {
            (opened, _) async throws(CommandError) in
            try await session.requirePushes(opened, place.remote)
            return try await lifting { () async throws(TransferError) in
                try await RefChange.move(store: opened.store, model: place.model, ref: ref, to: target, expect: expect, signing: signing)
            }
        }
        return CommandResult(
            [
                "remote": .string(place.remote.text), "model": .string(place.model.path), "ref": .string(ref.text),
                "entry": .integer(entry),
                "movedTo": .string(target.path),
            ], text: "\(place.model):\(ref) moved to \(target.path) (entry \(entry))", isSummary: true)
    }
}
