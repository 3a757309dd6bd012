import ArgumentParser
import WaybillFormat
import WaybillStore

struct StoreInitCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an empty store in a new or empty directory.",
        discussion: """
            A directory that is a store already stays as it is.

            Example:
              waybill store init ./store
            """)

    @Argument(help: "The directory.", completion: .directory)
    var directory: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let path = try resolver.storeDirectory(directory)
        let store = try await lifting { () async throws(StoreError) in try await DirectoryStore.create(path, work: session.lightWork()) }
        let description = try await lifting { () async throws(StoreError) in try await RevisionReader(store).description() }
        let place = resolver.absolutePath(path)
        return CommandResult(
            ["store": .string(place), "layout": .integer(description.layout)],
            text:
                "\(place) is a store\n  push to it:  waybill push DIR file://\(place)/org/name\n  serve it:    waybill serve \(directory)",
            isSummary: true)
    }
}
