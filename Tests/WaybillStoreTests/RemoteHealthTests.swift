import Testing
import WaybillStore
import WaybillTestSupport

/// How long a remote that fails is tried, and what is said meanwhile, in a time that the tests make.
struct RemoteHealthTests {
    private typealias Tries = RemoteHealth.Tries

    /// Fails one request until it is given up.
    /// - Returns: when, and after how many tries.
    private func exhaust(
        _ health: inout RemoteHealth, _ failure: RequestFailure, from start: Double = 1_000, each seconds: Double = 0,
        _ generator: inout SeededGenerator
    ) -> (end: Double, tries: Int) {
        var now = start
        var tries = Tries()
        while tries.failures < 100_000 {
            now += seconds
            let random = Double.random(in: 0..<1, using: &generator)
            switch health.failed(failure, cause: "away", tries: &tries, at: now, random: random) {
            case .giveUp: return (now, tries.failures)
            case .wait(let until):
                #expect(until >= now)
                now = until
            }
        }
        return (.infinity, tries.failures)
    }

    @Test("patience is bounded whatever chance says, and used to its end", arguments: 0..<20)
    func bounded(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        for failure in [RequestFailure.unreachable, .silent, .broken, .busy(retryAfter: nil), .busy(retryAfter: 3_600)] {
            var health = RemoteHealth(RetryPolicy())
            health.answered()
            let (end, tries) = exhaust(&health, failure, &generator)
            #expect(end == 1_120, "\(failure)")
            // Not a storm of requests, and not a sleep.
            #expect((failure == .busy(retryAfter: 3_600) ? 2...2 : 25...200).contains(tries), "\(failure): \(tries)")
        }
    }

    @Test("a remote that never answered is given up in a few seconds; one that was silent may be a full mirror")
    func stranger() {
        var generator = SeededGenerator(seed: 3)
        var health = RemoteHealth(RetryPolicy())
        #expect(exhaust(&health, .unreachable, &generator).end == 1_003)
        var silent = RemoteHealth(RetryPolicy())
        #expect(exhaust(&silent, .silent, each: 30, &generator).end > 1_120)
    }

    @Test("without patience the first failure is the last, but bytes that were wrong are fetched again at once")
    func impatient() {
        var generator = SeededGenerator(seed: 4)
        var health = RemoteHealth(RetryPolicy(patience: 0))
        health.answered()
        #expect(exhaust(&health, .broken, &generator) == (1_000, 1))
        #expect(exhaust(&health, .wrong, &generator) == (1_000, 6))
    }

    @Test("wrong bytes are fetched a few times, in a few seconds, and are no outage", arguments: 0..<20)
    func wrong(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var health = RemoteHealth(RetryPolicy())
        let (end, tries) = exhaust(&health, .wrong, &generator)
        #expect(tries == 6 && end < 1_004)
        #expect(health.notice(at: 1_100, until: 1_100) == nil)
    }

    @Test("requests that fail together share one patience, and end together")
    func shared() {
        var generator = SeededGenerator(seed: 5)
        var health = RemoteHealth(RetryPolicy(patience: 60))
        health.answered()
        var tries = (0..<8).map { _ in Tries() }
        var due = (0..<8).map { Double($0) * 5 }
        var ends: [Double] = []
        while ends.count < 8 {
            guard let next = due.indices.min(by: { due[$0] < due[$1] }) else { break }
            let now = due[next]
            switch health.failed(.unreachable, cause: "away", tries: &tries[next], at: now, random: .random(in: 0..<1, using: &generator)) {
            case .wait(let until): due[next] = until
            case .giveUp(let after):
                #expect(after == now)
                ends.append(now)
                due[next] = .infinity
            }
        }
        #expect(ends.allSatisfy { $0 == 60 })
        // Whoever comes later does not wait it out once more.
        var late = Tries()
        #expect(health.failed(.unreachable, cause: "away", tries: &late, at: 70, random: 0.5) == .giveUp(after: 70))
    }

    @Test("progress of any request ends the outage, but does not excuse one that always breaks")
    func progress() {
        var generator = SeededGenerator(seed: 6)
        for (failure, ends) in [(RequestFailure.unreachable, false), (.busy(retryAfter: 1), false), (.broken, true)] {
            var health = RemoteHealth(RetryPolicy(patience: 60))
            var tries = Tries()
            var now = 0.0
            var gaveUp: Double?
            while now < 600, gaveUp == nil {
                switch health.failed(failure, cause: "x", tries: &tries, at: now, random: .random(in: 0..<1, using: &generator)) {
                case .wait(let until): now = until
                case .giveUp: gaveUp = now
                }
                _ = health.progressed(at: now)
            }
            #expect((gaveUp == 60) == ends, "\(failure): \(String(describing: gaveUp))")
        }
    }

    @Test("what the remote asks for is waited for, and a little more, up to the end of patience")
    func retryAfter() {
        var health = RemoteHealth(RetryPolicy(patience: 60))
        var tries = Tries()
        #expect(health.failed(.busy(retryAfter: 10), cause: "x", tries: &tries, at: 0, random: 0.5) == .wait(until: 10.1))
        // A zero does not make a storm.
        #expect(health.failed(.busy(retryAfter: 0), cause: "x", tries: &tries, at: 11, random: 0.5) == .wait(until: 11.2))
        #expect(health.failed(.busy(retryAfter: 100), cause: "x", tries: &tries, at: 12, random: 0.5) == .wait(until: 60))
        #expect(health.failed(.busy(retryAfter: 100), cause: "x", tries: &tries, at: 60, random: 0.5) == .giveUp(after: 60))
    }

    @Test("an outage is told of once, again every ten seconds, and at its end; a short one never")
    func notices() {
        var health = RemoteHealth(RetryPolicy())
        var tries = (0..<8).map { _ in Tries() }
        health.answered()
        var told: [RemoteHealth.Notice] = []
        for step in 0..<350 {
            let now = Double(step) / 10
            _ = health.failed(.unreachable, cause: "away", tries: &tries[step % 8], at: now, random: 0.1)
            for _ in 0..<8 { if let notice = health.notice(at: now, until: now) { told.append(notice) } }
        }
        if let notice = health.progressed(at: 35) { told.append(notice) }
        #expect(
            told == [
                .waiting(cause: "away", remaining: 119), .waiting(cause: "away", remaining: 109), .waiting(cause: "away", remaining: 99),
                .waiting(cause: "away", remaining: 89), .again(after: 35),
            ])
        // The next one is short.
        _ = health.failed(.unreachable, cause: "away", tries: &tries[0], at: 40, random: 0.1)
        #expect(health.notice(at: 40, until: 40.5) == nil)
        #expect(health.progressed(at: 40.5) == nil)
        // A long wait is told of when it begins.
        _ = health.failed(.busy(retryAfter: 60), cause: "busy", tries: &tries[0], at: 50, random: 0.1)
        #expect(health.notice(at: 50, until: 110) == .waiting(cause: "busy", remaining: 120))
    }
}
