import WaybillFormat

/// What a repair of a store did.
public struct StoreRepairReport: Sendable {
    /// An object that was written, restored or taken away.
    public struct Step: Sendable, Hashable {
        /// The object's path in the store.
        public let object: String
        public let what: String
    }

    public internal(set) var steps: [Step] = []
    /// Frames of damaged packs that were saved into new ones.
    public internal(set) var framesSalvaged = 0
    /// Chunks that came from other stores.
    public internal(set) var chunksFetched = 0
    /// Stored bytes received.
    public internal(set) var bytesTransferred = 0
    /// Why a source did not help, one line each.
    public internal(set) var notices: [String] = []
    /// What a check finds now.
    public internal(set) var after = StoreCheckReport()
    public internal(set) var seconds = 0.0

    mutating func did(_ what: String, _ object: String) { steps.append(Step(object: object, what: what)) }
}
