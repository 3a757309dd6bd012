import ArgumentParser
import WaybillFormat
import WaybillServer
import WaybillStore

struct TokenRevokeCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Make a token invalid.",
        discussion: """
            A running server refuses it within a second.

            Example:
              waybill token revoke ./store 3f2a9c01d4e5
            """)

    @Argument(help: "The directory of a store.", completion: .directory)
    var store: String

    @Argument(help: "The token's id, as 'waybill token list' shows it.")
    var id: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let path = try resolver.storeDirectory(store)
        // A secret on a command line is in the shell's history: it must not reach our messages as well.
        guard !id.hasPrefix("wb_") else {
            throw .usage("token revoke", "takes the id of a token, not the token", "'waybill token list' shows the ids")
        }
        let opened = try await lifting { () async throws(StoreError) in try await DirectoryStore.open(path, work: session.lightWork()) }
        try await lifting { () async throws(ServerError) in try await TokenRegistry(store: opened).revoke(id) }
        return CommandResult(
            ["store": .string(resolver.absolutePath(path)), "id": .string(id)], text: "token \(id) is revoked", isSummary: true)
    }
}
