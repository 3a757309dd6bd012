import WaybillFormat

/// An object of a store that is not what it should be.
public struct StoreProblem: Sendable, Hashable {
    /// A revision that suffers from it.
    public struct Hurt: Sendable, Hashable {
        public let manifest: Digest
        /// Entries that name the revision, the newest last; empty if none does.
        public let entries: [EntryName]
        /// Files that cannot be read any more, or not by everyone; empty if it is the revision itself that is lost.
        public let paths: [ModelPath]
    }

    /// Which entry of which ref.
    public struct EntryName: Sendable, Hashable {
        public let model: ModelName
        public let ref: RefName
        public let n: Int
    }

    /// The object's path in the store.
    public let object: String
    public let cause: String
    public let hurts: [Hurt]
}

/// What a check of a store found.
public struct StoreCheckReport: Sendable {
    public internal(set) var models = 0
    public internal(set) var refs = 0
    public internal(set) var entries = 0
    public internal(set) var manifests = 0
    public internal(set) var lists = 0
    public internal(set) var locators = 0
    public internal(set) var packs = 0
    public internal(set) var packBytes = 0
    public internal(set) var evidence = 0
    /// Frames of all packs.
    public internal(set) var frames = 0
    /// Rows of lists whose chunk no readable pack holds.
    public internal(set) var lostChunks = 0
    /// Files whose SHA-256 was computed from their chunks, and was right.
    public internal(set) var filesProved = 0
    public internal(set) var problems: [StoreProblem] = []
    /// What a person may want to know; nothing depends on it.
    public internal(set) var notices: [String] = []
    public internal(set) var seconds = 0.0

    public var isWhole: Bool { problems.isEmpty }
}

/// How far a check or repair of a store is.
public struct StoreCheckProgress: Sendable {
    public var objectsTotal = 0
    public var objectsDone = 0
    public var bytesTotal = 0
    public var bytesDone = 0

    public init() {}
}
