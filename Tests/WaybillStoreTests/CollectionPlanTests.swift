import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// Writers and collectors that take turns by a seed, are killed and stopped anywhere, and never leave an entry that names what is
/// gone.
@Suite(.timeLimit(.minutes(2)))
struct CollectionPlanTests {
    /// A push as a chain of steps.
    private struct Writer {
        let chunks: [Int]
        let ref: String
        var intent: PushName?
        var stage = 0
        var toSend: [Int] = []
        var restarts = 0

        /// One step.
        /// - Returns: true when the push has committed.
        mutating func step(_ store: inout ModelStore) -> Bool {
            switch stage {
            case 0:
                // A push whose intent was taken away makes another one.
                let name = PushName(store.freshDigest())
                store.intents[name] = StandingIntent(name: name, startedAt: store.tick(), renewedAt: store.now)
                intent = name
            case 1: toSend = chunks.filter { store.lastingPack(of: $0) == nil }
            case 2: if !toSend.isEmpty { store.put(pack: toSend) }
            case 3: store.put(list: chunks)
            case 4: if !store.makeLocator(chunks) { return restart() }
            case 5: store.put(manifest: chunks)
            case 6: if !store.commit(chunks, to: ref) { return restart() }
            default:
                if let intent { store.intents[intent] = nil }
                return true
            }
            stage += 1
            return false
        }

        private mutating func restart() -> Bool {
            restarts += 1
            stage = intent == nil ? 0 : 1
            return false
        }
    }

    /// A collector's run as a chain of steps.
    private struct Run {
        var plan: CollectionPlan
        let options: CollectionOptions
        let horizon: Int
        var kept: (manifests: Set<Digest>, newest: [String: Int])?
        var selection: CopySelection?
        var liveLists: [Digest] = []
        var made: (set: CondemnedSet, name: PushName)?

        init(_ store: inout ModelStore, _ options: CollectionOptions) {
            let now = store.tick()
            for intent in store.intents.values where intent.isAbandoned(now: now, after: options.abandonAfter) {
                store.intents[intent.name] = nil
            }
            let live = Array(store.intents.values)
            self.options = options
            horizon = CollectionPlan.horizon(now: now, intents: live)
            plan = CollectionPlan(options: options, now: now, pending: store.pending(), intents: live)
        }

        /// - Returns: true at the end.
        mutating func step(_ store: inout ModelStore) -> Bool {
            let intents = store.liveIntents(abandonAfter: options.abandonAfter).map(\.name).sorted()
            if let (set, name) = made {
                // The set stands; writers may come before the intents are listed.
                made = nil
                store.sets[name]?.waits = intents
                plan.condemned(set, as: name, writtenAt: store.sets[name]?.writtenAt ?? 0, waits: intents)
                return false
            }
            switch plan.next() {
            case .recordWaits(let name):
                store.sets[name]?.waits = intents
                plan.recorded(intents, of: name)
            case .look:
                guard let kept else {
                    self.kept = store.kept(options.retention)
                    return false
                }
                let found = store.look(kept.manifests, horizon: horizon)
                selection = found.selection
                liveLists = found.liveLists
                plan.looked(found.findings)
            case .redirect(let packs): plan.redirected(unmovable: store.redirect(liveLists, awayFrom: packs))
            case .repack(let packs):
                if let selection { store.repack(packs, selection) }
                plan.repacked(packs, byteCount: 0)
            case .condemn(let set):
                let name = PushName(store.freshDigest())
                store.sets[name] = .init(set: set, writtenAt: store.tick())
                made = (set, name)
            case .delete(let batch, let madeAt):
                let gone = store.delete(batch, madeAt: madeAt, since: kept?.newest ?? [:])
                plan.deleted(needed: batch.names.count - gone, freed: .init(packs: batch.kind == .packs ? gone : 0))
            case .finish(let name):
                store.sets[name] = nil
                plan.finished()
            case .end: return true
            }
            return false
        }
    }

    private func options(_ generator: inout SeededGenerator, keepsAll: Bool) -> CollectionOptions {
        var options = CollectionOptions()
        if !keepsAll { options.retention.last = 1 }
        options.grace = [0, 0, 0, 3_600].randomElement(using: &generator) ?? 0
        options.abandonAfter = [0, 0, 100, 7 * 24 * 3_600].randomElement(using: &generator) ?? 0
        options.repackAbove = [0, 30, 60].randomElement(using: &generator) ?? 30
        return options
    }

    @Test("whatever order the steps of writers and collectors take, no entry dangles, and garbage goes in the end", arguments: 0..<40)
    func interleavings(seed: Int) {
        for round in 0..<25 { interleaving(seed: UInt64(seed * 1_000 + round)) }
    }

