import WaybillFormat
import WaybillStore
import WaybillSystem

/// A ref entry that was accepted for a directory: no older one, and no other one of that number, is accepted after it.
public struct SeenEntry: Hashable, Sendable {
    public let remote: String
    public let model: ModelName
    public let ref: RefName
    public let n: Int
    public let entry: Digest

    package init(remote: String, model: ModelName, ref: RefName, n: Int, entry: Digest) {
        self.remote = remote
        self.model = model
        self.ref = ref
        self.n = n
        self.entry = entry
    }
}

/// A file of the checkout as it was when it was last known to be right.
package struct TrackedFile: Hashable, Sendable {
    package let path: ModelPath
    package let sha256: Digest
    let size: Int
    let modified: Int
    let changed: Int
    let inode: Int

    package init(path: ModelPath, sha256: Digest, status: FileStatus) {
        self.path = path
        self.sha256 = sha256
        size = status.size
        modified = status.modified
        changed = status.changed
        inode = Int(status.inode)
    }

    /// Untouched since: the same inode, size and times.
    package func isUntouched(_ status: FileStatus) -> Bool {
        status.kind == .file && status.size == size && status.modified == modified && status.changed == changed
            && Int(status.inode) == inode
    }
}

/// What `.waybill/` of a directory remembers: which revision it holds, from where, and which entries were seen.
public struct Checkout: Sendable {
    public var remote: String
    public var model: ModelName
    public var ref: RefName?
    /// Number and digest of the entry that named the revision; nil for a pull by digest.
    public var entry: Int?
    public var entryDigest: Digest?
    public var manifestDigest: Digest
    /// Globs; empty for everything.
    public var include: [String]
    public var seen: [SeenEntry]
    package var tracked: [TrackedFile]
    public var manifest: Manifest

    package init(
        remote: String, model: ModelName, ref: RefName?, entry: Int?, entryDigest: Digest?, manifestDigest: Digest, include: [String],
        seen: [SeenEntry], tracked: [TrackedFile], manifest: Manifest
    ) {
        self.remote = remote
        self.model = model
        self.ref = ref
        self.entry = entry
        self.entryDigest = entryDigest
        self.manifestDigest = manifestDigest
        self.include = include
        self.seen = seen
        self.tracked = tracked
        self.manifest = manifest
    }

    /// The files of the manifest that this checkout is to hold.
    public var selected: [ManifestFile] { Self.select(manifest.files, include) }

    static func select(_ files: [ManifestFile], _ include: [String]) -> [ManifestFile] {
        guard !include.isEmpty else { return files }
        let globs = include.map(PathGlob.init)
        return files.filter { file in globs.contains { $0.matches(file.path.text) } }
    }

    /// What the directory's `.waybill/` says; nil if it has none. Finishes a switch that was interrupted.
    public static func read(directory: String, work: Work) async throws(TransferError) -> Checkout? {
        try await work.perform { _ throws(TransferError) in
            guard let folder = try CheckoutFolder.openIfPresent(directory) else { return nil }
            try folder.finishPendingSwitch(holding: nil)
            return try folder.checkout()
        }
    }

    package func lastSeen(_ remote: String, _ model: ModelName, _ ref: RefName) -> SeenEntry? {
        seen.first { $0.remote == remote && $0.model == model && $0.ref == ref }
    }

    package mutating func note(_ entry: SeenEntry) {
        seen.removeAll { $0.remote == entry.remote && $0.model == entry.model && $0.ref == entry.ref }
        seen.append(entry)
    }
}

extension Checkout {
    package var json: JSONValue {
        func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        return .object([
            "waybill": .integer(1), "remote": .string(remote), "model": .string(model.path), "ref": optional(ref?.text),
            "entry": entry.map(JSONValue.integer) ?? .null, "entryDigest": optional(entryDigest?.hex),
            "manifest": .string(manifestDigest.hex), "include": .array(include.map(JSONValue.string)),
            "seen": .array(
                seen.map {
                    .object([
                        "remote": .string($0.remote), "model": .string($0.model.path), "ref": .string($0.ref.text), "n": .integer($0.n),
                        "entry": .string($0.entry.hex),
                    ])
                }),
            // One string a file: a list of six would take three times the memory.
            "tracked": .array(tracked.map { .string($0.line) }),
        ])
    }

    /// Nil if `json` is not what `json` writes.
    package init?(_ json: JSONValue, manifest: Manifest) {
        guard json["waybill"]?.number == 1, let remote = json["remote"]?.text, let modelText = json["model"]?.text,
            let model = try? ModelName(modelText), let digestText = json["manifest"]?.text, let digest = Digest(hex: digestText),
            let include = json["include"]?.elements, let seen = json["seen"]?.elements, let tracked = json["tracked"]?.elements
        else { return nil }
        self.remote = remote
        self.model = model
        ref = json["ref"]?.text.flatMap { try? RefName($0) }
        entry = json["entry"]?.number
        entryDigest = json["entryDigest"]?.text.flatMap { Digest(hex: $0) }
        manifestDigest = digest
        self.include = include.compactMap(\.text)
        self.seen = seen.compactMap(SeenEntry.init)
        self.tracked = tracked.compactMap(TrackedFile.init)
        self.manifest = manifest
        guard self.tracked.count == tracked.count, self.seen.count == seen.count else { return nil }
    }
}

extension SeenEntry {
    fileprivate init?(_ json: JSONValue) {
        guard let remote = json["remote"]?.text, let modelText = json["model"]?.text, let model = try? ModelName(modelText),
            let refText = json["ref"]?.text, let ref = try? RefName(refText), let n = json["n"]?.number,
            let entryText = json["entry"]?.text, let entry = Digest(hex: entryText)
        else { return nil }
        self.init(remote: remote, model: model, ref: ref, n: n, entry: entry)
    }
}

extension TrackedFile {
    fileprivate var line: String { "\(sha256.hex) \(size) \(modified) \(changed) \(inode) \(path.text)" }

    /// From a line, or from the list of six strings and numbers that earlier versions wrote.
    fileprivate init?(_ json: JSONValue) {
        let words: [String]
        if let line = json.text {
            words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        } else if let parts = json.elements, parts.count == 6 {
            // There the path stood first.
            let texts = parts.compactMap { $0.text ?? $0.number.map(String.init) }
            words = Array(texts.dropFirst()) + texts.prefix(1)
        } else {
            return nil
        }
        guard words.count == 6, let sha256 = Digest(hex: words[0]), let size = Int(words[1]), size >= 0, let modified = Int(words[2]),
            let changed = Int(words[3]), let inode = Int(words[4]), let path = try? ModelPath(words[5])
        else { return nil }
        self.path = path
        self.sha256 = sha256
        self.size = size
        self.modified = modified
        self.changed = changed
        self.inode = inode
    }
}
