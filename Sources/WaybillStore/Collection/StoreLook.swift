import WaybillFormat
import WaybillSystem

/// What a store holds and what of it lives, found by reading entries, lists and footers once. Blocks.
struct StoreLook: Sendable {
    /// A ref's log and how far it was read.
    struct RefKey: Hashable, Sendable {
        let model: ModelName
        let ref: RefName
    }

    private(set) var findings = CollectionFindings()
    private(set) var selection: CopySelection
    /// Lists whose chunks are live.
    private(set) var liveLists: [Digest] = []
    /// The newest entry of every ref that was seen.
    private(set) var newest: [RefKey: Int] = [:]
    /// Raw bytes of all files of the distinct retained revisions.
    private(set) var referencedBytes = 0
    private(set) var burntEntries = 0
    /// Packs whose footers cannot be read: nobody touches them.
    private(set) var unreadablePacks = 0
    /// Evidence that is older than the horizon and whose chunk no live list names.
    private(set) var looseEvidence: Set<Digest> = []
    let horizon: Int

    private let store: DirectoryStore

    /// - Parameters:
    ///   - now: microseconds, by the store's clock.
    ///   - horizon: what was written from then on is young.
    /// - Throws: `.integrity` if a retained revision cannot be read: then nobody knows which chunks live.
    init(_ store: DirectoryStore, retention: Retention, now: Int, horizon: Int, condemned: Set<Digest>) throws(StoreError) {
        self.store = store
        self.horizon = horizon
        selection = CopySelection(LiveChunks())
        let kept = try keptManifests(retention, now: now)
        let manifests = try Self.objects("manifests", store.root)
        let lists = try Self.objects("lists", store.root)
        var live: Set<Digest> = []
        for (digest, touchedAt) in manifests {
            if kept.contains(digest) {
                let manifest = try retained(digest) { () throws(StoreError) in try store.manifest(digest) }
                findings.keptManifests.insert(digest)
                referencedBytes += manifest.byteCount
                live.formUnion(manifest.lists)
            } else if touchedAt >= horizon {
                // A push that is not committed yet; what it lacks it learns when it commits.
                if let manifest = try? store.manifest(digest) { live.formUnion(manifest.lists) }
            } else {
                findings.manifests.insert(digest)
            }
        }
        looseEvidence = Set(try Self.objects("evidence", store.root).filter { $0.1 < horizon }.map(\.0))
        var chunks = LiveChunks()
        let required = live
        for (digest, touchedAt) in lists where touchedAt >= horizon { live.insert(digest) }
        for list in live.sorted() {
            if required.contains(list) {
                let segment = try retained(list) { () throws(StoreError) in try store.segment(list) }
                note(segment, &chunks)
            } else if let segment = try? store.segment(list) {
                note(segment, &chunks)
            }
        }
        chunks.seal()
        liveLists = live.sorted()
        findings.lists = Set(lists.filter { $0.1 < horizon && !live.contains($0.0) }.map(\.0))
        let locators = try Self.objects("locators", store.root)
        findings.locators = Set(locators.filter { $0.1 < horizon && !live.contains($0.0) }.map(\.0))
        selection = CopySelection(chunks)
        try lookAtPacks(horizon: horizon, condemned: condemned)
    }

    private mutating func note(_ segment: ListSegment, _ chunks: inout LiveChunks) {
        for row in segment.rows { chunks.insert(row.name) }
        guard !looseEvidence.isEmpty else { return }
        for row in segment.rows { looseEvidence.remove(row.name.digest) }
    }

    private func retained<T>(_ digest: Digest, _ body: () throws(StoreError) -> T) throws(StoreError) -> T {
        do throws(StoreError) {
            return try body()
        } catch  where error.code == .integrity {
            throw StoreError(
                .integrity, subject: error.subject, cause: "\(error.cause), so that nobody knows which chunks are in use",
                remedy: "Nothing was deleted. Mend the store first ('waybill store check' tells more), or push the revision again")
        }
    }

    // MARK: Entries

    private mutating func keptManifests(_ retention: Retention, now: Int) throws(StoreError) -> Set<Digest> {
        var kept: Set<Digest> = []
        for model in try DirectoryStore.models(store.root) {
            for ref in try DirectoryStore.refNames(store.root, model) {
                var entries: [Retention.Entry] = []
                for n in try Self.entryNumbers(store, model, ref) {
                    guard let entry = try Self.entry(store, model, ref, n) else { continue }
                    if entry.isBurnt { burntEntries += 1 }
                    entries.append(entry)
                }
                if let last = entries.last { newest[RefKey(model: model, ref: ref)] = last.n }
                kept.formUnion(retention.kept(entries, of: model, ref, now: now))
            }
        }
        return kept
    }

