import WaybillFormat
import WaybillSystem

/// Frees what no retained entry needs (Protocol/STORE.md, Collection). Does what `CollectionPlan` decides.
///
/// Safe beside pushes, pulls and mirrors of other processes. Ended at any instant, the next run continues.
public struct Collector: Sendable {
    let store: DirectoryStore
    let options: CollectionOptions

    public init(_ store: DirectoryStore, options: CollectionOptions = CollectionOptions()) {
        self.store = store
        self.options = options
    }

    /// - Throws: `.conflict` if another collector works there; `.integrity` if a retained revision cannot be read, and then
    ///   nothing is deleted.
    public func run() async throws(StoreError) -> CollectionReport {
        let alone = try await lockOut()
        defer { withExtendedLifetime(alone) {} }
        let scene = try await store.work.run { [self] _ throws(StoreError) in try survey() }
        var plan = CollectionPlan(options: options, now: scene.now, pending: scene.pending, intents: scene.intents)
        let look = Held<StoreLook>()
        let late = Held<LateArrivals>()
        var missing = 0
        var notices = scene.notices
        while true {
            switch plan.next() {
            case .recordWaits(let name):
                plan.recorded(try await recordWaits(name), of: name)
            case .look:
                let found = try await store.work.run { [self] _ throws(StoreError) in
                    try StoreLook(
                        store, retention: options.retention, now: scene.now,
                        horizon: CollectionPlan.horizon(now: scene.now, intents: scene.intents),
                        condemned: Set(scene.pending.flatMap(\.set.packs)))
                }
                look.value = found
                late.value = LateArrivals(since: found)
                missing = found.selection.missing
                notices += Self.notices(found)
                plan.looked(found.findings)
            case .redirect(let packs):
                let lists = look.value?.liveLists ?? []
                plan.redirected(
                    unmovable: try await store.work.run { [self] _ throws(StoreError) in try redirect(lists, awayFrom: packs) })
            case .repack(let packs):
                guard let found = look.value else { break }
                let outcome = try await store.work.run { [self] context throws(StoreError) in
                    try Repacking(store: store, selection: found.selection).run(packs, context: &context)
                }
                notices += outcome.notices
                plan.repacked(outcome.moved, byteCount: outcome.byteCount)
            case .condemn(let set):
                let name = PushName.random()
                let writtenAt = try await condemn(set, as: name)
                plan.condemned(set, as: name, writtenAt: writtenAt, waits: try await recordWaits(name))
            case .delete(let batch, let madeAt):
                guard let arrivals = late.value else { break }
                let (deleted, updated) = try await delete(batch, madeAt: madeAt, arrivals)
                late.value = updated
                plan.deleted(needed: batch.names.count - deleted.gone, freed: deleted.freed)
            case .finish(let name):
                try await finish(name)
                plan.finished()
            case .end:
                var report = plan.report
                if !options.isDryRun, report.freed.packs > 0 {
                    try await store.work.run { [store] _ throws(StoreError) in try store.index.prune() }
                }
                if let found = look.value { report.evidence = try await sweepEvidence(found) }
                report.temporaryFiles = scene.temporaryFiles
                report.abandonedIntents = scene.abandonedIntents
                report.missingChunks = missing
                report.notices = notices
                return report
            }
        }
    }

    /// A value that is set later on, by the one task that owns it.
    private final class Held<T> { var value: T? }

    private static func notices(_ look: StoreLook) -> [String] {
        var notices: [String] = []
        if look.selection.missing > 0 {
            notices.append("\(look.selection.missing) chunks of retained revisions are in no pack: 'waybill store check' tells more")
        }
        if look.unreadablePacks > 0 { notices.append("\(look.unreadablePacks) packs cannot be read, and were left alone") }
        if look.burntEntries > 0 { notices.append("\(look.burntEntries) entries of refs cannot be read: what they named is not kept") }
        return notices
    }

    /// One collector at a time.
    private func lockOut() async throws(StoreError) -> OwnedFile? {
        guard !options.isDryRun else { return nil }
        let file = try await store.work.run { [store] _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let file = try store.privateFolder.folder("locks", create: true).file("collector", .readWrite)
                return file.tryLock() ? file : nil
            }
        }
        guard let file else {
            throw StoreError(
                .conflict, subject: store.label, cause: "another collector works in this store", remedy: "Wait until it is done")
        }
        return file
    }
}
