import ArgumentParser

struct RefCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ref",
        abstract: "List, read and move the refs of a model.",
        discussion: """
            Example:
              waybill ref set hub/acme/tiny:prod :main
            """,
        subcommands: [
            RefListCommand.self, RefLogCommand.self, RefSetCommand.self, RefMoveCommand.self, RefWithdrawCommand.self,
        ])
}
