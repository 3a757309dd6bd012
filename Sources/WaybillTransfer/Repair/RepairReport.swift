import WaybillFormat
import WaybillStore
import WaybillSystem

/// What a repair of a directory did, and what it could not do.
public struct RepairReport: Sendable {
    /// A file that is right again.
    public struct MendedFile: Sendable, Hashable {
        public let path: ModelPath
        /// What it was before.
        public let kind: FileProblem.Kind
        /// Chunks that were wrong.
        public let chunks: Int
    }

    /// Bytes of a file that somebody had written to, as they were before the repair.
    public struct KeptBytes: Sendable, Hashable {
        public let path: ModelPath
        /// The whole file, or a folder of replaced ranges, each named by its offset.
        public let place: String
        public var bytes: Int
    }

    /// A file that is still wrong, and why.
    public struct LeftFile: Sendable {
        public let problem: FileProblem
        public let error: TransferError
    }

    public let directory: String
    public let manifest: Digest
    public let contentId: Digest
    public let model: ModelName
    public let ref: RefName?
    public let entry: Int?
    public internal(set) var filesTotal = 0
    public internal(set) var filesSelected = 0
    public internal(set) var bytesTotal = 0
    public internal(set) var chunksTotal = 0
    /// Stored bytes received.
    public internal(set) var bytesTransferred = 0
    public internal(set) var chunksTransferred = 0
    /// Raw bytes that were right, or were copied from other files of the directory.
    public internal(set) var bytesReused = 0
    public internal(set) var mended: [MendedFile] = []
    public internal(set) var left: [LeftFile] = []
    public internal(set) var kept: [KeptBytes] = []
    public internal(set) var seconds = 0.0
    public internal(set) var notices: [String] = []

    init(directory: String, _ checkout: Checkout) {
        self.directory = directory
        manifest = checkout.manifestDigest
        contentId = checkout.manifest.contentId
        model = checkout.model
        ref = checkout.ref
        entry = checkout.entry
        filesTotal = checkout.manifest.files.count
        let selected = checkout.selected
        filesSelected = selected.count
        bytesTotal = selected.reduce(0) { $0 + $1.size }
        chunksTotal = selected.reduce(0) { $0 + $1.rows }
    }

    /// Every file was right before anything was done.
    public var isUnchanged: Bool { mended.isEmpty && left.isEmpty }

    /// Why the directory is not whole; nil if it is.
    public var error: TransferError? {
        // Damage outranks what another try may mend.
        let order: [ErrorCode] = [.integrity, .storage, .unavailable, .authentication, .notFound, .conflict]
        func rank(_ code: ErrorCode) -> Int { order.firstIndex(of: code) ?? order.count }
        guard let worst = left.min(by: { rank($0.error.code) < rank($1.error.code) })?.error else { return nil }
        let more = left.count == 1 ? "" : "; \(left.count - 1) more of its files are not right either"
        return TransferError(
            mended.isEmpty ? worst.code : .partial, subject: worst.subject, cause: worst.cause + more, remedy: worst.remedy)
    }
}
