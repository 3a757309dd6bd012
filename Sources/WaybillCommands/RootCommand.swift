import ArgumentParser

struct RootCommand: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "waybill",
        abstract: "Move open-weight models between peers and mirrors, verified, with their papers.",
        discussion: """
            Example:
              waybill pull http://localhost:8090/acme/tiny
              waybill verify ./tiny
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(name: "Transfers", subcommands: [PushCommand.self, PullCommand.self, VerifyCommand.self, RepairCommand.self]),
            CommandGroup(
                name: "Looking", subcommands: [ShowCommand.self, ListCommand.self, DiffCommand.self, RefCommand.self]),
            CommandGroup(name: "Papers", subcommands: [PapersCommand.self, PolicyCommand.self]),
            CommandGroup(name: "Trust", subcommands: [SignCommand.self, AttestCommand.self, TrustCommand.self]),
            CommandGroup(name: "Mirrors", subcommands: [ServeCommand.self, StoreCommand.self, TokenCommand.self]),
            CommandGroup(
                name: "Settings",
                subcommands: [RemoteCommand.self, LoginCommand.self, LogoutCommand.self, CompletionsCommand.self]),
        ])
}
