import WaybillFormat
import WaybillSystem

/// What entries that came since a look rely on: a collector that is about to delete spares it. Used with all commits locked out.
struct LateArrivals: Sendable {
    private var newest: [StoreLook.RefKey: Int]
    /// Manifests, lists (their locators have the same names) and packs that must stay.
    private(set) var manifests: Set<Digest> = []
    private(set) var lists: Set<Digest> = []
    private(set) var packs: Set<Digest> = []

    init(since look: StoreLook) { newest = look.newest }

    /// Looks for new entries. Blocks.
    mutating func update(_ store: DirectoryStore) throws(StoreError) {
        for model in try DirectoryStore.models(store.root) {
            for ref in try DirectoryStore.refNames(store.root, model) {
                let key = StoreLook.RefKey(model: model, ref: ref)
                for n in try StoreLook.entryNumbers(store, model, ref) where n > newest[key] ?? 0 {
                    if let manifest = try StoreLook.entry(store, model, ref, n)?.manifest { try spare(manifest, store) }
                    newest[key] = n
                }
            }
        }
    }

    /// The commit saw to it that every locator names packs that are there; these stay.
    private mutating func spare(_ manifest: Digest, _ store: DirectoryStore) throws(StoreError) {
        // A withdrawal may name what is gone.
        guard manifests.insert(manifest).inserted, try store.objectStatus(.manifest(manifest)) != nil else { return }
        for list in try store.manifest(manifest).lists where lists.insert(list).inserted {
            guard let bytes = try DirectoryStore.read(store.root, .locator(list)) else { continue }
            let subject = "\(store.label)/\(ObjectName.locator(list).path)"
            let locator = try parsing { () throws(FormatError) in try Locator(decoding: bytes, subject: subject) }
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
