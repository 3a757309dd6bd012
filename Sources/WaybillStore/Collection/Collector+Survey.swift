import WaybillFormat
import WaybillSystem

/// What a collector finds before it looks at the objects. All of it blocks.
extension Collector {
    struct Scene: Sendable {
        var now = 0
        var intents: [StandingIntent] = []
        var pending: [PendingSet] = []
        var temporaryFiles = 0
        var abandonedIntents = 0
        var notices: [String] = []
    }

    /// Reads clock, intents and condemned sets, and sweeps away what has no owner any more.
    func survey() throws(StoreError) -> Scene {
        var scene = Scene()
        scene.now = try StoreClock.now(in: store)
        let (live, abandoned) = try intents(now: scene.now)
        scene.intents = live
        scene.abandonedIntents = abandoned.count
        if !options.isDryRun { for name in abandoned { try store.removeIntent(name) } }
        for name in try CondemnedSets.names(store.root).sorted() {
            do throws(StoreError) {
                if let set = try pendingSet(name) { scene.pending.append(set) }
            } catch  where error.code == .integrity {
                // Without it nothing of it is deleted; what is dead is condemned anew.
                scene.notices.append("the condemned set \(name) is damaged, and was dropped")
                if !options.isDryRun { try remove(name.text, in: CondemnedSets.folderName) }
            }
        }
        if !options.isDryRun { try settle(scene.pending.map(\.set)) }
        scene.temporaryFiles = try sweep(now: scene.now) + sweepWaits()
        return scene
    }

    /// Intents that stand, and those that are abandoned.
    func intents(now: Int) throws(StoreError) -> (live: [StandingIntent], abandoned: [PushName]) {
        var live: [StandingIntent] = []
        var abandoned: [PushName] = []
        for name in try store.intentNames() {
            guard let file = try store.openIntent(name) else { continue }
            let (bytes, renewedAt) = try storing { () throws(SystemError) in
                (try file.read(at: 0, count: WriterIntent.maximumBytes + 1), try file.status().writtenAt)
            }
            // One that cannot be read protects everything until it is old.
            let intent = (try? WriterIntent(decoding: bytes, subject: file.path)) ?? WriterIntent(holder: .mirror, startedAt: 0)
            let hasHolder = intent.holder == .mirror || !file.tryLock()
            let standing = StandingIntent(name: name, startedAt: intent.startedAt, renewedAt: renewedAt, hasHolder: hasHolder)
            if standing.isAbandoned(now: now, after: options.abandonAfter) { abandoned.append(name) } else { live.append(standing) }
        }
        return (live, abandoned)
    }

    private func pendingSet(_ name: PushName) throws(StoreError) -> PendingSet? {
        guard let set = try CondemnedSets.read(store.root, name) else { return nil }
        let folder = try storing { () throws(SystemError) in try store.root.folder(CondemnedSets.folderName) }
        guard let status = try storing({ () throws(SystemError) in try folder.status(name.text) }) else { return nil }
        let waitsName = name.text + CondemnedSets.waitsSuffix
        var waits: [PushName]?
        if let bytes = try? folder.file(waitsName, .read).read(at: 0, count: CondemnedWaits.maximumBytes + 1) {
            waits = (try? CondemnedWaits(decoding: bytes, subject: waitsName))?.intents
        }
        return PendingSet(name: name, set: set, writtenAt: status.writtenAt, waits: waits)
    }

    func remove(_ name: String, in folderName: String) throws(StoreError) {
        try storing { () throws(SystemError) in
            let folder = try store.root.folder(folderName)
            try folder.remove(name)
            try folder.sync()
        }
    }

    /// Makes durable what an earlier run deleted before it was killed: what it names must not go before it.
    private func settle(_ sets: [CondemnedSet]) throws(StoreError) {
        for (kind, names) in [
            ("manifests", sets.flatMap(\.manifests)), ("locators", sets.flatMap(\.locators)), ("lists", sets.flatMap(\.lists)),
        ] {
            for shard in Set(names.map(\.shard)) {
                guard let folder = try? store.root.folder([kind, shard]) else { continue }
                try storing { () throws(SystemError) in try folder.sync() }
            }
        }
    }

    // MARK: What writers left behind

    /// Removes temporary files that nobody has written to for a day.
    /// - Returns: their number.
    private func sweep(now: Int) throws(StoreError) -> Int {
        var swept = 0
        func sweep(_ folder: Folder?, _ isLeft: (String) -> Bool) throws(StoreError) {
            guard let folder else { return }
            swept += try storing { () throws(SystemError) in
                var count = 0
                for name in try folder.names() where isLeft(name) {
                    guard let status = try folder.status(name), status.kind == .file,
                        now - status.writtenAt >= CollectionOptions.temporaryAge * 1_000_000
                    else { continue }
                    count += 1
                    if !options.isDryRun { try folder.remove(name) }
                }
                return count
            }
        }
        let isTemporary = { (name: String) in name.hasPrefix("tmp-") }
        try sweep(store.root, isTemporary)
        try sweep(try? store.privateFolder, isTemporary)
        for name in ["tmp", "index"] { try sweep(try? store.privateFolder.folder(name), isTemporary) }
        for model in try DirectoryStore.models(store.root) {
            let path = ["refs", model.org, model.name]
            try sweep(try? store.root.folder(path), isTemporary)
            for ref in try DirectoryStore.refNames(store.root, model) { try sweep(try? store.root.folder(path + [ref.text]), isTemporary) }
        }
        return swept
    }

    /// Removes lists of waits whose set is gone: only a collector makes them, and there is no other.
    private func sweepWaits() throws(StoreError) -> Int {
        guard let folder = try? store.root.folder(CondemnedSets.folderName) else { return 0 }
        let sets = try CondemnedSets.names(store.root)
        return try storing { () throws(SystemError) in
            var swept = 0
            for name in try folder.names() where name.hasSuffix(CondemnedSets.waitsSuffix) {
                guard let set = PushName(name.dropLast(CondemnedSets.waitsSuffix.utf8.count)), !sets.contains(set) else { continue }
                swept += 1
                if !options.isDryRun { try folder.remove(name) }
            }
            return swept
        }
    }
}
