import WaybillFormat

/// What entries that came since a look rely on. By the wait there is nothing of it among what is deleted; looking is cheap.
struct BucketArrivals: Sendable {
    private var newest: [StoreLook.RefKey: Int]
    /// Manifests, lists (their locators have the same names) and packs that must stay.
    private var manifests: Set<Digest> = []
    private var lists: Set<Digest> = []
    private var packs: Set<Digest> = []

    init(since newest: [StoreLook.RefKey: Int]) { self.newest = newest }

    mutating func update(_ store: S3Store) async throws(StoreError) {
        for (key, numbers) in try await BucketLook.entries(store) {
            for (n, writtenAt) in numbers where n > newest[key] ?? 0 {
                if let manifest = try await BucketLook.entry(store, key, n, writtenAt: writtenAt)?.manifest {
                    try await spare(manifest, store)
                }
                newest[key] = n
            }
        }
    }

    private mutating func spare(_ digest: Digest, _ store: S3Store) async throws(StoreError) {
        let reader = RevisionReader(store)
        // A withdrawal may name what is gone.
        guard manifests.insert(digest).inserted,
            let manifest = try await BucketLook.readable({ () async throws(StoreError) in try await reader.manifest(digest).manifest })
        else { return }
        for list in manifest.lists where lists.insert(list).inserted {
            let name = ObjectName.locator(list)
            guard let bytes = try await store.client.objectIfAny(name.path, maximum: name.maximumBytes) else { continue }
            let locator = try parsing { () throws(FormatError) in try Locator(decoding: bytes, subject: "\(store.label)/\(name.path)") }
            packs.formUnion(locator.places.compactMap { $0?.pack })
        }
    }

    func spares(_ name: Digest, _ kind: CondemnedBatch.Kind) -> Bool {
        switch kind {
        case .manifests: manifests.contains(name)
        case .lists, .locators: lists.contains(name)
        case .packs: packs.contains(name)
        }
    }
}
