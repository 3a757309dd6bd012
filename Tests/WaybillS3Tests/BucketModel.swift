/// A bucket as a table, with writers and a collector that follow Protocol/S3.md: each step is one request, and steps of several actors
/// come in any order. Chunks, packs and contents (a revision with its one list) are numbers.
struct BucketModel: Sendable {
    /// Rules that can be left out, to show that each is needed.
    enum Rule: CaseIterable, Sendable {
        /// A set is shown as final, and waits for the intents that stood then.
        case wait
        /// Writers do not write what a final set names.
        case closing
        /// Writers rely on no condemned pack.
        case condemnedPacks
    }

    struct SetFile {
        var packs: Set<Int>
        var contents: Set<Int>
        let madeAt: Int
        var isFinal = false
        var waits: [Int]?
    }

    var rules = Set(Rule.allCases)
    /// Steps; the store's clock has one second for four of them.
    var steps = 0
    var now: Int { steps / 4 }
    var packs: [Int: (chunks: Set<Int>, at: Int)] = [:]
    var lists: [Int: Int] = [:]
    var manifests: [Int: Int] = [:]
    var locators: [Int: [Int: Int]] = [:]
    /// By ref.
    var entries: [Int: [Int]] = [:]
    var intents: [Int: Int] = [:]
    var sets: [Int: SetFile] = [:]
    private var serial = 0

    static let contents: [Set<Int>] = [[1, 2, 3], [3, 4], [4, 5, 6], [1, 6]]

    mutating func fresh() -> Int {
        serial += 1
        return serial
    }

    /// What is wrong with the newest revision of a ref; nil if nothing is.
    var damage: String? {
        for (ref, log) in entries {
            guard let content = log.last else { continue }
            guard manifests[content] != nil else { return "ref \(ref): manifest \(content) is gone" }
            guard lists[content] != nil else { return "ref \(ref): list \(content) is gone" }
            for chunk in Self.contents[content] {
                guard let pack = locators[content]?[chunk] else { return "ref \(ref): chunk \(chunk) has no place" }
                guard packs[pack]?.chunks.contains(chunk) == true else { return "ref \(ref): pack \(pack) is gone" }
            }
        }
        return nil
    }
}

/// One push after another.
struct ModelWriter {
    let ref: Int
    private var content = 0
    private var intent = 0
    private var startedAt = 0
    private var step = 0
    private var condemned: Set<Int> = []
    private var closing: [Int: Int] = [:]
    private var places: [Int: Int] = [:]
    private(set) var commits = 0

    init(ref: Int) { self.ref = ref }

    mutating func act(_ bucket: inout BucketModel, _ random: inout some RandomNumberGenerator) {
        step += 1
        switch step {
        case 1:
            content = Int.random(in: 0..<BucketModel.contents.count, using: &random)
            startedAt = bucket.now
        case 2:
            intent = bucket.fresh()
            bucket.intents[intent] = startedAt
        case 3:
            condemned = bucket.rules.contains(.condemnedPacks) ? bucket.sets.values.reduce(into: []) { $0.formUnion($1.packs) } : []
            closing = [:]
            guard bucket.rules.contains(.closing) else { return }
            for (name, set) in bucket.sets where set.isFinal { for content in set.contents { closing[content] = name } }
        case 4:
            places = [:]
            for locator in bucket.locators.values {
                for (chunk, pack) in locator where !condemned.contains(pack) { places[chunk] = pack }
            }
        case 5:
            let missing = BucketModel.contents[content].filter { places[$0] == nil }
            guard !missing.isEmpty else { return }
            let pack = bucket.fresh()
            bucket.packs[pack] = (missing, bucket.now)
            for chunk in missing { places[chunk] = pack }
        case 6:
            for chunk in BucketModel.contents[content] where places[chunk].flatMap({ bucket.packs[$0] }) == nil { places[chunk] = nil }
            if BucketModel.contents[content].contains(where: { places[$0] == nil }) { step = 4 }
        case 7:
            if isClosed(bucket) { step -= 1 } else { bucket.lists[content] = bucket.now }
        case 8: bucket.locators[content] = places.filter { BucketModel.contents[content].contains($0.key) }
        case 9:
            if isClosed(bucket) { step -= 1 } else { bucket.manifests[content] = bucket.now }
        case 10: if bucket.intents[intent] == nil { step = 0 }
        case 11:
            bucket.entries[ref, default: []].append(content)
            commits += 1
        default:
            bucket.intents[intent] = nil
            step = 0
        }
    }

    private func isClosed(_ bucket: BucketModel) -> Bool { closing[content].map { bucket.sets[$0] != nil } ?? false }

    /// Killed; what it leaves is abandoned after a while.
    mutating func die(_ bucket: inout BucketModel) {
        if step >= 2 { bucket.intents[intent] = nil }
        step = 0
    }
}

/// One collection after another; a list of steps, each of which may add others.
struct ModelCollector {
    typealias Step = @Sendable (inout ModelCollector, inout BucketModel) -> Void

    private var steps: [Step] = []
    private var now = 0
    private var horizon = 0
    private var live: Set<Int> = []
    private var kept: Set<Int> = []
    private var alive: Set<Int> = []
    private var dead: Set<Int> = []
    private var goners: Set<Int> = []
    private var unmovable: Set<Int> = []
    private(set) var deletions = 0

    mutating func act(_ bucket: inout BucketModel) {
        if steps.isEmpty { begin() }
        let step = steps.removeFirst()
        step(&self, &bucket)
    }

    /// Killed; the next run goes on from what is in the bucket.
    mutating func die() { steps = [] }

