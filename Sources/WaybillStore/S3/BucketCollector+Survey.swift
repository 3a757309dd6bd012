import WaybillFormat

/// What a collector finds before it looks at the objects, and the two waits.
extension BucketCollector {
    struct Scene: Sendable {
        var now = 0
        var intents: [StandingIntent] = []
        var pending: [PendingSet] = []
        /// What sets name that wait no more: only this is deleted.
        var closed: Set<Digest> = []
        var temporaryFiles = 0
        var abandonedIntents = 0
        var notices: [String] = []
    }

    /// Reads clock, intents and condemned sets, and sweeps away what has no owner any more.
    func survey() async throws(StoreError) -> Scene {
        var scene = Scene()
        scene.now = try await store.now()
        let (live, abandoned) = try await intents(now: scene.now)
        scene.intents = live
        scene.abandonedIntents = abandoned.count
        if !options.isDryRun { for name in abandoned { try await store.removeObject("intents/\(name)") } }
        let objects = try await store.client.objects(BucketCondemned.folder)
        let names = Set(objects.map { String($0.key.dropFirst(BucketCondemned.folder.utf8.count)) })
        for object in objects {
            guard let name = PushName(object.key.dropFirst(BucketCondemned.folder.utf8.count)) else { continue }
            guard let bytes = try await store.client.objectIfAny(object.key, maximum: CondemnedSet.maximumBytes) else { continue }
            guard let set = try? CondemnedSet(decoding: bytes, subject: object.key) else {
                // Without it nothing of it is deleted; what is dead is condemned anew.
                scene.notices.append("the condemned set \(name) is damaged, and was dropped")
                if !options.isDryRun { try await finish(name) }
                continue
            }
            var pending = PendingSet(
                name: name, set: set, writtenAt: object.modifiedAt, waits: try await waits(name, BucketCondemned.waitsSuffix))
            if let first = pending.waits {
                let isFinal = names.contains(name.text + BucketCondemned.finalSuffix)
                pending.waits = try await closing(
                    name, pending, waits: first, now: scene.now, &scene.intents, isFinal: isFinal, &scene.closed)
            }
            scene.pending.append(pending)
        }
        scene.temporaryFiles = try await sweep(now: scene.now, names)
        return scene
    }

    /// Intents that stand, and those that are abandoned.
    func intents(now: Int) async throws(StoreError) -> (live: [StandingIntent], abandoned: [PushName]) {
        var live: [StandingIntent] = []
        var abandoned: [PushName] = []
        let folder = "intents/"
        for object in try await store.client.objects(folder) {
            guard let name = PushName(object.key.dropFirst(folder.utf8.count)),
                let bytes = try await store.client.objectIfAny(object.key, maximum: WriterIntent.maximumBytes)
            else { continue }
            // One that cannot be read protects everything until it is old. No lock tells whether a process of it lives.
            let intent = (try? WriterIntent(decoding: bytes, subject: object.key)) ?? WriterIntent(holder: .mirror, startedAt: 0)
            let standing = StandingIntent(name: name, startedAt: intent.startedAt, renewedAt: object.modifiedAt)
            if standing.isAbandoned(now: now, after: options.abandonAfter) { abandoned.append(name) } else { live.append(standing) }
        }
        return (live, abandoned)
    }

    // MARK: The two waits

    /// Lists the intents that stand now, and writes down that the set waits for them.
    func recordWaits(_ name: PushName) async throws(StoreError) -> [PushName] {
        try await listIntents(into: name.text + BucketCondemned.waitsSuffix)
    }

    private func listIntents(into name: String) async throws(StoreError) -> [PushName] {
        let live = try await intents(now: try await store.now()).live.map(\.name)
        guard live.count <= CondemnedWaits.maximumIntents else {
            throw StoreError(
                .failure, subject: "\(store.label)/intents", cause: "has \(live.count) intents",
                remedy: "Look who makes them; those that are not renewed go after a week")
        }
        let waits = CondemnedWaits(intents: live)
        try await store.putObject(BucketCondemned.folder + name, waits.encoded())
        return waits.intents
    }

    private func waits(_ name: PushName, _ suffix: String) async throws(StoreError) -> [PushName]? {
        let path = BucketCondemned.folder + name.text + suffix
        guard let bytes = try await store.client.objectIfAny(path, maximum: CondemnedWaits.maximumBytes) else { return nil }
        return (try? CondemnedWaits(decoding: bytes, subject: path))?.intents
    }

    /// As below, with the intents that stand now.
    func closing(
        _ name: PushName, _ set: PendingSet?, waits: [PushName], now: Int, _ closed: inout Set<Digest>
    ) async throws(StoreError) -> [PushName] {
        guard let set else { return waits }
        // Just listed: all of them stand.
        var live = waits.map { StandingIntent(name: $0, startedAt: now, renewedAt: now) }
        return try await closing(name, set, waits: waits, now: now, &live, isFinal: false, &closed)
    }

    /// Takes a set from its first wait to its second, once grace and first wait are over.
    /// - Returns: what the set waits for now.
    private func closing(
        _ name: PushName, _ set: PendingSet, waits first: [PushName], now: Int, _ live: inout [StandingIntent],
        isFinal: Bool, _ closed: inout Set<Digest>
    ) async throws(StoreError) -> [PushName] {
        var standing = Set(live.map(\.name))
        guard now - set.writtenAt >= options.grace * 1_000_000, standing.isDisjoint(with: first), !options.isDryRun else { return first }
        let suffix = name.text + BucketCondemned.finalSuffix
        var second = isFinal ? try await self.waits(name, BucketCondemned.finalSuffix) : nil
        if second == nil {
            // Shown first, then the intents: a writer sees it, or is seen.
            if !isFinal { try await store.putObject(BucketCondemned.folder + suffix, []) }
            let found = try await listIntents(into: suffix)
            live += found.filter { !standing.contains($0) }.map { StandingIntent(name: $0, startedAt: now, renewedAt: now) }
            standing.formUnion(found)
            second = found
        }
        let waits = second ?? []
        if standing.isDisjoint(with: waits) {
            closed.formUnion(set.set.manifests + set.set.lists + set.set.locators + set.set.packs)
        }
        return waits
    }

    // MARK: What writers left behind

    /// Removes old marks and probes, and waits whose set is gone.
    private func sweep(now: Int, _ names: Set<String>) async throws(StoreError) -> Int {
        var old: [String] = []
        for (folder, seconds) in [("private/pushes/", options.abandonAfter), ("private/probe/", CollectionOptions.temporaryAge)] {
            old += try await store.client.objects(folder).filter { now - $0.modifiedAt >= seconds * 1_000_000 }.map(\.key)
        }
        for name in names {
            for suffix in [BucketCondemned.waitsSuffix, BucketCondemned.finalSuffix] where name.hasSuffix(suffix) {
                if !names.contains(String(name.dropLast(suffix.utf8.count))) { old.append(BucketCondemned.folder + name) }
            }
        }
        if !options.isDryRun {
            _ = try await store.concurrently(old) { [store] (path) async throws(StoreError) in try await store.removeObject(path) }
        }
        return old.count
    }
}
