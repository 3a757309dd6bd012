import WaybillFormat

/// An intent as a collector finds it.
package struct StandingIntent: Hashable, Sendable {
    package let name: PushName
    /// Microseconds, as it says itself.
    package let startedAt: Int
    /// Microseconds: when it was last written.
    package let renewedAt: Int
    /// False if its process is known to be gone.
    package let hasHolder: Bool

    package init(name: PushName, startedAt: Int, renewedAt: Int, hasHolder: Bool = true) {
        self.name = name
        self.startedAt = startedAt
        self.renewedAt = renewedAt
        self.hasHolder = hasHolder
    }

    package func isAbandoned(now: Int, after seconds: Int) -> Bool { !hasHolder || now - renewedAt >= seconds * 1_000_000 }
}

/// A condemned set as a collector finds it.
package struct PendingSet: Hashable, Sendable {
    package let name: PushName
    package let set: CondemnedSet
    /// Microseconds: when it was written; the grace counts from here.
    package let writtenAt: Int
    /// What it waits for; nil if the collector that made it was killed before it could tell.
    package var waits: [PushName]?

    package init(name: PushName, set: CondemnedSet, writtenAt: Int, waits: [PushName]?) {
        self.name = name
        self.set = set
        self.writtenAt = writtenAt
        self.waits = waits
    }
}

/// Objects that are deleted in one go, all of one kind.
package struct CondemnedBatch: Hashable, Sendable {
    package enum Kind: Int, CaseIterable, Sendable {
        // In this order: what names goes before what is named.
        case manifests, locators, lists, packs
    }

    package let kind: Kind
    package let names: [Digest]
}

/// What a look at the whole store found.
package struct CollectionFindings: Sendable {
    /// Not live, and old enough; those of condemned sets included.
    package var manifests: Set<Digest> = []
    package var lists: Set<Digest> = []
    package var locators: Set<Digest> = []
    package var packs: [PackTally] = []
    /// Live, and there.
    package var keptManifests: Set<Digest> = []

    package init() {}
}

