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
        let place = resolver.absolutePath(path)
        return CommandResult(fields(statistics, place), text: text(statistics, place))
    }

    private func fields(_ statistics: StoreStatistics, _ place: String) -> [String: OutputValue] {
        let live = statistics.live
        return [
            "store": .string(place), "models": .integer(statistics.models), "refs": .integer(statistics.refs),
            "manifests": .integer(statistics.manifests), "packs": .integer(statistics.packs),
            "packBytes": .integer(statistics.packBytes), "evidence": .integer(statistics.evidence),
            "evidenceBytes": .integer(statistics.evidenceBytes), "chunks": .integer(statistics.chunks),
            "chunkRawBytes": .integer(statistics.chunkRawBytes), "chunkStoredBytes": .integer(statistics.chunkStoredBytes),
            "revisions": .optional(live?.revisions), "referencedBytes": .optional(live?.referencedBytes),
            "liveChunks": .optional(live?.chunks), "liveRawBytes": .optional(live?.rawBytes),
            "liveStoredBytes": .optional(live?.storedBytes), "deadBytes": .optional(live?.deadBytes),
            "waitingPacks": .optional(live?.waitingPacks), "waitingBytes": .optional(live?.waitingBytes),
        ]
    }

    private func text(_ statistics: StoreStatistics, _ place: String) -> TerminalText {
        let saved = percent(statistics.chunkStoredBytes, of: statistics.chunkRawBytes, "saved")
        let text: TerminalText = """
            \(place)
              models      \(Measure.grouped(statistics.models)), \(Measure.count(statistics.refs, "ref")), \(Measure.count(statistics.manifests, "revision"))
              packs       \(Measure.grouped(statistics.packs)), \(Measure.bytes(statistics.packBytes))
              evidence    \(Measure.count(statistics.evidence, "object")), \(Measure.bytes(statistics.evidenceBytes))
              chunks      \(Measure.grouped(statistics.chunks)) distinct, \(Measure.bytes(statistics.chunkRawBytes)), stored in \(Measure.bytes(statistics.chunkStoredBytes))\(saved)

            """
        guard let live = statistics.live else { return text + "  in use      unknown: a revision cannot be read" }
        let shared = percent(live.rawBytes, of: live.referencedBytes, "deduplicated")
        let waiting: TerminalText =
            live.waitingPacks == 0
            ? "" : "\n  condemned   \(Measure.bytes(live.waitingBytes)) in \(Measure.count(live.waitingPacks, "pack")), not deleted yet"
        return text + """
              in use      \(Measure.count(live.revisions, "revision")) of \(Measure.bytes(live.referencedBytes)) in all, \(Measure.bytes(live.rawBytes)) distinct\(shared), stored in \(Measure.bytes(live.storedBytes))\(percent(live.storedBytes, of: live.rawBytes, "saved"))
              not in use  \(Measure.bytes(live.deadBytes)): 'waybill store gc' frees it
            """ + waiting
    }

    private func percent(_ part: Int, of whole: Int, _ word: String) -> String {
        Measure.savedPercent(stored: part, of: whole).map { ", \($0) % \(word)" } ?? ""
    }
}
