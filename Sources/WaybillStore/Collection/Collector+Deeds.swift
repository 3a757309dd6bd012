import WaybillFormat
import WaybillSystem

/// What a collector does to a store.
extension Collector {
    /// Lists the intents that stand now, and writes down that the set waits for them.
    func recordWaits(_ name: PushName) async throws(StoreError) -> [PushName] {
        try await store.work.run { [self] _ throws(StoreError) in
            let live = try intents(now: try StoreClock.now(in: store)).live.map(\.name)
            guard live.count <= CondemnedWaits.maximumIntents else {
                throw StoreError(
                    .failure, subject: "\(store.label)/\(DirectoryStore.intentsFolder)", cause: "has \(live.count) intents",
                    remedy: "Look who makes them; those that are not renewed go after a week")
            }
            let waits = CondemnedWaits(intents: live)
            try replace(name.text + CondemnedSets.waitsSuffix, with: waits.encoded())
            return waits.intents
        }
    }

    /// Creates the set. From then on no writer relies on what it names, and no locator is written that names its packs.
    /// - Returns: the time of its file, in microseconds.
    func condemn(_ set: CondemnedSet, as name: PushName) async throws(StoreError) -> Int {
        // A locator that is being written now was made without the set.
        let lock = try await CollectionLock.acquire(.exclusive, in: store)
        defer { withExtendedLifetime(lock) {} }
        return try await store.work.run { [self] _ throws(StoreError) in
            try replace(name.text, with: set.encoded())
            return try storing { () throws(SystemError) in
                try store.root.folder(CondemnedSets.folderName).file(name.text, .read).status().writtenAt
            }
        }
    }

    /// Writes a file of `gc/` durably, whole or not at all. Blocks.
    private func replace(_ name: String, with bytes: [UInt8]) throws(StoreError) {
        try storing { () throws(SystemError) in
            let folder = try store.root.folder(CondemnedSets.folderName, create: true)
            let temporary = try store.temporary.writeTemporary(bytes)
            do throws(SystemError) {
                try store.temporary.rename(temporary, to: name, in: folder)
            } catch {
                try? store.temporary.remove(temporary)
                throw error
            }
            try folder.sync()
        }
    }

    func finish(_ name: PushName) async throws(StoreError) {
        try await store.work.run { [self] _ throws(StoreError) in
            // The set first: without its waits it would only wait longer, but waits without a set are nothing.
            try remove(name.text, in: CondemnedSets.folderName)
            try remove(name.text + CondemnedSets.waitsSuffix, in: CondemnedSets.folderName)
        }
    }

    // MARK: Locators

    /// Makes the locators of `lists` name other packs than `packs`, durably. Blocks.
    /// - Returns: packs that hold the only copy of a chunk that is needed.
    func redirect(_ lists: [Digest], awayFrom packs: Set<Digest>) throws(StoreError) -> Set<Digest> {
        var unmovable: Set<Digest> = []
        // Other processes may have added packs since the index was read.
        try store.index.refresh()
        // A locator that is right already may be the work of a collector that was killed before it was durable; the packs that the
        // old one named must not go before it.
        for shard in Set(lists.map(\.shard)) {
            guard let folder = try? store.root.folder(["locators", shard]) else { continue }
            try storing { () throws(SystemError) in try folder.sync() }
        }
        for list in lists {
            let subject = ObjectName.locator(list).path
            let bytes = try DirectoryStore.read(store.root, .locator(list))
            let locator = bytes.flatMap { try? Locator(decoding: $0, subject: subject) }
            if let locator, locator.segment == list, packs.isDisjoint(with: locator.packs) { continue }
            // A list of a push that was not committed may be damaged; it is nobody's yet.
            guard let segment = try? store.segment(list) else { continue }
            var places = locator?.places ?? []
            if places.count != segment.rows.count { places = Array(repeating: nil, count: segment.rows.count) }
            let moving = places.indices.filter { places[$0].map { packs.contains($0.pack) } ?? true }
            let found = try store.index.places(moving.map { segment.rows[$0].name }, avoiding: packs)
            for (row, place) in zip(moving, found) {
                if let place { places[row] = place } else if let old = places[row] { unmovable.insert(old.pack) }
            }
            try store.putObject(.locator(list), Locator(segment: list, places: places).encoded())
        }
        return unmovable
    }

    // MARK: Deleting

    struct Deleted: Sendable {
        var gone = 0
        var freed = CollectionReport.Amount()
    }

    /// Deletes what is still dead of a batch, with commits locked out. Durable when this returns.
    func delete(
        _ batch: CondemnedBatch, madeAt: Int, _ arrivals: LateArrivals
    ) async throws(StoreError) -> (Deleted, LateArrivals) {
        let lock = try await CollectionLock.acquire(.exclusive, in: store)
        defer { withExtendedLifetime(lock) {} }
        return try await store.work.run { [self] _ throws(StoreError) in
            var arrivals = arrivals
            try arrivals.update(store)
            if batch.kind == .manifests { try CollectedRevisions.note(batch.names, in: store) }
            var deleted = Deleted()
            var shards: [String: Folder] = [:]
            for name in batch.names where !arrivals.spares(name, batch.kind) {
                let kind = batch.kind.folderName
                guard let folder = shards[name.shard] ?? (try? store.root.folder([kind, name.shard])) else {
                    deleted.gone += 1
                    continue
                }
                shards[name.shard] = folder
                try storing { () throws(SystemError) in
                    let status = try folder.status(name.hex)
                    // Written anew since: a push that saw the set relies on it.
                    if let status, batch.kind != .packs, status.touchedAt >= madeAt { return }
                    try folder.remove(name.hex)
                    deleted.gone += 1
                    guard let status else { return }
                    if batch.kind == .packs { deleted.freed += .init(packs: 1, bytes: status.size) }
                    if batch.kind == .manifests { deleted.freed += .init(revisions: 1) }
                }
            }
            for folder in shards.values { try storing { () throws(SystemError) in try folder.sync() } }
            return (deleted, arrivals)
        }
    }
}

extension CondemnedBatch.Kind {
    var folderName: String {
        switch self {
        case .manifests: "manifests"
        case .locators: "locators"
        case .lists: "lists"
        case .packs: "packs"
        }
    }
}
