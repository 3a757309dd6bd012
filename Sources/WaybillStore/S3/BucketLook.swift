import WaybillFormat
import WaybillSystem

/// What a bucket holds and what of it lives, found by reading entries, lists and footers once: `StoreLook` for a store without files.
struct BucketLook: Sendable {
    private(set) var findings = CollectionFindings()
    private(set) var selection = CopySelection(LiveChunks())
    /// Lists whose chunks are live.
    private(set) var liveLists: [Digest] = []
    /// The newest entry of every ref that was seen.
    private(set) var newest: [StoreLook.RefKey: Int] = [:]
    private(set) var burntEntries = 0
    /// Packs whose footers cannot be read: nobody touches them.
    private(set) var unreadablePacks = 0
    /// Of packs that can be read, in the order of the selection.
    private(set) var footers: [(pack: Digest, rows: [PackRow])] = []

    private let store: S3Store

    /// - Parameters:
    ///   - now: microseconds, by the store's clock.
    ///   - horizon: what was written from then on is young.
    /// - Throws: `.integrity` if a retained revision cannot be read: then nobody knows which chunks live.
    init(_ store: S3Store, retention: Retention, now: Int, horizon: Int, condemned: Set<Digest>) async throws(StoreError) {
        self.store = store
        let kept = try await keptManifests(retention, now: now)
        let manifests = try await Self.objects("manifests/", store)
        let lists = try await Self.objects("lists/", store)
        var live: Set<Digest> = []
        let reader = RevisionReader(store)
        for (digest, object) in manifests {
            if kept.contains(digest) {
                let manifest = try await Self.retained { () async throws(StoreError) in try await reader.manifest(digest).manifest }
                findings.keptManifests.insert(digest)
                live.formUnion(manifest.lists)
            } else if object.modifiedAt >= horizon {
                // A push that is not committed yet; what it lacks it learns when it commits.
                if let manifest = try await Self.readable({ () async throws(StoreError) in try await reader.manifest(digest).manifest }) {
                    live.formUnion(manifest.lists)
                }
            } else {
                findings.manifests.insert(digest)
            }
        }
        let required = live
        for (digest, object) in lists where object.modifiedAt >= horizon { live.insert(digest) }
        liveLists = live.sorted()
        findings.lists = Set(lists.filter { $0.value.modifiedAt < horizon && !live.contains($0.key) }.keys)
        let locators = try await Self.objects("locators/", store)
        findings.locators = Set(locators.filter { $0.value.modifiedAt < horizon && !live.contains($0.key) }.keys)
        var chunks = LiveChunks()
        // A few at a time: what they name is kept in a much smaller form.
        for start in stride(from: 0, to: liveLists.count, by: 32) {
            let part = Array(liveLists[start..<min(start + 32, liveLists.count)])
            let segments = try await store.concurrently(part) { (list) async throws(StoreError) -> ListSegment? in
                guard required.contains(list) else {
                    return try await Self.readable { () async throws(StoreError) in try await reader.segment(list) }
                }
                return try await Self.retained { () async throws(StoreError) in try await reader.segment(list) }
            }
            for segment in segments { for row in segment?.rows ?? [] { chunks.insert(row.name) } }
        }
        chunks.seal()
        selection = CopySelection(chunks)
        try await lookAtPacks(horizon: horizon, condemned: condemned)
    }

    private static func retained<T>(_ body: () async throws(StoreError) -> T) async throws(StoreError) -> T {
        do throws(StoreError) {
            return try await body()
        } catch  where error.code == .integrity || error.code == .notFound {
            throw StoreError(
                .integrity, subject: error.subject, cause: "\(error.cause), so that nobody knows which chunks are in use",
                remedy: "Nothing was deleted. Push the revision again, or withdraw what names it and let it go by a rule of retention")
        }
    }

    /// nil for what is not there, or damaged.
    static func readable<T>(_ body: () async throws(StoreError) -> T) async throws(StoreError) -> T? {
        do throws(StoreError) { return try await body() } catch  where error.code == .notFound || error.code == .integrity { return nil }
    }

    // MARK: Entries

    /// Numbers and times of all entries, by ref, ascending.
    static func entries(_ store: S3Store) async throws(StoreError) -> [StoreLook.RefKey: [(n: Int, writtenAt: Int)]] {
        var found: [StoreLook.RefKey: [(n: Int, writtenAt: Int)]] = [:]
        try await store.client.list("refs/") { (objects, _) throws(StoreError) in
            for object in objects {
                guard case .refEntry(let model, let ref, let n)? = ObjectName(path: object.key) else { continue }
                found[StoreLook.RefKey(model: model, ref: ref), default: []].append((n, object.modifiedAt))
            }
            return true
        }
        return found
    }

