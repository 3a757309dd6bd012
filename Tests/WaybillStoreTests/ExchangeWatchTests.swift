import Testing
import WaybillStore
import WaybillTestSupport

/// When a request counts as stalled, in a time that the tests make.
struct ExchangeWatchTests {
    /// Lets bytes arrive until `watch` is broken off or `end` comes.
    /// - Returns: when and how it was broken off.
    private func play(
        _ watch: inout ExchangeWatch, from start: Double = 0, until end: Double, _ next: (Double) -> (wait: Double, bytes: Int)
    ) -> (at: Double, how: ExchangeWatch.Stall)? {
        var now = start
        var (arrival, bytes) = next(now)
        arrival += now
        while now < end {
            let look = watch.deadline
            #expect(look >= now)
            if arrival <= look {
                now = arrival
                watch.received(bytes, at: now)
                let following = next(now)
                (arrival, bytes) = (now + following.wait, following.bytes)
            } else {
                now = look
                if let stall = watch.stall(at: now) { return (now, stall) }
            }
        }
        return nil
    }

    private func receiving(mayBeSlow: Bool = false) -> ExchangeWatch {
        var watch = ExchangeWatch(uploads: false, mayBeSlow: mayBeSlow, at: 0)
        watch.answered(at: 0)
        return watch
    }

    @Test("silence is broken off after 30 seconds, before an answer and inside one")
    func silence() {
        var waiting = ExchangeWatch(uploads: false, at: 0)
        #expect(waiting.deadline == 30 && waiting.stall(at: 29.9) == nil)
        #expect(waiting.stall(at: 30) == .silent(seconds: 30))
        var inside = receiving()
        let end = play(&inside, until: 1_000) { now in now < 45 ? (1, 100_000) : (.infinity, 0) }
        #expect(end?.at == 75 && end?.how == .silent(seconds: 30))
    }

    @Test("a drip is broken off within a minute, however it is spread", arguments: 0..<30)
    func drip(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let interval = Double.random(in: 0.01...29, using: &generator)
        // On average half of what is asked for.
        let piece = max(1, Int(interval * 512))
        var watch = receiving()
        let end = try #require(play(&watch, until: 1_000) { _ in (Double.random(in: 0...interval * 2, using: &generator), piece) })
        #expect(end.at <= 240 && (end.how == .slow || end.how == .silent(seconds: 30)))
        // A proxy that gives a byte each 20 seconds has held the pull for less than a minute.
        var slow = receiving()
        let dripped = try #require(play(&slow, until: 10_000) { _ in (20, 1) })
        #expect(dripped.at == 30 && dripped.how == .slow)
    }

    @Test("a slow line that moves is left alone", arguments: 0..<20)
    func slowLine(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var watch = receiving()
        // At least 1,500 bytes each second.
        #expect(play(&watch, until: 20_000) { _ in (Double.random(in: 0.1...1, using: &generator), 1_500) } == nil)
    }

    @Test("a mirror that says now and then that it is at work may be as slow as it likes, but not silent")
    func heartbeat() {
        var watch = receiving(mayBeSlow: true)
        let end = play(&watch, until: 8_000) { now in now < 7_000 ? (2, 40) : (.infinity, 0) }
        #expect(end?.at == 7_030 && end?.how == .silent(seconds: 30))
    }

    @Test("an upload must be taken, and then may be answered in a minute")
    func uploads() {
        var unread = ExchangeWatch(uploads: true, at: 0)
        unread.sent(500_000, at: 1)
        #expect(unread.stall(at: 30) == nil)
        #expect(unread.deadline == 31 && unread.stall(at: 31) == .silent(seconds: 30))
        var dripping = ExchangeWatch(uploads: true, at: 0)
        for second in stride(from: 5.0, to: 30, by: 5) { dripping.sent(1_000, at: second) }
        #expect(dripping.stall(at: 30) == .slow)
        var sent = ExchangeWatch(uploads: true, at: 0)
        sent.sent(64_000, at: 10)
        sent.sentAll(at: 20)
        #expect(sent.deadline == 80 && sent.stall(at: 79) == nil && sent.stall(at: 80) == .silent(seconds: 60))
        sent.answered(at: 79)
        #expect(sent.deadline == 109)
    }
}
