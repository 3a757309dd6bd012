import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

@Suite struct PullPlanTests {
    /// A random pull: packs with chunks, gaps between wanted ones, targets that share chunks, empty ones among them.
    private struct Pull {
        var places: [(name: ChunkName, place: ChunkPlace)] = []
        var destinations: [ChunkName: [Destination]] = [:]
        var openRows: [Int] = []

        init(seed: UInt64, packs: Int, chunks: Int, targets: Int, largest: Int) throws {
            var generator = SeededGenerator(seed: seed)
            var all: [(name: ChunkName, place: ChunkPlace)] = []
            for _ in 0..<packs {
                let pack = Digest(generator.bytes(32).span, at: 0)
                var offset = 8
                for _ in 0..<chunks {
                    let stored = Int.random(in: 1...largest, using: &generator)
                    if offset + stored > Limits.pack { break }
                    let name = try #require(ChunkName(digest: Digest(generator.bytes(32).span, at: 0), length: min(stored, Limits.chunk)))
                    all.append((name, ChunkPlace(pack: pack, offset: offset, stored: stored)))
                    offset += stored
                    // Now and then a gap: frames that nobody wants.
                    if Int.random(in: 0..<4, using: &generator) == 0 { offset += Int.random(in: 0...300_000, using: &generator) }
                }
            }
            all.shuffle(using: &generator)
            var wanted: Set<ChunkName> = []
            for target in 0..<targets {
                let rows = target % 5 == 4 ? 0 : Int.random(in: 0...30, using: &generator)
                var offset = 0
                for row in 0..<rows {
                    let item = all[Int.random(in: 0..<all.count, using: &generator)]
                    destinations[item.name, default: []].append(Destination(target: target, row: row, offset: offset))
                    if wanted.insert(item.name).inserted { places.append(item) }
                    offset += item.name.length
                }
                openRows.append(rows)
            }
        }
    }

    private static let seeds = Array(UInt64(1)...24)

    private func pull(_ seed: UInt64) throws -> Pull {
        try Pull(
            seed: seed, packs: 1 + Int(seed % 4), chunks: 40 + Int(seed) * 9, targets: 1 + Int(seed % 13),
            largest: [500, 60_000, 1 << 20, 4 << 20][Int(seed % 4)])
    }

    @Test("requests keep to the largest range and the largest gap, and join what may be joined", arguments: seeds)
    func coalescing(seed: UInt64) throws {
        let pull = try pull(seed)
        let fetches = PullPlan.coalesce(pull.places)
        var seen: [ChunkName: (Digest, Int, Int)] = [:]
        for fetch in fetches {
            #expect(!fetch.pieces.isEmpty)
            #expect(fetch.range.lowerBound == fetch.pieces.first?.offset)
            #expect(fetch.range.upperBound == fetch.pieces.map { $0.offset + $0.stored }.max())
            #expect(fetch.range.count <= PullPlan.maximumRange || fetch.pieces.count == 1)
            for (a, b) in zip(fetch.pieces, fetch.pieces.dropFirst()) {
                #expect(a.offset + a.stored <= b.offset)
                #expect(b.offset - (a.offset + a.stored) <= PullPlan.maximumGap)
            }
            for piece in fetch.pieces {
                #expect(seen.updateValue((fetch.pack, piece.offset, piece.stored), forKey: piece.name) == nil, "fetched twice")
            }
        }
        #expect(seen.count == pull.places.count)
        for item in pull.places {
            let found = try #require(seen[item.name])
            #expect(ChunkPlace(pack: found.0, offset: found.1, stored: found.2) == item.place)
        }
        // Neighbours of one pack that would fit together are together.
        for (a, b) in zip(fetches, fetches.dropFirst()) where a.pack == b.pack {
            let first = try #require(b.pieces.first)
            let isFar = first.offset - a.range.upperBound > PullPlan.maximumGap
            let isLarge = first.offset + first.stored - a.range.lowerBound > PullPlan.maximumRange
            #expect(isFar || isLarge)
        }
        // Packs come in the order in which the files first need them.
        var order: [Digest] = []
        for fetch in fetches where order.last != fetch.pack { order.append(fetch.pack) }
        var needed: [Digest] = []
        for item in pull.places where !needed.contains(item.place.pack) { needed.append(item.place.pack) }
        #expect(order == needed)
    }