    private func interleaving(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let keepsAll = Bool.random(using: &generator)
        var store = ModelStore()
        var writers: [Writer] = []
        var run: Run?
        for step in 0..<220 {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<6 where writers.count < 4:
                // Few chunks, so that pushes reuse what others left.
                let chunks = (0..<12).filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
                if !chunks.isEmpty { writers.append(Writer(chunks: chunks, ref: "r\(Int.random(in: 0..<3, using: &generator))")) }
            case 6..<60:
                guard let index = writers.indices.randomElement(using: &generator) else { continue }
                if writers[index].step(&store) { writers.remove(at: index) }
            case 60..<62:
                // A writer is killed; its intent stays until it is abandoned.
                if let index = writers.indices.randomElement(using: &generator) { writers.remove(at: index) }
            case 62..<64: run = nil  // The collector is killed.
            case 64..<66:
                // Somebody makes a ref name what is there already, live or not.
                let some = store.manifests.keys.sorted().randomElement(using: &generator)
                if let list = some.flatMap({ store.manifests[$0]?.list }), let chunks = store.lists[list]?.chunks {
                    _ = store.commit(chunks, to: "r\(Int.random(in: 0..<3, using: &generator))")
                }
            case 66..<69: store.now += Int.random(in: 0..<7_200, using: &generator) * 1_000_000
            default:
                if run == nil { run = Run(&store, options(&generator, keepsAll: keepsAll)) }
                if run?.step(&store) ?? false { run = nil }
            }
            if let problem = store.dangling(keepsAll: keepsAll) {
                Issue.record("seed \(seed), step \(step): \(problem)")
                return
            }
        }
        // All who write end, and time goes by.
        for index in writers.indices { while !writers[index].step(&store), writers[index].restarts < 50 {} }
        #expect(writers.allSatisfy { $0.restarts < 50 }, "seed \(seed)")
        store.intents = [:]
        var last = CollectionOptions()
        last.retention.last = keepsAll ? nil : 1
        last.grace = 0
        last.repackAbove = 0
        for _ in 0..<4 {
            store.now += 8 * 24 * 3_600 * 1_000_000
            var run = Run(&store, last)
            while !run.step(&store) {}
        }
        #expect(store.dangling(keepsAll: keepsAll) == nil, "seed \(seed)")
        #expect(store.sets.isEmpty, "seed \(seed)")
        let live = Set(store.refs.values.flatMap { keepsAll ? $0[...] : $0.suffix(1) })
        #expect(Set(store.manifests.keys) == live, "seed \(seed)")
        let chunks = Set(live.compactMap { store.manifests[$0]?.list }.flatMap { store.lists[$0]?.chunks ?? [] })
        #expect(store.packs.values.flatMap(\.chunks).sorted() == chunks.sorted(), "seed \(seed): one copy of each live chunk stays")
    }

    @Test("a set waits for its grace and for the intents that stood when it was made, and for no later ones")
    func waiting() {
        var options = CollectionOptions()
        options.grace = 100
        let old = PushName(SHA256.digest(of: [1]))
        let young = PushName(SHA256.digest(of: [2]))
        let set = CondemnedSet(madeAt: 1_000_000, packs: [SHA256.digest(of: [3])])
        func verdict(now: Int, intents: [PushName], waits: [PushName]?) -> CollectionReport.Waiting? {
            let pending = PendingSet(name: PushName(SHA256.digest(of: [4])), set: set, writtenAt: 1_000_000, waits: waits)
            let standing = intents.map { StandingIntent(name: $0, startedAt: 0, renewedAt: now) }
            var plan = CollectionPlan(options: options, now: now, pending: [pending], intents: standing)
            while plan.next() != .look { plan.recorded(intents, of: pending.name) }
            plan.looked(CollectionFindings())
            return plan.report.waiting.first
        }
        #expect(verdict(now: 100_999_999, intents: [], waits: [])?.until == 101)
        #expect(verdict(now: 101_000_000, intents: [], waits: []) == nil)
        #expect(verdict(now: 101_000_000, intents: [old, young], waits: [old])?.intents == [old])
        #expect(verdict(now: 101_000_000, intents: [young], waits: [old]) == nil)
        // The collector that made it was killed: all that stand now might have been there.
        #expect(verdict(now: 101_000_000, intents: [young], waits: nil)?.intents == [young])
    }

    @Test("an intent is abandoned when it is not renewed, or when its process is gone; a clock that goes back abandons none")
    func abandoned() {
        func intent(_ hasHolder: Bool) -> StandingIntent {
            StandingIntent(name: PushName(SHA256.digest(of: [1])), startedAt: 0, renewedAt: 50_000_000, hasHolder: hasHolder)
        }
        #expect(!intent(true).isAbandoned(now: 149_999_999, after: 100))
        #expect(intent(true).isAbandoned(now: 150_000_000, after: 100))
        #expect(intent(false).isAbandoned(now: 50_000_000, after: 100))
        #expect(!intent(true).isAbandoned(now: 0, after: 100))
    }
}
