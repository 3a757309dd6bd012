import ArgumentParser

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Make and inspect a store directory.",
        discussion: """
            Example:
              waybill store init ./store
            """,
        subcommands: [StoreInitCommand.self, StoreStatsCommand.self])
}
