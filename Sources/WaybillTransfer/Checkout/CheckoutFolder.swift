import WaybillFormat
import WaybillStore
import WaybillSystem

/// A model directory and its `.waybill/`. Every call may block: use it on the pool.
package final class CheckoutFolder: Sendable {
    static let name = ".waybill"

    /// The directory of model files.
    package let root: Folder
    /// Its `.waybill/`.
    package let state: Folder

    private init(root: Folder, state: Folder) {
        self.root = root
        self.state = state
    }

    /// Opens the directory, creating both where they are missing.
    package static func open(_ directory: String) throws(TransferError) -> CheckoutFolder {
        try lifting { () throws(SystemError) in
            let root = try Folder.create(directory)
            return CheckoutFolder(root: root, state: try root.folder(name, create: true))
        }
    }

    /// Nil if the directory has no `.waybill/`.
    package static func openIfPresent(_ directory: String) throws(TransferError) -> CheckoutFolder? {
        try lifting { () throws(SystemError) in
            let root = try Folder.open(directory)
            guard try root.status(name)?.kind == .folder else { return nil }
            return CheckoutFolder(root: root, state: try root.folder(name))
        }
    }

    /// Takes the directory for one command.
    /// - Throws: `.conflict` if another one has it.
    package func lock() throws(TransferError) -> OwnedFile {
        let file = try lifting { () throws(SystemError) in try state.file("lock", .readWrite) }
        guard file.tryLock() else {
            throw TransferError(
                .conflict, subject: root.path, cause: "another waybill works in this directory",
                remedy: "Wait until it is done; if none runs, its machine still holds the lock on a network file system")
        }
        return file
    }

    private func read(_ folder: Folder, _ name: String, maximum: Int) throws(SystemError) -> [UInt8]? {
        guard try folder.status(name) != nil else { return nil }
        let file = try folder.file(name, .read)
        return try file.read(at: 0, count: min(try file.status().size, maximum))
    }

    /// What was recorded; nil before the first pull or push ended.
    package func checkout() throws(TransferError) -> Checkout? {
        guard let bytes = try lifting({ () throws(SystemError) in try read(state, "checkout.json", maximum: 256 << 20) }) else {
            return nil
        }
        func damaged() -> TransferError {
            TransferError(
                .integrity, subject: "\(state.path)/checkout.json", cause: "cannot be read",
                remedy: "Remove it and pull again: files that match are kept")
        }
        guard let json = try? JSONValue(parsing: bytes, maximumDepth: 8), let text = json["manifest"]?.text, let digest = Digest(hex: text)
        else { throw damaged() }
        guard let checkout = Checkout(json, manifest: try manifest(digest)) else { throw damaged() }
        return checkout
    }

    /// The kept copy of a manifest, verified.
    func manifest(_ digest: Digest) throws(TransferError) -> Manifest {
        let bytes = try kept("manifests", digest, maximum: Limits.manifest)
        return try lifting { () throws(FormatError) in
            try Manifest(decoding: bytes, subject: "\(state.path)/manifests/\(digest)", sha256: SHA256.digest(of:))
        }
    }

    /// The kept chunk table of a manifest, verified.
    package func rows(of manifest: Manifest) throws(TransferError) -> [ChunkRow] {
        var rows: [ChunkRow] = []
        for digest in manifest.lists {
            let bytes = try kept("lists", digest, maximum: Limits.segment)
            rows += try lifting { () throws(FormatError) in
                try ListSegment(decoding: bytes, subject: "\(state.path)/lists/\(digest)").rows
            }
        }
        guard rows.count == manifest.rowCount else {
            throw TransferError(.integrity, subject: state.path, cause: "the kept lists do not fit the manifest", remedy: "Pull again")
        }
        return rows
    }

    private func kept(_ folder: String, _ digest: Digest, maximum: Int) throws(TransferError) -> [UInt8] {
        let bytes = try lifting { () throws(SystemError) in
            try read(try state.folder(folder, create: true), digest.hex, maximum: maximum)
        }
        guard let bytes, SHA256.digest(of: bytes) == digest else {
            throw TransferError(
                .integrity, subject: "\(state.path)/\(folder)/\(digest)", cause: bytes == nil ? "is missing" : "is damaged",
                remedy: "Remove \(state.path) and pull again: files that match are kept")
        }
        return bytes
    }

    /// Keeps a manifest and its lists, so that the directory can be verified without a mirror.
    package func keep(manifest: [UInt8], segments: [ListSegment]) throws(TransferError) {
        try lifting { () throws(SystemError) in
            let manifests = try state.folder("manifests", create: true)
            let name = SHA256.digest(of: manifest).hex
            if try manifests.status(name)?.size != manifest.count { try manifests.replace(name, with: manifest) }
            // Also what an earlier run put there, which may have been killed before it was durable.
            try manifests.sync()
            let lists = try state.folder("lists", create: true)
            for segment in segments {
                let bytes = segment.encoded()
                let name = SHA256.digest(of: bytes).hex
                if try lists.status(name)?.size != bytes.count { try lists.replace(name, with: bytes) }
            }
            try lists.sync()
        }
    }

    /// Drops kept copies that `manifest` does not need.
    func dropKept(except digest: Digest, _ manifest: Manifest) throws(TransferError) {
        try lifting { () throws(SystemError) in
            let manifests = try state.folder("manifests", create: true)
            for name in try manifests.names() where name != digest.hex { try manifests.remove(name) }
            let wanted = Set(manifest.lists.map(\.hex))
            let lists = try state.folder("lists", create: true)
            for name in try lists.names() where !wanted.contains(name) { try lists.remove(name) }
        }
    }

    package func write(_ checkout: Checkout) throws(TransferError) {
        try lifting { () throws(SystemError) in try state.replace("checkout.json", with: checkout.json.canonical) }
    }
}

extension CheckoutFolder {
    /// The folder that holds `path`, links never followed; nil if it is not there and not to be created.
    func parent(of path: ModelPath, create: Bool) throws(SystemError) -> Folder? {
        var current = root
        for component in path.components.dropLast() {
            if !create {
                guard let status = try current.status(component) else { return nil }
                if status.kind == .file || status.kind == .other { return nil }
            }
            current = try current.folder(component, create: create)
        }
        return current
    }

    /// The last component of a path.
    static func leaf(_ path: ModelPath) -> String { path.components[path.components.count - 1] }

    /// The status of the file at `path`; nil if nothing is there.
    /// - Throws: `.conflict` if a link stands on the way.
    package func status(of path: ModelPath) throws(SystemError) -> FileStatus? {
        guard let folder = try parent(of: path, create: false) else { return nil }
        return try folder.status(Self.leaf(path))
    }

    package func file(at path: ModelPath) throws(SystemError) -> OwnedFile? {
        guard let folder = try parent(of: path, create: false), try folder.status(Self.leaf(path)) != nil else { return nil }
        return try folder.file(Self.leaf(path), .read)
    }
}
