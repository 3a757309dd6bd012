import Testing
import WaybillPlanning

/// Random sources, random faults; what must hold of every pull.
@Suite struct SchedulerInvariantTests {
    private func race(_ seed: UInt64) -> (race: Race, isPossible: Bool) {
        var generator = SeededGenerator(seed: seed)
        func chance(_ p: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < p }
        var race = Race(sources: [])
        race.seed = seed
        race.chunks = .random(in: 1...400, using: &generator)
        race.stored = .random(in: 1_000...1_200_000, using: &generator)
        race.limits.outagesUntilGivenUp = 12
        var honest: Set<Int> = []
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
            var source = Race.Source(rate: .random(in: 300_000...40_000_000, using: &generator))
            source.kind = chance(0.5) ? .packed : .raw
            source.distance = chance(0.3) ? .near : .far
            source.latency = .random(in: 0...0.3, using: &generator)
            if chance(0.5) { source.rows = Set((0..<race.chunks).filter { _ in chance(0.6) }) }
            var isHonest = true
            switch Int.random(in: 0..<9, using: &generator) {
            case 0: (source.stalls, isHonest) = (Double.random(in: 0...20, using: &generator)..<1e9, false)
            case 1: source.stalls = 2..<Double.random(in: 3...60, using: &generator)
            case 2: (source.isDown, isHonest) = (Double.random(in: 0...20, using: &generator)..<1e9, false)
            case 3: source.isDown = 1..<Double.random(in: 2...60, using: &generator)
            case 4: (source.flips, isHonest) = (Bool.random(using: &generator) ? 1 : 0.1, false)
            case 5: source.lies = Set((0..<race.chunks).filter { _ in chance(0.5) }).subtracting(source.rows ?? Set(0..<race.chunks))
            case 6: (source.refuses, isHonest) = (true, false)
            case 7: source.rate = 250_000
            default: break
            }
            if isHonest { honest.formUnion(source.rows ?? Set(0..<race.chunks)) }
            race.sources.append(source)
        }
        return (race, honest.count == race.chunks)
    }

    @Test("every chunk comes once, no bad source is used again, and nothing stalls", arguments: 0..<60)
    func invariants(block: Int) {
        for seed in UInt64(block * 20)..<UInt64(block * 20 + 20) {
            let (race, isPossible) = race(seed)
            let outcome = race.run()
            #expect(outcome.delivered.values.allSatisfy { $0 == 1 }, "seed \(seed): a chunk was counted twice")
            #expect(outcome.afterBan == 0, "seed \(seed)")
            #expect(outcome.afterQuarantine == 0, "seed \(seed)")
            #expect(outcome.mostInFlight <= race.limits.inFlight + race.limits.hedgeRoom, "seed \(seed): \(outcome.mostInFlight)")
            if isPossible {
                #expect(
                    outcome.delivered.count == race.chunks,
                    "seed \(seed): \(race.chunks - outcome.delivered.count) lacking, \(outcome.lost)")
                #expect(outcome.lost.isEmpty, "seed \(seed)")
            } else {
                #expect(outcome.isOver, "seed \(seed) does not end")
                #expect(outcome.delivered.count + outcome.lost.count == race.chunks, "seed \(seed)")
            }
        }
    }

    @Test("the same seed gives the same pull", arguments: [3, 17, 99] as [UInt64])
    func deterministic(seed: UInt64) {
        let (a, b) = (race(seed).race.run(), race(seed).race.run())
        #expect(a.seconds == b.seconds && a.requested == b.requested && a.shares == b.shares)
    }

    @Test("a chunk that nobody can give is named, with each source's reason")
    func lost() {
        var race = Race(sources: (0..<4).map { _ in Race.Source(rate: 10_000_000) })
        race.chunks = 60
        race.limits.outagesUntilGivenUp = 1
        race.sources[0].rows = Set(0..<59)
        race.sources[1].isDown = 0..<1e9
        race.sources[2].refuses = true
        race.sources[3].flips = 1
        let outcome = race.run()
        #expect(outcome.isOver && outcome.delivered.count == 59)
        #expect(outcome.lost.keys.sorted() == [59])
        #expect(outcome.lost[59]?.map(\.cause) == [.absent, .unavailable, .refused, .banned])
        #expect(outcome.shares.map(\.verdict) == [.good, .unavailable, .refused, .banned])
    }

    @Test("the last source of a chunk is not banned, but asked again with every means")
    func last() {
        var race = Race(sources: [Race.Source(rate: 10_000_000), Race.Source(rate: 10_000_000)])
        race.chunks = 400
        race.sources[0].flips = 0.2
        race.sources[1].rows = Set(0..<350)
        let outcome = race.run()
        #expect(outcome.delivered.count == race.chunks && outcome.lost.isEmpty)
        #expect(outcome.shares[0].verdict == .banned)
    }

    @Test("a source that announces what it does not have rests, and the pull goes on")
    func liar() {
        var race = Race(sources: [Race.Source(rate: 1_000_000), Race.Source(rate: 1_000_000)])
        race.chunks = 100
        race.sources[0].kind = .raw
        race.sources[0].rows = []
        race.sources[0].lies = Set(0..<100)
        let outcome = race.run()
        #expect(outcome.delivered.count == 100)
        #expect(outcome.shares[0].verdict == .missing && outcome.shares[0].failures <= 30, "\(outcome.shares[0])")
        #expect(outcome.seconds < 100 * 0.7 * 1.3)
    }

    @Test("among raw sources the rarest chunks come first")
    func rarest() {
        var scheduler = SourceScheduler(seed: 5)
        scheduler.addChunks([Int](repeating: 1_000_000, count: 40))
        let layout = ChunkLayout((0..<40).map { .init(row: $0, object: 0, offset: $0 * 1_000_000, stored: 1_000_000) })
        for peer in 0..<6 {
            let id = scheduler.addSource(.raw, .near)
            scheduler.setLayout(id, layout)
            // Chunks 0 to 19 are everywhere, the others at the last peer only.
            scheduler.hold(id, RowSet(peer == 5 ? Array(0..<40) : Array(0..<20)))
        }
        var first: [Int] = []
        while case .fetch(let fetch)? = scheduler.next(at: 0) {
            if fetch.source == 5 { first += fetch.pieces.map(\.row) }
        }
        #expect(!first.isEmpty && first.allSatisfy { $0 >= 20 }, "\(first)")
    }
}
