import WaybillFormat
import WaybillStore

extension MirrorServer {
    /// Throws, with the reason, if the manifest must not become the revision of a ref.
    public typealias RevisionAdmission =
        @Sendable (_ manifest: Digest, _ entry: ReadEntry, _ store: DirectoryStore) async throws(StoreError) -> Void

    /// What the operator decides. Every bound has a default that a small machine can keep.
    public struct Configuration: Sendable {
        /// Name or address to listen on; an IPv6 address without brackets.
        public var host = "127.0.0.1"
        /// 0: any free port; `onListening` tells which.
        public var port = 8090
        /// Reads need a token too.
        public var isPrivate = false
        /// Pushes need no token. Not together with `isPrivate`, since push implies read.
        public var allowsAnonymousPush = false
        /// What stands before the store's paths in URLs: empty, or `/models` and the like.
        public var basePath = ""
        /// Connections at once; further ones wait to be accepted.
        public var maximumConnections = 256
        /// A connection without a request, a request whose bytes stop, or an answer that nobody takes: closed after this time. A
        /// body of less than 1 KiB a second is refused after half of it.
        public var idleTimeout: Duration = .seconds(60)
        /// Bytes of buffers that one connection may hold, 128 KiB to 8 MiB.
        public var memoryPerConnection = 2 << 20
        /// Packs received or verified at once; further ones wait, and then are told to come again.
        public var maximumConcurrentPackUploads = 8
        /// Revisions proved at once; further ones wait.
        public var maximumConcurrentProofs = 2
        /// Rows of the chunk table of one revision; bounds what a hostile manifest can cost. 48 bytes each while it is proved.
        public var maximumRevisionRows = 4 << 20
        /// Requests that are running when the server is told to stop get this time.
        public var shutdownTimeout: Duration = .seconds(20)
        /// Decides whether a revision may be published under a ref, when everything of it is here; nil: every one may.
        public var admission: RevisionAdmission?
        /// Which chunks of a revision stand as evidence: those that an older client did not ask for are made before its entry; nil: none is.
        public var evidence: EvidenceRule?
        /// SIGTERM and SIGINT stop the server.
        public var handlesSignals = true
        /// What `GET /v1/server` says after `waybill/`.
        public var version = "1"

        public init() {}

        /// - Throws: `.usage` for values that contradict one another or are out of bounds.
        func validated() throws(ServerError) -> Configuration {
            func refused(_ subject: String, _ cause: String, _ remedy: String) -> ServerError {
                ServerError(.usage, subject: subject, cause: cause, remedy: remedy)
            }
            guard !(isPrivate && allowsAnonymousPush) else {
                throw refused("serve", "a private mirror cannot take anonymous pushes: push implies read", "Choose one of the two")
            }
            guard port >= 0, port <= 65_535 else { throw refused("\(port)", "is no port", "Use 0 to 65535") }
            guard maximumConnections >= 1, maximumConcurrentPackUploads >= 1, maximumConcurrentProofs >= 1, maximumRevisionRows >= 1 else {
                throw refused("serve", "a limit is below 1", "Use 1 or more")
            }
            guard idleTimeout >= .milliseconds(100), shutdownTimeout >= .zero else {
                throw refused("serve", "a time limit is too short", "Use a second or more")
            }
            guard memoryPerConnection >= 128 << 10, memoryPerConnection <= 8 << 20 else {
                throw refused("\(memoryPerConnection)", "is not between 128 KiB and 8 MiB", "The default is 2 MiB a connection")
            }
            let segments = basePath.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            let plain = segments.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.allSatisfy(Self.isPlain) }
            guard basePath.isEmpty || basePath.hasPrefix("/") && plain else {
                throw refused(basePath, "is not a base path", "Write /name or /one/two, without a slash at the end")
            }
            return self
        }

        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
            default: false
            }
        }

        /// Bytes of a file read and sent in one piece: one piece waits while another is on its way.
        var pieceByteCount: Int { min(512 << 10, memoryPerConnection / 2) }
    }
}
