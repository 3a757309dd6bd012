import WaybillFormat
import WaybillSystem

/// Something that holds a store's objects under the paths of Protocol/STORE.md: a directory, a web server, a bucket.
/// What it gives is not verified: only `RevisionReader` and the codec make it so.
public protocol ChunkSource: Sendable {
    /// For messages: where this is, without secrets.
    var label: String { get }

    /// A whole object of at most `name.maximumBytes`.
    /// - Parameter fresh: past every cache on the way; for an object that was wrong before, past kept connections too.
    /// - Throws: `.notFound` if it is not there; `.integrity` if it is larger than its limit.
    func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8]

    /// Appends exactly `range` of an object to `slab`, which has room for it. May be called again after an error; the slab
    /// is then as it was before.
    func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError)
}

extension ChunkSource {
    public func object(_ name: ObjectName) async throws(StoreError) -> [UInt8] { try await object(name, fresh: false) }
}

/// A source that takes chunks. Every call can be repeated.
public protocol ChunkStore: ChunkSource {
    /// For each of at most `Limits.have` chunks, whether the store lacks a full form of it.
    func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool]

    /// Takes a pack; when this returns, its chunks are durable and found by `lacks`.
    func put(_ pack: FinishedPack) async throws(StoreError)
}

/// A store that takes whole revisions, in the order of Protocol/STORE.md. Every call can be repeated.
public protocol RevisionStore: ChunkStore, SignedObjectStore {
    /// Stores a list segment and its locator, durably.
    /// - Returns: the chunks that the store lacks after all; then nothing is promised, and the caller sends them first.
    func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName]

    /// Stores a manifest whose lists are there. A mirror proves every file's SHA-256 against its chunks first.
    /// - Parameter progress: bytes proved so far, bytes in all.
    func put(manifest bytes: [UInt8], digest: Digest, progress: @escaping @Sendable (Int, Int) -> Void) async throws(StoreError)

    /// Creates a ref entry, once: the commit point.
    /// - Throws: `.conflict` if entry n exists already with other bytes, or n is not the next one; an error that `isIncomplete`
    ///   if the store lacks a part of the revision by now.
    func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError)

    /// Call before the first question of a push: from now on a collector spares what the store answers and takes. End the lease
    /// whatever comes of the push.
    func beginPush() async throws(StoreError) -> PushLease

    /// As `beginPush`, for a store that has nobody to ask what it holds: it compares with the newest revisions of `models`.
    /// - Parameter models: the one that is pushed, then others that share chunks with it.
    func beginPush(of models: [ModelName]) async throws(StoreError) -> PushLease
}

extension RevisionStore {
    public func beginPush() async throws(StoreError) -> PushLease { PushLease() }

    public func beginPush(of models: [ModelName]) async throws(StoreError) -> PushLease { try await beginPush() }
}
