import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillTransfer

struct StoreStatsCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what a store holds.",
        discussion: """
            Example:
              waybill store stats ./store
            """)

    @Argument(help: "The directory.", completion: .directory)
    var directory: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let path = try resolver.storeDirectory(directory)
        let store = try await lifting { () async throws(StoreError) in try await DirectoryStore.open(path, work: session.lightWork()) }
        let statistics = try await lifting { () async throws(TransferError) in try await StoreStatistics.read(store) }
        let saved =
            Measure.savedPercent(stored: statistics.chunkStoredBytes, of: statistics.chunkRawBytes).map { ", \($0) % saved" } ?? ""
        return CommandResult(
            [
                "store": .string(resolver.absolutePath(path)), "models": .integer(statistics.models), "refs": .integer(statistics.refs),
                "manifests": .integer(statistics.manifests), "packs": .integer(statistics.packs),
                "packBytes": .integer(statistics.packBytes), "chunks": .integer(statistics.chunks),
                "chunkRawBytes": .integer(statistics.chunkRawBytes), "chunkStoredBytes": .integer(statistics.chunkStoredBytes),
            ],
            text: """
                \(resolver.absolutePath(path))
                  models     \(Measure.grouped(statistics.models)), \(Measure.count(statistics.refs, "ref")), \(Measure.count(statistics.manifests, "revision"))
                  packs      \(Measure.grouped(statistics.packs)), \(Measure.bytes(statistics.packBytes))
                  chunks     \(Measure.grouped(statistics.chunks)) distinct, \(Measure.bytes(statistics.chunkRawBytes)), stored in \(Measure.bytes(statistics.chunkStoredBytes))\(saved)
                """)
    }
}
