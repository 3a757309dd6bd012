import WaybillFormat

/// A store that keeps chunks a second time, each as an object of its own, for readers who decide before they fetch
/// (Protocol/STORE.md, Evidence).
public protocol EvidenceStore: Sendable {
    /// Makes each of `chunks`, which lie in packs, evidence. Durable when this returns; may be called again, and is, for each push:
    /// a collector spares what was written lately.
    /// - Returns: the chunks that the store lacks; the others are done.
    /// - Throws: `.notFound` if the store is of an older Waybill and keeps no evidence.
    func keepEvidence(_ chunks: [ChunkName]) async throws(StoreError) -> [ChunkName]
}

/// Tells which chunks of a revision stand as evidence, by reading it in a store that holds all of it.
public typealias EvidenceRule =
    @Sendable (_ manifest: Digest, _ store: any ChunkSource, _ work: Work) async throws(StoreError) -> [ChunkName]
