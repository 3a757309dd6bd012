import Testing
import WaybillPlanning

/// How long pulls take, against the best that their links allow.
@Suite struct SchedulerRateTests {
    /// Bytes a second of a link of so many Mbit/s.
    private static func link(_ megabits: Double) -> Race.Source { Race.Source(rate: megabits * 125_000) }
    private static let links = [100.0, 50, 10]

    private func ideal(_ race: Race, without: Int? = nil) -> Double {
        Double(race.bytes) / race.sources.enumerated().filter { $0.offset != without }.reduce(0) { $0 + $1.element.rate }
    }

    @Test("links of 100, 50 and 10 Mbit/s together bring at least 90 % of their sum", arguments: [150, 300, 1_000], Array(UInt64(1)...4))
    func sum(chunks: Int, seed: UInt64) {
        var race = Race(sources: Self.links.map(Self.link))
        race.chunks = chunks
        race.seed = seed
        let outcome = race.run()
        #expect(outcome.delivered.count == chunks)
        #expect(outcome.seconds <= ideal(race) / 0.9, "\(outcome.seconds) s, ideal \(ideal(race)) s")
        #expect(Double(outcome.requested) < Double(race.bytes) * 1.05 + 15e6)
    }

    @Test("one that stalls for ever, from the start or half-way, costs at most 30 %", arguments: [0, 1, 2], [0.0, 0.5])
    func stalling(culprit: Int, part: Double) {
        var race = Race(sources: Self.links.map(Self.link))
        race.chunks = 600
        let start = part * ideal(race)
        race.sources[culprit].stalls = start..<1e9
        // What it brought before it stopped is part of the ideal.
        let best =
            start + (Double(race.bytes) - start * race.sources.reduce(0) { $0 + $1.rate })
            / (race.sources.reduce(0) { $0 + $1.rate } - race.sources[culprit].rate)
        let outcome = race.run()
        #expect(outcome.delivered.count == race.chunks)
        #expect(outcome.seconds <= best * 1.3, "\(outcome.seconds) s, ideal \(best) s")
        #expect(outcome.shares[culprit].late > 0)
    }

    @Test("one that dies half-way costs at most 30 %", arguments: [0, 1, 2])
    func dying(culprit: Int) {
        var race = Race(sources: Self.links.map(Self.link))
        race.chunks = 600
        let start = ideal(race) / 2
        race.sources[culprit].isDown = start..<1e9
        let rest = race.sources.reduce(0) { $0 + $1.rate } - race.sources[culprit].rate
        let best = start + Double(race.bytes) / 2 / rest
        let outcome = race.run()
        #expect(outcome.delivered.count == race.chunks)
        #expect(outcome.seconds <= best * 1.3, "\(outcome.seconds) s, ideal \(best) s")
        #expect(outcome.shares[culprit].verdict == .unavailable)
    }

    @Test("one that flips bits is found out and costs at most 30 %", arguments: [0, 1, 2], [0.05, 1])
    func flipping(culprit: Int, chance: Double) {
        var race = Race(sources: Self.links.map(Self.link))
        race.chunks = 600
        race.sources[culprit].flips = chance
        let outcome = race.run()
        #expect(outcome.delivered.count == race.chunks)
        #expect(outcome.seconds <= ideal(race, without: culprit) * 1.3, "\(outcome.seconds) s")
        #expect([.banned, .wrongBytes].contains(outcome.shares[culprit].verdict))
        #expect(outcome.afterBan == 0 && outcome.afterQuarantine == 0)
    }

    @Test("near sources give what they can before far ones are asked")
    func near() {
        var race = Race(sources: [Self.link(1_000), Self.link(1_000)])
        race.chunks = 6_000
        race.sources[0].distance = .near
        race.sources[0].rate *= 4
        let outcome = race.run()
        #expect(outcome.shares[0].bytes > 9 * outcome.shares[1].bytes, "\(outcome.shares)")
        // Nearness does not make a slow source a bottleneck.
        race.chunks = 600
        race.sources[0].rate = 125_000
        #expect(race.run().seconds < ideal(race) * 1.15)
    }

    @Test("ranges keep to a second or two of a slow source's rate")
    func sizes() {
        let slow = Race.Source(rate: 200_000)
        var race = Race(sources: [slow, slow])
        race.chunks = 200
        race.stored = 60_000
        let outcome = race.run()
        #expect(outcome.largest <= 1 << 20)
        #expect(outcome.seconds < ideal(race) * 1.2, "\(outcome.seconds)")
    }
}