    static func entry(
        _ store: S3Store, _ key: StoreLook.RefKey, _ n: Int, writtenAt: Int
    ) async throws(StoreError) -> Retention.Entry? {
        let name = ObjectName.refEntry(key.model, key.ref, n)
        let bytes: [UInt8]?
        do throws(StoreError) {
            bytes = try await store.client.objectIfAny(name.path, maximum: name.maximumBytes)
        } catch  where error.code == .integrity {
            return Retention.Entry(n: n, manifest: nil, isBurnt: true, writtenAt: writtenAt)
        }
        guard let bytes else { return nil }
        let entry = try? RefEntry(decodingEnvelope: bytes, model: key.model, ref: key.ref, n: n, sha256: SHA256.digest(of:))
        return Retention.Entry(n: n, manifest: entry?.manifest, isBurnt: entry == nil, writtenAt: writtenAt)
    }

    private mutating func keptManifests(_ retention: Retention, now: Int) async throws(StoreError) -> Set<Digest> {
        var kept: Set<Digest> = []
        let store = store
        for (key, numbers) in try await Self.entries(store) {
            let entries = try await store.concurrently(numbers) { (item) async throws(StoreError) in
                try await Self.entry(store, key, item.n, writtenAt: item.writtenAt)
            }.compactMap { $0 }
            burntEntries += entries.count { $0.isBurnt }
            if let last = numbers.last { newest[key] = last.n }
            kept.formUnion(retention.kept(entries, of: key.model, key.ref, now: now))
        }
        return kept
    }

    // MARK: Packs

    private static func objects(_ folder: String, _ store: S3Store) async throws(StoreError) -> [Digest: S3Listing.Object] {
        var found: [Digest: S3Listing.Object] = [:]
        for object in try await store.client.objects(folder) {
            guard let last = object.key.split(separator: "/").last, let digest = Digest(hex: last) else { continue }
            found[digest] = object
        }
        return found
    }

    private mutating func lookAtPacks(horizon: Int, condemned: Set<Digest>) async throws(StoreError) {
        let store = store
        let packs = try await Self.objects("packs/", store).sorted { $0.key < $1.key }
        let read = try await store.concurrently(packs) { (item) async throws(StoreError) in
            try await Self.readable { () async throws(StoreError) in
                try await store.packFooter(item.key, byteCount: item.value.byteCount)
            }
        }
        for ((pack, object), footer) in zip(packs, read) {
            guard let footer else {
                unreadablePacks += 1
                continue
            }
            let standing: PackTally.Standing =
                condemned.contains(pack) ? .condemned : object.modifiedAt >= horizon ? .young : .settled
            selection.add(PackTally(name: pack, byteCount: object.byteCount, standing: standing), rows: footer.rows)
            footers.append((pack, footer.rows))
        }
        for (number, footer) in footers.enumerated() { selection.look(at: number, rows: footer.rows) }
        selection.finish()
        findings.packs = selection.packs
    }
}

extension S3Store {
    /// Bytes at the end of a pack that are read at first: enough for most footers.
    private static let footerGuess = 64 << 10

    /// The verified footer of a pack of so many bytes.
    /// - Throws: `.integrity` if it is none.
    func packFooter(_ pack: Digest, byteCount: Int) async throws(StoreError) -> PackFooter {
        let name = ObjectName.pack(pack)
        let subject = "\(label)/\(name.path)"
        guard byteCount <= Limits.pack, byteCount >= PackTrailer.byteCount + PackFooter.header.count else {
            throw StoreError(.integrity, subject: subject, cause: "has \(byteCount) bytes, which is no pack")
        }
        func end(_ count: Int) async throws(StoreError) -> [UInt8] {
            let slab = Slab(capacity: count)
            try await read(name, range: byteCount - count..<byteCount, into: slab)
            return slab.bytes(0..<slab.count)
        }
        var tail = try await end(min(byteCount, Self.footerGuess))
        let length = try parsing { () throws(FormatError) in
            try PackTrailer(decoding: Array(tail.suffix(PackTrailer.byteCount)), packSize: byteCount, subject: subject).footerByteCount
        }
        if tail.count < length + PackTrailer.byteCount { tail = try await end(length + PackTrailer.byteCount) }
        let encoded = Array(tail.suffix(length + PackTrailer.byteCount).prefix(length))
        guard SHA256.digest(of: encoded) == pack else {
            throw StoreError(.integrity, subject: subject, cause: "its footer has another SHA-256")
        }
        return try parsing { () throws(FormatError) in try PackFooter(decoding: encoded, subject: subject, packSize: byteCount) }
    }
}