    /// Numbers of a ref's entries, ascending.
    static func entryNumbers(_ store: DirectoryStore, _ model: ModelName, _ ref: RefName) throws(StoreError) -> [Int] {
        try storing { () throws(SystemError) in
            let names = try store.root.folder(["refs", model.org, model.name, ref.text]).names()
            return names.compactMap { ObjectName.entryNumber($0) }.sorted()
        }
    }

    static func entry(_ store: DirectoryStore, _ model: ModelName, _ ref: RefName, _ n: Int) throws(StoreError) -> Retention.Entry? {
        let name = ObjectName.refEntry(model, ref, n)
        // Nobody is shown it: that it is durable, as for other readers, is not needed.
        guard let status = try store.objectStatus(name), case .bytes(let bytes) = try StoredObject.read(name, store.root) else {
            return nil
        }
        let entry = try? RefEntry(decodingEnvelope: bytes, model: model, ref: ref, n: n, sha256: SHA256.digest(of:))
        return Retention.Entry(n: n, manifest: entry?.manifest, isBurnt: entry == nil, writtenAt: status.writtenAt)
    }

    // MARK: Objects

    /// Content-named objects of a kind, and when each was last touched, in microseconds.
    private static func objects(_ kind: String, _ root: Folder) throws(StoreError) -> [(Digest, Int)] {
        var found: [(Digest, Int)] = []
        try DirectoryStore.forEachObject(in: kind, root) { (folder, name) throws(StoreError) in
            guard let digest = Digest(hex: name), let status = try storing({ () throws(SystemError) in try folder.status(name) }) else {
                return
            }
            found.append((digest, status.touchedAt))
        }
        return found
    }

    private mutating func lookAtPacks(horizon: Int, condemned: Set<Digest>) throws(StoreError) {
        var order: [Digest] = []
        for (pack, touchedAt) in try Self.objects("packs", store.root) {
            guard let (footer, size) = store.packFooter(pack) else {
                unreadablePacks += 1
                continue
            }
            let standing: PackTally.Standing = condemned.contains(pack) ? .condemned : touchedAt >= horizon ? .young : .settled
            selection.add(PackTally(name: pack, byteCount: size, standing: standing), rows: footer.rows)
            order.append(pack)
        }
        for (number, pack) in order.enumerated() {
            guard let (footer, _) = store.packFooter(pack) else {
                throw StoreError(
                    .storage, subject: "\(store.label)/\(ObjectName.pack(pack).path)", cause: "cannot be read any more",
                    remedy: "Nothing was deleted. Check the disk, and whether something else works in the store")
            }
            selection.look(at: number, rows: footer.rows)
        }
        selection.finish()
        findings.packs = selection.packs
    }
}

extension DirectoryStore {
    /// A manifest, verified; blocks.
    func manifest(_ digest: Digest) throws(StoreError) -> Manifest {
        let bytes = try verified(.manifest(digest), digest)
        return try parsing { () throws(FormatError) in
            try Manifest(decoding: bytes, subject: "\(label)/\(ObjectName.manifest(digest).path)", sha256: SHA256.digest(of:))
        }
    }

    /// A list segment, verified; blocks.
    func segment(_ digest: Digest) throws(StoreError) -> ListSegment {
        let bytes = try verified(.list(digest), digest)
        return try parsing { () throws(FormatError) in
            try ListSegment(decoding: bytes, subject: "\(label)/\(ObjectName.list(digest).path)")
        }
    }

    private func verified(_ name: ObjectName, _ digest: Digest) throws(StoreError) -> [UInt8] {
        guard let bytes = try Self.read(root, name) else {
            throw StoreError(.integrity, subject: "\(label)/\(name.path)", cause: "is named and not there")
        }
        guard SHA256.digest(of: bytes) == digest else {
            throw StoreError(.integrity, subject: "\(label)/\(name.path)", cause: "is damaged: it has another SHA-256")
        }
        return bytes
    }

    /// Footer and size of a pack; nil if it cannot be read. Blocks.
    func packFooter(_ pack: Digest) -> (footer: PackFooter, size: Int)? {
        guard let file = try? openFile(.pack(pack)), let size = try? file.status().size,
            let footer = try? PackFile.footer(of: file, size: size, name: pack, label: label)
        else { return nil }
        return (footer, size)
    }
}
