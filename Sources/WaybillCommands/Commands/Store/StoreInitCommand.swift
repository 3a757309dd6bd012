import ArgumentParser
import WaybillFormat
import WaybillStore

struct StoreInitCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an empty store in a new or empty directory, or in an S3 bucket.",
        discussion: """
            What is a store already stays as it is.

            Example:
              waybill store init ./store
              waybill store init s3://bucket/models
            """)

    @Argument(help: "The directory, or s3://bucket/prefix.", completion: .directory)
    var directory: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        if let location = try resolver.bucket(directory) { return try await create(location, session) }
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

    private func create(_ location: RemoteLocation, _ session: Session) async throws(CommandError) -> CommandResult {
        let store = try session.bucket(location)
        do throws(StoreError) {
            try await store.create()
            await store.close()
        } catch {
            await store.close()
            throw CommandError(error)
        }
        return CommandResult(
            ["store": .string("\(location)"), "layout": .integer(StoreDescription.currentLayout)],
            text: "\(location) is a store\n  push to it:  waybill push DIR \(location)/org/name", isSummary: true)
    }
}
