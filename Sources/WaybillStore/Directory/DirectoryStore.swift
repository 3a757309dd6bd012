import WaybillCodec
import WaybillFormat
import WaybillSystem

/// A store in a directory: what `waybill push` to a `file:` address writes and what a served mirror stands on.
///
/// Several processes may use one directory at once. All disk work runs on the pool of `work`.
public final class DirectoryStore: ChunkSource {
    /// Who vouches that a manifest's SHA-256s and chunks agree (design invariant 3).
    public enum Proof: Sendable {
        /// The caller computed both from one read of the files.
        case byCaller
        /// The store decodes and hashes every file before it takes the manifest.
        case byStore
    }

    public let label: String
    public let path: String
    let root: Folder
    let condemned: CondemnedSets
    /// Closed to those who may only read the store.
    private let own: Result<PrivateFolders, SystemError>
    public let work: Work
    public let proof: Proof

    /// Opens the store at `path`.
    /// - Throws: `.notFound` if there is none; `.failure` if a newer Waybill wrote it.
    public static func open(_ path: String, work: Work, proof: Proof = .byCaller) async throws(StoreError) -> DirectoryStore {
        try await work.run { _ throws(StoreError) in try DirectoryStore(path: path, work: work, proof: proof) }
    }

    /// Makes an empty store at `path`, or opens the one that is there.
    public static func create(_ path: String, work: Work, proof: Proof = .byCaller) async throws(StoreError) -> DirectoryStore {
        try await work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let root = try Folder.create(path)
                if try root.status(ObjectName.storeDescription.path) == nil {
                    // Another process may be making it just now, or one was killed while it did.
                    let own = ["private", ObjectName.storeDescription.path]
                    let strangers = try root.names().filter { !own.contains($0) && !$0.hasPrefix("tmp-") }
                    guard strangers.isEmpty else {
                        throw SystemError(
                            .conflict, subject: path, cause: "is not empty and is not a store (it has \(strangers.sorted()[0]))",
                            remedy: "Choose an empty or a new folder")
                    }
                    try root.replace(ObjectName.storeDescription.path, with: StoreDescription().encoded())
                } else {
                    // Whoever made it may have been killed before it was durable.
                    try root.sync()
                }
            }
            let store = try DirectoryStore(path: path, work: work, proof: proof)
            _ = try store.index
            return store
        }
    }

    private init(path: String, work: Work, proof: Proof) throws(StoreError) {
        let root = try storing { () throws(SystemError) in
            do throws(SystemError) {
                return try Folder.open(path)
            } catch  where error.code == .notFound {
                throw SystemError(
                    .notFound, subject: path, cause: "there is no such store",
                    remedy: "'waybill store init \(path)' makes one; check the path")
            }
        }
        guard let bytes = try Self.read(root, ObjectName.storeDescription) else {
            throw StoreError(
                .notFound, subject: path, cause: "is not a Waybill store (it has no waybill.json)",
                remedy: "Check the path; 'waybill store init \(path)' makes a store")
        }
        _ = try parsing { () throws(FormatError) in try StoreDescription(decoding: bytes, subject: "\(path)/waybill.json") }
        self.path = path
        self.root = root
        self.work = work
        self.proof = proof
        label = path
        condemned = CondemnedSets(root: root)
        own = Self.privateFolders(root, label: path, condemned)
    }

    private struct PrivateFolders: Sendable {
        let top: Folder
        let temporary: Folder
        let index: ChunkIndex
    }

    private static func privateFolders(
        _ root: Folder, label: String, _ condemned: CondemnedSets
    ) -> Result<PrivateFolders, SystemError> {
        do throws(SystemError) {
            let top: Folder
            if let present = try? root.folder("private") { top = present } else { top = try makePrivate(root) }
            let index = ChunkIndex(root: root, folder: try top.folder("index", create: true), label: label, condemned: condemned)
            return .success(PrivateFolders(top: top, temporary: try top.folder("tmp", create: true), index: index))
        } catch {
            return .failure(error)
        }
    }

    var privateFolder: Folder { get throws(SystemError) { try own.get().top } }

    var temporary: Folder { get throws(SystemError) { try own.get().temporary } }

    var index: ChunkIndex { get throws(StoreError) { try storing { () throws(SystemError) in try own.get().index } } }

    /// Only the owner may enter: a web server over the store must not show tokens.
    private static func makePrivate(_ root: Folder) throws(SystemError) -> Folder {
        try root.folder("private", create: true, mode: 0o700)
    }

    /// Opens an object. An entry is durable before anybody is shown it: one that vanished in a power loss would look like a rollback.
    private static func open(_ root: Folder, _ name: ObjectName, _ parts: [String]) throws(SystemError) -> OwnedFile {
        let folder = try root.folder(parts.dropLast())
        let file = try folder.file(parts[parts.count - 1], .read)
        if case .refEntry = name { try folder.settle() }
        return file
    }

    /// The bytes of an object; nil if it is not there.
    static func read(_ root: Folder, _ name: ObjectName) throws(StoreError) -> [UInt8]? {
        let parts = name.path.split(separator: "/").map(String.init)
        do throws(SystemError) {
            let file = try open(root, name, parts)
            let size = try file.status().size
            guard size <= name.maximumBytes else {
                throw SystemError(
                    .integrity, subject: file.path, cause: "has \(size) bytes; at most \(name.maximumBytes) are allowed",
                    remedy: "The object is damaged: 'waybill store check' shows what it hurts, 'waybill store repair' mends it")
            }
            return try file.read(at: 0, count: size)
        } catch {
            if error.code == .notFound { return nil }
            throw StoreError(error)
        }
    }

    public func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        let root = root
        let found: [UInt8]?
        switch name {
        case .catalog: found = try await catalog().encoded()
        case .refIndex(let model): found = try await refIndex(model)?.encoded()
        default: found = try await work.run { _ throws(StoreError) in try Self.read(root, name) }
        }
        guard let found else { throw .missing(name.path, in: label) }
        return found
    }

    public func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        let root = root
        let label = label
        try await work.run { _ throws(StoreError) in
            try Self.read(root, name, range: range, into: slab, label: label)
        }
    }

    /// Appends exactly `range` of an object to `slab`; blocks.
    static func read(_ root: Folder, _ name: ObjectName, range: Range<Int>, into slab: Slab, label: String) throws(StoreError) {
        let parts = name.path.split(separator: "/").map(String.init)
        let start = slab.count
        do throws(SystemError) {
            let file = try root.folder(parts.dropLast()).file(parts[parts.count - 1], .read)
            let got = try file.read(at: range.lowerBound, count: range.count, into: slab)
            guard got == range.count else {
                slab.resize(start)
                throw SystemError(
                    .integrity, subject: file.path, cause: "ends before byte \(range.upperBound): it is truncated",
                    remedy: "'waybill store repair \(label)' mends the store; or pull from another mirror")
            }
        } catch {
            if error.code == .notFound {
                throw StoreError(
                    .integrity, subject: "\(label)/\(name.path)", cause: "is named by a locator and is not there",
                    remedy: "'waybill store repair \(label)' mends the store; or pull from another mirror")
            }
            throw StoreError(error)
        }
    }

    /// The file of an object, for a server that streams it; nil if it is not there. Blocks.
    public func openFile(_ name: ObjectName) throws(StoreError) -> OwnedFile? {
        let parts = name.path.split(separator: "/").map(String.init)
        do throws(SystemError) {
            return try Self.open(root, name, parts)
        } catch {
            if error.code == .notFound { return nil }
            throw StoreError(error)
        }
    }
}
