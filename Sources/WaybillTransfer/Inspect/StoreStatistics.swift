import WaybillFormat
import WaybillStore
import WaybillSystem

/// What a directory store holds, by counting.
public struct StoreStatistics: Sendable {
    public var models = 0
    public var refs = 0
    public var manifests = 0
    public var packs = 0
    public var packBytes = 0
    public var evidence = 0
    public var evidenceBytes = 0
    /// Distinct chunks by the pack footers.
    public var chunks = 0
    /// Raw bytes of distinct chunks.
    public var chunkRawBytes = 0
    /// Stored bytes of distinct chunks.
    public var chunkStoredBytes = 0
    /// What the refs use; nil if a revision cannot be read, so that nobody knows.
    public var live: LiveTotals?

    public static func read(_ store: DirectoryStore) async throws(TransferError) -> StoreStatistics {
        var statistics = StoreStatistics()
        let catalog = try await lifting { () async throws(StoreError) in try await store.catalog() }
        statistics.models = catalog.models.count
        for model in catalog.models {
            let index = try await lifting { () async throws(StoreError) in try await store.refIndex(model) }
            statistics.refs += index?.refs.count ?? 0
        }
        let counts = try await lifting { () async throws(StoreError) in try await store.packTotals() }
        statistics.packs = counts.packs
        statistics.packBytes = counts.packBytes
        statistics.manifests = counts.manifests
        statistics.evidence = counts.evidence
        statistics.evidenceBytes = counts.evidenceBytes
        statistics.chunks = counts.chunks
        statistics.chunkRawBytes = counts.rawBytes
        statistics.chunkStoredBytes = counts.storedBytes
        do throws(StoreError) {
            statistics.live = try await store.liveTotals()
        } catch  where error.code == .integrity {
            statistics.live = nil
        } catch {
            throw TransferError(error)
        }
        return statistics
    }
}
