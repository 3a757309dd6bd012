import ArgumentParser

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Make, inspect, clean and repair a store directory.",
        discussion: """
            Example:
              waybill store init ./store
              waybill store check ./store --read-data
            """,
        subcommands: [
            StoreInitCommand.self, StoreStatsCommand.self, StoreCheckCommand.self, StoreGCCommand.self, StoreRepairCommand.self,
        ])
}
