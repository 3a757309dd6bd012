import ArgumentParser
import WaybillFormat

struct LogoutCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forget the token for a remote.",
        discussion: """
            The token itself stays valid until its operator revokes it.

            Example:
              waybill logout hub
            """)

    @Argument(help: "REMOTE: an address without the model, or an alias.")
    var target: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let remote = try session.resolver().remote(target)
        guard let origin = remote.location.origin else {
            throw .usage(remote.text, "needs no token", "Tokens are for http:// and https:// remotes")
        }
        let removed = try await session.credentials.remove(origin)
        return CommandResult(
            ["remote": .string(remote.text), "removed": .bool(removed)],
            text: removed ? "the token for \(origin) is forgotten" : "there was no token for \(origin)", isSummary: true)
    }
}
