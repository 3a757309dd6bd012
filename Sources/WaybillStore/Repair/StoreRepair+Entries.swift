import WaybillFormat
import WaybillSystem

extension StoreRepair {
    /// What stands for an entry that was lost: no reader takes it for one, so that none takes an older one for the newest.
    private static let burnt = Array("This ref entry was lost, and no other store gave it back.\n".utf8)

    /// Brings entries back from other stores, byte for byte, where the log confirms them. What nobody has stays as it is.
    func mendEntries(_ check: StoreCheck, _ store: DirectoryStore, _ report: inout StoreRepairReport) async throws(StoreError) {
        var findings = StoreFindings()
        try await check.checkRefs(&findings)
        for log in findings.logs where !log.wanted.isEmpty {
            var log = log
            // Downwards where a later entry tells, then upwards from what is known.
            for n in log.wanted + log.wanted.reversed() {
                if case .good? = log.entries[n] { continue }
                guard let (entry, bytes) = await fetch(n, log) else { continue }
                try await write(bytes, .refEntry(log.model, log.ref, n), store)
                log.entries[n] = .good(entry, digest: SHA256.digest(of: bytes))
                report.did("restored from another store", entry.objectName.path)
            }
            for n in log.gaps where log.entries[n] == nil {
                try await write(Self.burnt, .refEntry(log.model, log.ref, n), store)
                report.did("marked as lost", ObjectName.refEntry(log.model, log.ref, n).path)
            }
        }
    }

    private func fetch(_ n: Int, _ log: RefLog) async -> (RefEntry, [UInt8])? {
        for source in sources {
            guard let bytes = try? await source.object(.refEntry(log.model, log.ref, n), fresh: true),
                let entry = try? RefEntry(decodingEnvelope: bytes, model: log.model, ref: log.ref, n: n, sha256: SHA256.digest(of:)),
                log.accepts(entry, digest: SHA256.digest(of: bytes), at: n)
            else { continue }
            return (entry, bytes)
        }
        return nil
    }

    /// Replaces an entry that is damaged or gone; no reader ever accepted what was there.
    private func write(_ bytes: [UInt8], _ name: ObjectName, _ store: DirectoryStore) async throws(StoreError) {
        try await work.run { _ throws(StoreError) in
            let lock = try Self.refsLock(store)
            defer { withExtendedLifetime(lock) {} }
            try store.replaceObject(name, bytes)
        }
    }

    /// The lock of writers of entries and listings. Blocks.
    static func refsLock(_ store: DirectoryStore) throws(StoreError) -> OwnedFile {
        try storing { () throws(SystemError) in
            let file = try store.privateFolder.folder("locks", create: true).file("refs", .readWrite)
            try file.lock()
            return file
        }
    }

    /// Models whose index.json alone remembers an entry.
    private static func witnesses(_ logs: [RefLog]) -> Set<ModelName> {
        var models: Set<ModelName> = []
        for log in logs where !log.mayRewriteHints {
            // A ref that is not there, while one that is there is not listed: its name is damaged.
            let isMisspelt = log.newest == 0 && logs.contains { $0.model == log.model && $0.newest > 0 && $0.indexed == nil }
            if !isMisspelt { models.insert(log.model) }
        }
        return models
    }

    /// Makes `latest`, index.json and catalog.json say what is there.
    func rebuildHints(_ check: StoreCheck, _ report: inout StoreRepairReport) async throws(StoreError) {
        var findings = StoreFindings()
        try await check.checkRefs(&findings)
        guard findings.hintsAreStale || findings.logs.contains(where: { !$0.faults.isEmpty }) else { return }
        let logs = findings.logs
        let store = try await DirectoryStore.open(path, work: work)
        let written = try await work.run { _ throws(StoreError) -> [String] in
            let lock = try Self.refsLock(store)
            defer { withExtendedLifetime(lock) {} }
            var written: [String] = []
            func replace(_ name: ObjectName, _ bytes: [UInt8]) throws(StoreError) {
                // Past its limit it is damaged like any other.
                if let present = try? DirectoryStore.read(store.root, name), present == bytes { return }
                try store.replaceObject(name, bytes)
                written.append(name.path)
            }
            var items: [ModelName: [RefIndex.Item]] = [:]
            for log in logs {
                // Under the lock: a commit may have come in between.
                var notices: [String] = []
                let now = try StoreCheck.load(log.model, log.ref, indexed: log.indexed, store.root, &notices)
                if now.newest > 0, log.mayRewriteHints { try replace(.refHint(log.model, log.ref), RefHint.encode(now.newest)) }
                if let item = now.item { items[log.model, default: []].append(item) }
            }
            let witnesses = Self.witnesses(logs)
            for (model, refs) in items where !witnesses.contains(model) {
                try replace(.refIndex(model), RefIndex(model: model, refs: refs).encoded())
            }
            let models = try DirectoryStore.models(store.root)
            try replace(.catalog, Catalog(models: models).encoded())
            return written
        }
        for name in written { report.did("made anew", name) }
    }
}
