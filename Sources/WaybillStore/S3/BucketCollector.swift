import WaybillFormat
import WaybillSystem

/// Frees what no retained entry of a bucket needs (Protocol/S3.md, Collection). Does what `CollectionPlan` decides, as `Collector`
/// does in a directory; what locks do there, the intents do here.
public struct BucketCollector: Sendable {
    let store: S3Store
    let options: CollectionOptions
    let work: Work

    public init(_ store: S3Store, options: CollectionOptions = CollectionOptions(), work: Work) {
        self.store = store
        self.options = options
        self.work = work
    }

    /// - Throws: `.conflict` if another collector works there; `.integrity` if a retained revision cannot be read, and then
    ///   nothing is deleted.
    public func run() async throws(StoreError) -> CollectionReport {
        guard !options.isDryRun else { return try await run(nil) }
        let lock = try await BucketLock.acquire(store)
        do throws(StoreError) {
            let report = try await run(lock)
            await lock.release()
            return report
        } catch {
            await lock.release()
            throw error
        }
    }

    private func run(_ lock: BucketLock?) async throws(StoreError) -> CollectionReport {
        var scene = try await survey()
        var plan = CollectionPlan(options: options, now: scene.now, pending: scene.pending, intents: scene.intents)
        var look: BucketLook?
        var arrivals: BucketArrivals?
        // Footers of packs that this run wrote.
        var written: [(pack: Digest, rows: [PackRow])] = []
        var missing = 0
        while true {
            switch plan.next() {
            case .recordWaits(let name):
                // Every set of the survey has its waits.
                plan.recorded([], of: name)
            case .look:
                let found = try await BucketLook(
                    store, retention: options.retention, now: scene.now,
                    horizon: CollectionPlan.horizon(now: scene.now, intents: scene.intents),
                    condemned: Set(scene.pending.flatMap(\.set.packs)))
                missing = found.selection.missing
                scene.notices += Self.notices(found)
                plan.looked(found.findings)
                arrivals = BucketArrivals(since: found.newest)
                look = found
            case .redirect(let packs):
                guard let look else { continue }
                let condemned = Set(scene.pending.flatMap(\.set.packs))
                plan.redirected(
                    unmovable: try await redirect(look.liveLists, awayFrom: packs, avoiding: condemned, footers: look.footers + written))
            case .repack(let packs):
                guard let look else { continue }
                let outcome = try await repack(packs, look)
                scene.notices += outcome.notices
                written += outcome.written
                plan.repacked(outcome.moved, byteCount: outcome.byteCount)
            case .condemn(let set):
                let name = PushName.random()
                let writtenAt = try await condemn(set, as: name)
                let pending = PendingSet(name: name, set: set, writtenAt: writtenAt, waits: nil)
                let waits = try await close(pending, isFinal: false, now: max(scene.now, writtenAt), &scene)
                plan.condemned(set, as: name, writtenAt: writtenAt, waits: waits)
            case .delete(let batch, let madeAt):
                guard var came = arrivals, let look else { continue }
                try await lock?.requireHeld()
                try await came.update(store)
                arrivals = came
                let deleted = try await delete(batch, madeAt: madeAt, closed: scene.closed, came, look)
                plan.deleted(needed: batch.names.count - deleted.gone, freed: deleted.freed)
            case .finish(let name):
                try await finish(name)
                plan.finished()
            case .end:
                var report = plan.report
                report.temporaryFiles = scene.temporaryFiles
                report.abandonedIntents = scene.abandonedIntents
                report.missingChunks = missing
                report.notices = scene.notices
                return report
            }
        }
    }

    private static func notices(_ look: BucketLook) -> [String] {
        var notices: [String] = []
        if look.selection.missing > 0 { notices.append("\(look.selection.missing) chunks of retained revisions are in no pack") }
        if look.unreadablePacks > 0 { notices.append("\(look.unreadablePacks) packs cannot be read, and were left alone") }
        if look.burntEntries > 0 { notices.append("\(look.burntEntries) entries of refs cannot be read: what they named is not kept") }
        return notices
    }
}
