import WaybillFormat

/// What a collector did, or would do.
public struct CollectionReport: Sendable, Equatable {
    public struct Amount: Sendable, Equatable {
        public var packs = 0
        /// Of packs.
        public var bytes = 0
        /// Manifests.
        public var revisions = 0

        public init(packs: Int = 0, bytes: Int = 0, revisions: Int = 0) {
            self.packs = packs
            self.bytes = bytes
            self.revisions = revisions
        }

        static func += (a: inout Amount, b: Amount) {
            a.packs += b.packs
            a.bytes += b.bytes
            a.revisions += b.revisions
        }
    }

    /// A condemned set that could not be deleted yet.
    public struct Waiting: Sendable, Equatable {
        public let name: PushName
        public let amount: Amount
        /// Seconds since 1970: when the grace is over.
        public let until: Int
        /// Intents of pushes that may rely on what is condemned.
        public let intents: [PushName]
    }

    public var isDryRun = false
    /// Named by retained entries, and there.
    public var revisionsKept = 0
    public var liveBytes = 0
    /// Bytes of all packs that are not of live frames, before this run.
    public var deadBytes = 0
    public var condemned = Amount()
    public var waiting: [Waiting] = []
    /// Condemned before and needed again.
    public var revived = Amount()
    public var freed = Amount()
    /// Packs whose live frames were copied to new ones; bytes are those copied.
    public var repacked = Amount()
    /// Evidence that was deleted, or would be: objects.
    public var evidence = 0
    /// Left behind by writers that are gone.
    public var temporaryFiles = 0
    public var abandonedIntents = 0
    /// Live chunks that no pack holds: the store was damaged before.
    public var missingChunks = 0
    public var notices: [String] = []

    public init() {}
}