    @Test("in any order of completion every chunk is fetched once, every target verified once, after its last chunk", arguments: seeds)
    func drive(seed: UInt64) throws {
        let pull = try pull(seed)
        var generator = SeededGenerator(seed: seed &* 977)
        // Places come in some portions, each when few requests are left.
        var unlocated = pull.places[...]
        func portion() -> [(name: ChunkName, place: ChunkPlace)] {
            let count = unlocated.isEmpty ? 0 : Int.random(in: 1...unlocated.count, using: &generator)
            defer { unlocated.removeFirst(count) }
            return Array(unlocated.prefix(count))
        }
        var plan = PullPlan(places: portion(), destinations: pull.destinations, openRows: pull.openRows)
        let limit = Int.random(in: 1...9, using: &generator)
        var running: [PullPlan.Action] = []
        var fetched: [ChunkName: Int] = [:]
        var open = pull.openRows
        var verified = [Int](repeating: 0, count: open.count)
        var steps = 0
        while !plan.isDone {
            steps += 1
            try #require(steps < 100_000, "the plan does not end")
            if plan.fetchesLeft <= limit { plan.add(portion()) }
            while running.count < limit, let action = plan.next() { running.append(action) }
            try #require(!running.isEmpty, "nothing is under way and the plan is not done")
            switch running.remove(at: Int.random(in: 0..<running.count, using: &generator)) {
            case .fetch(let fetch):
                let names = fetch.pieces.map(\.name)
                for name in names {
                    fetched[name, default: 0] += 1
                    for destination in plan.destinations(of: name) { open[destination.target] -= 1 }
                }
                plan.fetched(names)
            case .verify(let target):
                #expect(open[target] == 0, "verified before its last chunk")
                verified[target] += 1
                plan.verified(target)
            }
        }
        #expect(running.isEmpty)
        #expect(plan.next() == nil)
        #expect(plan.fetchesLeft == 0)
        #expect(fetched.count == pull.places.count)
        #expect(fetched.values.allSatisfy { $0 == 1 })
        #expect(verified.allSatisfy { $0 == 1 })
        #expect(open.allSatisfy { $0 == 0 })
    }

    @Test("a pull of no targets is done, one of empty files verifies them")
    func empty() {
        var nothing = PullPlan(places: [], destinations: [:], openRows: [])
        #expect(nothing.isDone)
        #expect(nothing.next() == nil)
        var plan = PullPlan(places: [], destinations: [:], openRows: [0, 0])
        #expect(!plan.isDone)
        let first = plan.next()
        let second = plan.next()
        #expect(Set([first, second]) == [.verify(target: 0), .verify(target: 1)])
        #expect(plan.next() == nil)
        plan.verified(0)
        #expect(!plan.isDone)
        plan.verified(1)
        #expect(plan.isDone)
    }

    @Test("exact limits: a gap and a range of the largest size join, one byte more does not")
    func exact() throws {
        let pack = SHA256.digest(of: [1])
        func name(_ number: UInt8) throws -> ChunkName { try #require(ChunkName(digest: SHA256.digest(of: [number]), length: 100)) }
        func count(_ places: [(Int, Int)]) throws -> Int {
            let items = try places.enumerated().map {
                (name: try name(UInt8($0.offset)), place: ChunkPlace(pack: pack, offset: $0.element.0, stored: $0.element.1))
            }
            return PullPlan.coalesce(items).count
        }
        let (gap, range) = (PullPlan.maximumGap, PullPlan.maximumRange)
        #expect(try count([(8, 100), (108 + gap, 100)]) == 1)
        #expect(try count([(8, 100), (109 + gap, 100)]) == 2)
        #expect(try count([(8, range - 100), (8 + range - 100, 100)]) == 1)
        #expect(try count([(8, range - 100), (8 + range - 100, 101)]) == 2)
        #expect(try count([]) == 0)
        // In any order of rows.
        #expect(try count([(208, 100), (8, 100), (108, 100)]) == 1)
    }

    @Test("equal offsets in two packs are two requests")
    func twoPacks() throws {
        let items = try (0..<2).map { number in
            let name = try #require(ChunkName(digest: SHA256.digest(of: [UInt8(number)]), length: 10))
            return (name: name, place: ChunkPlace(pack: SHA256.digest(of: [UInt8(9 + number)]), offset: 8, stored: 10))
        }
        #expect(PullPlan.coalesce(items).map(\.pack) == items.map(\.place.pack))
    }
}
