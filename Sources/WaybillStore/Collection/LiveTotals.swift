import WaybillFormat
import WaybillSystem

/// What of a store the entries of its refs use.
public struct LiveTotals: Sendable, Equatable {
    /// Distinct revisions that entries name and the store holds.
    public var revisions = 0
    /// Raw bytes of their files, each revision counted whole.
    public var referencedBytes = 0
    /// Their distinct chunks that the store holds, raw and stored.
    public var chunks = 0
    public var rawBytes = 0
    public var storedBytes = 0
    /// Bytes of packs that are of no live frame.
    public var deadBytes = 0
    /// In condemned sets that were not deleted yet.
    public var waitingPacks = 0
    public var waitingBytes = 0
}

extension DirectoryStore {
    /// Reads every entry, list and footer. Memory: 9 bytes a live chunk, 56 for each copy of one that has several.
    /// - Throws: `.integrity` if a revision cannot be read: then it is not known which chunks are in use.
    public func liveTotals() async throws(StoreError) -> LiveTotals {
        try await work.run { [self] _ throws(StoreError) in
            let condemned = try condemned.current().packs
            let look = try StoreLook(self, retention: Retention(), now: 0, horizon: .max, condemned: condemned)
            var totals = LiveTotals()
            totals.revisions = look.findings.keptManifests.count
            totals.referencedBytes = look.referencedBytes
            totals.chunks = look.selection.liveChunks
            totals.rawBytes = look.selection.liveRawBytes
            for pack in look.findings.packs {
                totals.storedBytes += pack.neededBytes
                totals.deadBytes += pack.byteCount - pack.neededBytes
                if pack.standing == .condemned {
                    totals.waitingPacks += 1
                    totals.waitingBytes += pack.byteCount
                }
            }
            return totals
        }
    }
}
