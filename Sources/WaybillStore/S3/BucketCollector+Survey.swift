import WaybillFormat

/// What a collector finds before it looks at the objects, and the wait.
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
            var pending = PendingSet(name: name, set: set, writtenAt: object.modifiedAt, waits: nil)
            let isFinal = names.contains(name.text + BucketCondemned.finalSuffix)
            pending.waits = try await close(pending, isFinal: isFinal, now: scene.now, &scene)
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

    // MARK: The wait

    /// Shows a set as final once its grace is over, and lists the intents that it then waits for.
    /// - Returns: those; none for a set whose grace is not over.
    func close(_ set: PendingSet, isFinal: Bool, now: Int, _ scene: inout Scene) async throws(StoreError) -> [PushName] {
        guard now - set.writtenAt >= options.grace * 1_000_000 else { return [] }
        var waits = isFinal ? try await waits(set.name) : nil
        if waits == nil {
            guard !options.isDryRun else { return scene.intents.map(\.name) }
            // Shown first, then the intents: a writer sees it, or is seen.
            if !isFinal { try await store.putObject(finalPath(set.name), []) }
            let listed = try await listIntents(into: set.name)
            let known = Set(scene.intents.map(\.name))
            scene.intents += listed.filter { !known.contains($0) }.map { StandingIntent(name: $0, startedAt: now, renewedAt: now) }
            waits = listed
        }
        let found = waits ?? []
        if Set(scene.intents.map(\.name)).isDisjoint(with: found) {
            scene.closed.formUnion(set.set.manifests + set.set.lists + set.set.locators + set.set.packs)
        }
        return found
    }

    private func finalPath(_ name: PushName) -> String { BucketCondemned.folder + name.text + BucketCondemned.finalSuffix }

    private func listIntents(into name: PushName) async throws(StoreError) -> [PushName] {
        let live = try await intents(now: try await store.now()).live.map(\.name)
        guard live.count <= CondemnedWaits.maximumIntents else {
            throw StoreError(
                .failure, subject: "\(store.label)/intents", cause: "has \(live.count) intents",
                remedy: "Look who makes them; those that are not renewed go after a week")
        }
        let waits = CondemnedWaits(intents: live)
        try await store.putObject(finalPath(name), waits.encoded())
        return waits.intents
    }

    /// What a final set waits for; nil if the collector that made it so was killed before it could tell.
    private func waits(_ name: PushName) async throws(StoreError) -> [PushName]? {
        let path = finalPath(name)
        guard let bytes = try await store.client.objectIfAny(path, maximum: CondemnedWaits.maximumBytes) else { return nil }
        return (try? CondemnedWaits(decoding: bytes, subject: path))?.intents
    }

    // MARK: What writers left behind

    /// Removes old marks and probes, and what says that a set is final which is gone.
    private func sweep(now: Int, _ names: Set<String>) async throws(StoreError) -> Int {
        var old: [String] = []
        for (folder, seconds) in [("private/pushes/", options.abandonAfter), ("private/probe/", CollectionOptions.temporaryAge)] {
            old += try await store.client.objects(folder).filter { now - $0.modifiedAt >= seconds * 1_000_000 }.map(\.key)
        }
        for name in names {
            let suffix = BucketCondemned.finalSuffix
            guard name.hasSuffix(suffix), !names.contains(String(name.dropLast(suffix.utf8.count))) else { continue }
            old.append(BucketCondemned.folder + name)
        }
        if !options.isDryRun {
            _ = try await store.concurrently(old) { [store] (path) async throws(StoreError) in try await store.removeObject(path) }
        }
        return old.count
    }
}
