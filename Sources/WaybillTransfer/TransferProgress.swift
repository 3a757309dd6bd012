import Synchronization
import WaybillFormat
import WaybillPlanning
import WaybillSystem

/// How far a transfer is. Counts only grow within a phase.
public struct TransferProgress: Sendable {
    public enum Phase: String, Sendable {
        /// Resolving, reading manifests, comparing with what is here.
        case planning
        /// Reading and hashing local files.
        case reading
        /// Bytes move.
        case transferring
        /// The mirror proves files against chunks.
        case proving
        /// Whole files are hashed.
        case verifying
        /// Files take their final names.
        case switching
    }

    public var phase: Phase = .planning
    public var filesTotal = 0
    public var filesDone = 0
    /// Raw bytes of the model's files.
    public var bytesTotal = 0
    /// Raw bytes dealt with.
    public var bytesDone = 0
    /// Stored bytes sent or received.
    public var bytesTransferred = 0
    /// Raw bytes that did not have to move.
    public var bytesReused = 0

    public init() {}
}

/// Called often, from any thread.
public typealias ProgressHandler = @Sendable (TransferProgress) -> Void

/// What a finished push or pull did.
public struct TransferReport: Sendable {
    /// A source's part in a pull.
    public struct Source: Sendable, Equatable {
        public let label: String
        /// Stored bytes that were of use.
        public let bytes: Int
        /// Requests that were of use.
        public let ranges: Int
        public let failures: Int
        public let verdict: SourceVerdict
    }

    public var manifest: Digest
    public var contentId: Digest
    public var model: ModelName
    public var ref: RefName?
    /// The ref entry that names the manifest; nil for a pull by digest.
    public var entry: Int?
    public var filesTotal = 0
    /// Files chosen by `--include`.
    public var filesSelected = 0
    public var bytesTotal = 0
    /// Stored bytes sent or received.
    public var bytesTransferred = 0
    /// Raw bytes that did not have to move.
    public var bytesReused = 0
    /// What the revision's distinct chunks occupy in the store.
    public var bytesStored = 0
    public var chunksTotal = 0
    public var chunksTransferred = 0
    public var seconds = 0.0
    /// Of a pull: the address's source first, then those of `--from`.
    public var sources: [Source] = []
    /// Things that a person should know: what was passed over, what could not be recorded.
    public var notices: [String] = []
    /// There was nothing to do.
    public var unchanged = false
    /// Of a pull: who stands behind the revision; nil where nothing could be checked.
    public var standing: Standing?

    init(manifest: Digest, contentId: Digest, model: ModelName) {
        self.manifest = manifest
        self.contentId = contentId
        self.model = model
    }
}

/// Shared counters of a running transfer.
final class Meter: Sendable {
    private let state = Mutex(TransferProgress())
    private let handler: ProgressHandler
    private let started = Host.monotonicNanoseconds()

    init(_ handler: @escaping ProgressHandler) { self.handler = handler }

    func update(_ change: (inout TransferProgress) -> Void) {
        let now = state.withLock { state in
            change(&state)
            return state
        }
        handler(now)
    }

    var current: TransferProgress { state.withLock { $0 } }

    var seconds: Double { Double(Host.monotonicNanoseconds() - started) / 1e9 }
}