/// The decisions of one run of a collector: a state machine without any input or output. `next` says what to do, the other
/// methods tell what came of it. Killed between any two actions, a later run ends what this one began.
package struct CollectionPlan: Sendable {
    package enum Action: Hashable, Sendable {
        /// List the intents now, and write down that this set waits for them.
        case recordWaits(PushName)
        /// Look at entries, lists and packs.
        case look
        /// Rewrite the locators of live lists that name these packs.
        case redirect(Set<Digest>)
        /// Copy the live frames of these packs into new ones.
        case repack([Digest])
        /// Create this condemned set.
        case condemn(CondemnedSet)
        /// Delete those that no entry needs that came since the look, with all commits locked out.
        case delete(CondemnedBatch, madeAt: Int)
        /// Remove the set: nothing of it is left to delete.
        case finish(PushName)
        case end
    }

    private enum Step {
        case waits, look
        case redirectDue(PendingSet, [CondemnedBatch])
        case delete(PendingSet, [CondemnedBatch])
        case repack, redirectGoners, condemn, end
    }

    static let batchSize = 256

    private let options: CollectionOptions
    private var now: Int
    /// The sets that were there at the beginning.
    private let known: [PendingSet]
    /// Those of them that are there still.
    private var pending: [PendingSet]
    private var intents: Set<PushName>
    private var step = Step.waits
    private var findings = CollectionFindings()
    /// Settled packs that go, by name.
    private var goners: Set<Digest> = []
    /// The set that this run made.
    private var made: PushName?
    private var sizes: [Digest: Int] = [:]
    package private(set) var report = CollectionReport()

    /// - Parameters:
    ///   - now: microseconds, by the store's clock.
    ///   - intents: those that are not abandoned.
    package init(options: CollectionOptions, now: Int, pending: [PendingSet], intents: [StandingIntent]) {
        self.options = options
        self.now = now
        known = pending.sorted { $0.name < $1.name }
        self.pending = known
        self.intents = Set(intents.map(\.name))
        report.isDryRun = options.isDryRun
    }

    /// What was written from then on is young: nobody condemns it.
    package static func horizon(now: Int, intents: [StandingIntent]) -> Int { intents.map(\.startedAt).reduce(now, min) }

    package mutating func next() -> Action {
        while true {
            switch step {
            case .waits:
                if !options.isDryRun, let open = pending.first(where: { $0.waits == nil }) { return .recordWaits(open.name) }
                step = .look
            case .look: return .look
            case .redirectDue(let set, let batches):
                let packs = Set(batches.filter { $0.kind == .packs }.flatMap(\.names))
                if !packs.isEmpty { return .redirect(packs) }
                step = .delete(set, batches)
            case .delete(let set, let batches):
                guard let batch = batches.first else { return .finish(set.name) }
                return .delete(batch, madeAt: set.set.madeAt)
            case .repack:
                let partly = findings.packs.filter { isPartlyDead($0) }.map(\.name)
                if !partly.isEmpty { return .repack(partly) }
                step = .redirectGoners
            case .redirectGoners:
                if !goners.isEmpty { return .redirect(goners) }
                step = .condemn
            case .condemn:
                let set = newSet
                if !set.isEmpty { return .condemn(set) }
                step = .end
            case .end: return .end
            }
        }
    }

    // MARK: What came of it

    package mutating func recorded(_ waits: [PushName], of name: PushName) {
        intents.formUnion(waits)
        for index in pending.indices where pending[index].name == name { pending[index].waits = waits }
    }

    package mutating func looked(_ found: CollectionFindings) {
        findings = found
        for pack in found.packs {
            sizes[pack.name] = pack.byteCount
            report.liveBytes += pack.neededBytes
            report.deadBytes += pack.byteCount - pack.neededBytes
            if pack.standing == .settled, pack.neededBytes == 0 { goners.insert(pack.name) }
        }
        report.revisionsKept = found.keptManifests.count
        guard options.isDryRun else { return continueWithDue() }
        foretell()
        step = .end
    }

    /// - Parameter unmovable: packs that hold the only copy of a live chunk after all.
    package mutating func redirected(unmovable: Set<Digest>) {
        switch step {
        case .redirectDue(let set, let batches):
            report.revived += amount(packs: unmovable, manifests: 0)
            step = .delete(set, batches.map { CondemnedBatch(kind: $0.kind, names: $0.names.filter { !unmovable.contains($0) }) })
        default:
            goners.subtract(unmovable)
            step = .condemn
        }
    }

    /// - Parameter moved: packs all of whose live frames are in other packs now.
    package mutating func repacked(_ moved: [Digest], byteCount: Int) {
        goners.formUnion(moved)
        report.repacked.packs += moved.count
        report.repacked.bytes += byteCount
        step = .redirectGoners
    }

    /// The set was created and waits for `waits`; with no grace and no intents it is deleted at once.
    /// - Parameter writtenAt: the time of its file, from which later runs count the grace.
    package mutating func condemned(_ set: CondemnedSet, as name: PushName, writtenAt: Int, waits: [PushName]) {
        report.condemned += amount(packs: set.packs, manifests: set.manifests.count)
        intents.formUnion(waits)
        made = name
        now = max(now, writtenAt)
        let set = PendingSet(name: name, set: set, writtenAt: writtenAt, waits: waits)
        if isDue(set) {
            step = .redirectDue(set, batches(of: set))
        } else {
            report.waiting.append(waiting(set))
            step = .end
        }
    }

    /// - Parameters:
    ///   - needed: of the batch, left in place because something came since that needs it.
    ///   - freed: what is gone, with its bytes.
    package mutating func deleted(needed: Int, freed: CollectionReport.Amount) {
        guard case .delete(let set, let batches) = step, let batch = batches.first else { return }
        report.freed += freed
        if batch.kind == .packs { report.revived.packs += needed }
        if batch.kind == .manifests { report.revived.revisions += needed }
        step = .delete(set, Array(batches.dropFirst()))
    }

    package mutating func finished() {
        guard case .delete(let set, _) = step else { return }
        pending.removeAll { $0.name == set.name }
        // A set made by this run was the last thing to do.
        if set.name == made { step = .end } else { continueWithDue() }
    }

    // MARK: Decisions

    private mutating func continueWithDue() {
        report.waiting = pending.filter { !isDue($0) }.map { waiting($0) }
        guard let due = pending.first(where: { isDue($0) }) else {
            step = .repack
            return
        }
        step = .redirectDue(due, batches(of: due))
    }

    private func isPartlyDead(_ pack: PackTally) -> Bool {
        pack.standing == .settled && pack.neededBytes > 0 && pack.deadPercent > Double(options.repackAbove)
    }

    /// What goes and is in no set yet.
    private var newSet: CondemnedSet {
        var room = CondemnedSet.maximumDigests
        func take(_ names: Set<Digest>, _ claimed: (CondemnedSet) -> [Digest]) -> [Digest] {
            let taken = names.subtracting(claimedNames(claimed)).sorted().prefix(room)
            room -= taken.count
            return Array(taken)
        }
        // What names goes with what it names, or before.
        let manifests = take(findings.manifests) { $0.manifests }
        let locators = take(findings.locators) { $0.locators }
        let lists = take(findings.lists) { $0.lists }
        let packs = take(goners) { $0.packs }
        return CondemnedSet(madeAt: now, manifests: manifests, lists: lists, locators: locators, packs: packs)
    }

    private func claimedNames(_ kind: (CondemnedSet) -> [Digest]) -> Set<Digest> { Set(known.flatMap { kind($0.set) }) }

    /// What can be deleted of a set; the rest of it is needed again, or gone already.
    private mutating func batches(of set: PendingSet) -> [CondemnedBatch] {
        let isNew = set.name == made
        let dead = Set(findings.packs.filter { $0.neededBytes == 0 || isNew }.map(\.name))
        let packs = set.set.packs.filter { dead.contains($0) }
        if !isNew {
            let needed = findings.packs.filter { $0.neededBytes > 0 }.map(\.name)
            report.revived += amount(packs: Set(needed).intersection(set.set.packs), manifests: 0)
        }
        let groups: [(CondemnedBatch.Kind, [Digest])] = [
            (.manifests, set.set.manifests.filter { findings.manifests.contains($0) }),
            (.locators, set.set.locators.filter { findings.locators.contains($0) }),
            (.lists, set.set.lists.filter { findings.lists.contains($0) }),
            (.packs, packs),
        ]
        report.revived.revisions += findings.keptManifests.intersection(set.set.manifests).count
        return groups.flatMap { (kind, names) in
            stride(from: 0, to: names.count, by: Self.batchSize).map {
                CondemnedBatch(kind: kind, names: Array(names[$0..<min($0 + Self.batchSize, names.count)]))
            }
        }
    }

    /// What a run that may act would do.
    private mutating func foretell() {
        for set in known {
            guard isDue(set) else {
                report.waiting.append(waiting(set))
                continue
            }
            let all = batches(of: set)
            report.freed += amount(
                packs: all.filter { $0.kind == .packs }.flatMap(\.names),
                manifests: all.filter { $0.kind == .manifests }.reduce(0) { $0 + $1.names.count })
        }
        for pack in findings.packs where isPartlyDead(pack) {
            report.repacked.packs += 1
            report.repacked.bytes += pack.neededBytes
            goners.insert(pack.name)
        }
        let set = newSet
        report.condemned += amount(packs: set.packs, manifests: set.manifests.count)
    }

    private func openWaits(_ set: PendingSet) -> [PushName] { (set.waits ?? intents.sorted()).filter { intents.contains($0) } }

    private func isDue(_ set: PendingSet) -> Bool { now - set.writtenAt >= options.grace * 1_000_000 && openWaits(set).isEmpty }

    private func waiting(_ set: PendingSet) -> CollectionReport.Waiting {
        CollectionReport.Waiting(
            name: set.name, amount: amount(packs: set.set.packs, manifests: set.set.manifests.count),
            until: set.writtenAt / 1_000_000 + options.grace, intents: openWaits(set))
    }

    private func amount(packs: some Collection<Digest>, manifests: Int) -> CollectionReport.Amount {
        CollectionReport.Amount(packs: packs.count, bytes: packs.reduce(0) { $0 + (sizes[$1] ?? 0) }, revisions: manifests)
    }
}