    private mutating func begin() {
        steps.append { me, bucket in me.now = bucket.now }
        steps.append { me, bucket in
            me.live = Set(bucket.intents.keys)
            me.horizon = bucket.intents.values.reduce(me.now, min)
            let names = bucket.sets.keys.sorted()
            me.steps += names.flatMap { name in me.waits(name) }
            me.steps += me.look()
            me.steps.append { me, bucket in
                if let due = names.first(where: { me.isDue($0, bucket) }) { me.steps += me.delete(due, bucket) } else { me.condemn(bucket) }
            }
        }
    }

    // MARK: The wait

    private func waits(_ name: Int) -> [Step] {
        [
            { me, bucket in
                // The grace is over at once.
                guard let set = bucket.sets[name], set.waits == nil else { return }
                bucket.sets[name]?.isFinal = true
                me.steps.insert(
                    { me, bucket in
                        let found = Array(bucket.intents.keys)
                        me.live.formUnion(found)
                        bucket.sets[name]?.waits = found
                    }, at: 0)
            }
        ]
    }

    private func isDue(_ name: Int, _ bucket: BucketModel) -> Bool {
        guard let waits = bucket.sets[name]?.waits else { return false }
        return live.isDisjoint(with: waits) || !bucket.rules.contains(.wait)
    }

    // MARK: Looking

    private func look() -> [Step] {
        [
            { me, bucket in me.kept = Set(bucket.entries.values.compactMap(\.last)) },
            { me, bucket in
                me.alive = me.kept
                me.dead = []
                for (content, at) in bucket.manifests where !me.kept.contains(content) {
                    if at >= me.horizon { me.alive.insert(content) } else { me.dead.insert(content) }
                }
                for (content, at) in bucket.lists where !me.alive.contains(content) {
                    if at >= me.horizon { me.alive.insert(content) } else { me.dead.insert(content) }
                }
                me.dead.subtract(me.alive)
            },
            { me, bucket in
                let condemned = bucket.sets.values.reduce(into: Set<Int>()) { $0.formUnion($1.packs) }
                let chunks = me.alive.reduce(into: Set<Int>()) { $0.formUnion(BucketModel.contents[$1]) }
                var needed: Set<Int> = []
                for chunk in chunks {
                    let holders = bucket.packs.filter { $0.value.chunks.contains(chunk) }.keys.sorted()
                    if let best = holders.first(where: { !condemned.contains($0) }) ?? holders.first { needed.insert(best) }
                }
                me.goners = Set(bucket.packs.filter { !needed.contains($0.key) && $0.value.at < me.horizon }.keys)
            },
        ]
    }

    // MARK: Deeds

    /// Locators of live contents name other packs; what cannot be is `unmovable`.
    private func redirect(_ packs: Set<Int>, avoiding: Set<Int>) -> [Step] {
        alive.sorted().map { content in
            { me, bucket in
                guard var places = bucket.locators[content], !packs.isDisjoint(with: places.values) else { return }
                for (chunk, pack) in places where packs.contains(pack) {
                    let other = bucket.packs.keys.sorted().first {
                        bucket.packs[$0]?.chunks.contains(chunk) == true && !packs.contains($0) && !avoiding.contains($0)
                    }
                    if let other { places[chunk] = other } else { me.unmovable.insert(pack) }
                }
                let written = places
                // Written by a later request: a writer may come between.
                me.steps.insert({ _, bucket in bucket.locators[content] = written }, at: 0)
            }
        }
    }

    private func condemnedPacks(_ bucket: BucketModel) -> Set<Int> { bucket.sets.values.reduce(into: []) { $0.formUnion($1.packs) } }

    private mutating func condemn(_ bucket: BucketModel) {
        unmovable = []
        let known = bucket.sets.values.reduce(into: Set<Int>()) { $0.formUnion($1.contents) }
        let going = goners.subtracting(condemnedPacks(bucket))
        let contents = dead.subtracting(known)
        guard !going.isEmpty || !contents.isEmpty else { return }
        steps += redirect(going, avoiding: condemnedPacks(bucket))
        let madeAt = now
        steps.append { me, bucket in
            let name = bucket.fresh()
            bucket.sets[name] = .init(packs: going.subtracting(me.unmovable), contents: contents, madeAt: madeAt)
        }
    }

    private mutating func delete(_ name: Int, _ bucket: BucketModel) -> [Step] {
        guard let set = bucket.sets[name] else { return [] }
        unmovable = []
        let packs = set.packs.intersection(goners)
        let contents = set.contents.intersection(dead)
        var deeds = redirect(packs, avoiding: condemnedPacks(bucket))
        func remove(_ read: @escaping @Sendable (BucketModel) -> Int?, _ deed: @escaping @Sendable (inout BucketModel) -> Void) {
            deeds.append { me, bucket in
                guard let at = read(bucket), at < set.madeAt else { return }
                // Looked at by one request, deleted by the next.
                me.steps.insert(
                    { me, bucket in
                        deed(&bucket)
                        me.deletions += 1
                    }, at: 0)
            }
        }
        for content in contents { remove({ $0.manifests[content] }) { $0.manifests[content] = nil } }
        for content in contents { remove({ $0.lists[content] }) { $0.locators[content] = nil } }
        for content in contents { remove({ $0.lists[content] }) { $0.lists[content] = nil } }
        for pack in packs {
            deeds.append { me, bucket in
                guard !me.unmovable.contains(pack) else { return }
                bucket.packs[pack] = nil
                me.deletions += 1
            }
        }
        deeds.append { _, bucket in bucket.sets[name] = nil }
        return deeds
    }
}
