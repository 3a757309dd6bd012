import ArgumentParser

struct RemoteRemoveCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Forget an alias.",
        discussion: """
            Nothing happens to the remote itself, and a token for it is kept ('waybill logout').

            Example:
              waybill remote remove hub
            """)

    @Argument(help: "The alias.")
    var name: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let url = try await session.aliases.remove(name)
        return CommandResult(["name": .string(name), "url": .string(url)], text: "\(name) is forgotten (it was \(url))", isSummary: true)
    }
}
