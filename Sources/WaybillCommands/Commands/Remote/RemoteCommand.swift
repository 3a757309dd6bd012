import ArgumentParser

struct RemoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remote",
        abstract: "Give remotes short names.",
        discussion: """
            Example:
              waybill remote add hub https://models.example.com/hub
              waybill pull hub/acme/tiny
            """,
        subcommands: [RemoteAddCommand.self, RemoteListCommand.self, RemoteRemoveCommand.self])
}
