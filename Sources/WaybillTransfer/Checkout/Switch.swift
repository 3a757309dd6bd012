import WaybillFormat
import WaybillSystem

/// The durable record of what turns a directory from one revision into the next: deletions, then renames, then the new
/// `checkout.json`. Once it is written, the switch will happen; every command that opens the directory finishes it first.
package struct Switch: Sendable {
    package struct Rename: Sendable {
        /// Name in `.waybill/parts`.
        let part: String
        let path: ModelPath

        package init(part: String, path: ModelPath) {
            self.part = part
            self.path = path
        }
    }

    var deletions: [ModelPath]
    var renames: [Rename]
    /// The new checkout.json, without the statuses of renamed files: those are known only afterwards.
    package var checkout: Checkout

    package init(deletions: [ModelPath], renames: [Rename], checkout: Checkout) {
        self.deletions = deletions
        self.renames = renames
        self.checkout = checkout
    }
}

extension CheckoutFolder {
    private static let switchName = "switch"

    /// Writes the record, durably, and executes it. Parts are durable, and all checks are done, before this.
    package func execute(_ change: Switch) throws(TransferError) {
        let json: JSONValue = .object([
            "waybill": .integer(1),
            "deletions": .array(change.deletions.map { .string($0.text) }),
            "renames": .array(change.renames.map { .array([.string($0.part), .string($0.path.text)]) }),
            "checkout": change.checkout.json,
        ])
        try lifting { () throws(SystemError) in try state.replace(Self.switchName, with: json.canonical) }
        try finish(change)
    }

    /// Finishes a switch that was recorded and interrupted.
    /// - Parameter lock: the directory's lock, if the caller holds it; otherwise it is taken where there is something to finish.
    package func finishPendingSwitch(holding lock: OwnedFile?) throws(TransferError) {
        let isPending = try lifting { () throws(SystemError) in try state.status(Self.switchName) != nil }
        guard isPending else { return }
        let held: OwnedFile
        if let lock { held = lock } else { held = try self.lock() }
        defer { withExtendedLifetime(held) {} }
        let bytes = try lifting { () throws(SystemError) -> [UInt8]? in
            guard try state.status(Self.switchName) != nil else { return nil }
            // Whoever recorded it may have been killed before the record was durable.
            try state.sync()
            let file = try state.file(Self.switchName, .read)
            return try file.read(at: 0, count: min(try file.status().size, 256 << 20))
        }
        guard let bytes else { return }
        guard let json = try? JSONValue(parsing: bytes, maximumDepth: 10), let change = try parse(json) else {
            throw TransferError(
                .integrity, subject: "\(state.path)/switch", cause: "cannot be read",
                remedy: "Remove it and pull again: files that match are kept")
        }
        try finish(change)
    }

    private func parse(_ json: JSONValue) throws(TransferError) -> Switch? {
        guard json["waybill"]?.number == 1, let deletions = json["deletions"]?.elements, let renames = json["renames"]?.elements,
            let inner = json["checkout"], let text = inner["manifest"]?.text, let digest = Digest(hex: text),
            let checkout = Checkout(inner, manifest: try manifest(digest))
        else { return nil }
        var change = Switch(deletions: [], renames: [], checkout: checkout)
        for item in deletions {
            guard let text = item.text, let path = try? ModelPath(text) else { return nil }
            change.deletions.append(path)
        }
        for item in renames {
            guard let pair = item.elements, pair.count == 2, let part = pair[0].text, let pathText = pair[1].text,
                let path = try? ModelPath(pathText)
            else { return nil }
            change.renames.append(.init(part: part, path: path))
        }
        return change
    }

    /// Every step can be repeated: a part that is gone was renamed before.
    private func finish(_ change: Switch) throws(TransferError) {
        var change = change
        try lifting { () throws(SystemError) in
            var touched: [String: Folder] = [:]
            var isCrowded = false
            func touch(_ folder: Folder) {
                // Each holds a descriptor; beyond some, one flush of the file system does for all.
                if touched.count < 64 { touched[folder.path] = folder } else if touched[folder.path] == nil { isCrowded = true }
            }
            for path in change.deletions {
                guard let folder = try parent(of: path, create: false) else { continue }
                try folder.remove(Self.leaf(path))
                touch(folder)
            }
            try removeEmptyFolders(change.deletions)
            if let parts = try state.status("parts") == nil ? nil : try state.folder("parts") {
                for rename in change.renames {
                    guard let folder = try parent(of: rename.path, create: true) else { continue }
                    // Also where it was renamed before: whoever did may have been killed before the sync.
                    touch(folder)
                    if try parts.status(rename.part) != nil { try parts.rename(rename.part, to: Self.leaf(rename.path), in: folder) }
                }
                try parts.sync()
            }
            if isCrowded { try root.syncFileSystem() } else { for folder in touched.values { try folder.sync() } }
            var tracked: [ModelPath: TrackedFile] = [:]
            for file in change.checkout.tracked { tracked[file.path] = file }
            // Only what was built here: a kept file that somebody edited meanwhile must not pass for the model's.
            let built = Set(change.renames.map(\.path))
            for file in change.checkout.selected where built.contains(file.path) {
                guard let status = try status(of: file.path), status.kind == .file, status.size == file.size else { continue }
                tracked[file.path] = TrackedFile(path: file.path, sha256: file.sha256, status: status)
            }
            change.checkout.tracked = tracked.values.sorted { $0.path < $1.path }
        }
        try write(change.checkout)
        try dropKept(except: change.checkout.manifestDigest, change.checkout.manifest)
        try lifting { () throws(SystemError) in
            try state.remove(Self.switchName)
            try state.sync()
            try state.removeTree("parts")
            try state.remove("journal")
        }
    }

    /// Removes folders that deletions left empty, deepest first.
    private func removeEmptyFolders(_ deletions: [ModelPath]) throws(SystemError) {
        var folders: Set<[String]> = []
        for path in deletions {
            var parts = path.components.dropLast()
            while !parts.isEmpty {
                folders.insert(Array(parts))
                parts = parts.dropLast()
            }
        }
        for parts in folders.sorted(by: { $0.count > $1.count }) {
            var current = root
            var there = true
            for component in parts.dropLast() where there {
                guard try current.status(component)?.kind == .folder else {
                    there = false
                    break
                }
                current = try current.folder(component)
            }
            guard there, try current.status(parts[parts.count - 1])?.kind == .folder else { continue }
            if try current.removeFolder(parts[parts.count - 1]) { try current.sync() }
        }
    }
}
