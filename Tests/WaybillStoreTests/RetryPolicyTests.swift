import Synchronization
import Testing
import WaybillFormat
import WaybillStore
import WaybillTestSupport

@Suite struct RetryPolicyTests {
    @Test("delays double up to the longest, are spread by half, and end")
    func delays() throws {
        var generator = SeededGenerator(seed: 41)
        var policy = RetryPolicy()
        for attempts in [1, 2, 5, 9, 40] {
            policy.attempts = attempts
            for failure in 1..<attempts {
                var base = policy.firstDelay
                for _ in 1..<failure { base = min(base * 2, policy.maximumDelay) }
                #expect(policy.delay(afterFailure: failure, random: 0) == base / 2)
                for _ in 0..<20 {
                    let delay = try #require(policy.delay(afterFailure: failure, random: .random(in: 0..<1, using: &generator)))
                    #expect(delay >= base / 2)
                    #expect(delay < base)
                    #expect(delay <= policy.maximumDelay)
                }
            }
            #expect(policy.delay(afterFailure: attempts, random: 0) == nil)
            #expect(policy.delay(afterFailure: attempts + 7, random: 0.9) == nil)
        }
    }

    @Test("chance spreads clients that failed together")
    func jitter() {
        let policy = RetryPolicy()
        let delays = Set((0..<10).map { policy.delay(afterFailure: 3, random: Double($0) / 10) })
        #expect(delays.count == 10)
    }

    private var quick: RetryPolicy {
        var policy = RetryPolicy()
        policy.firstDelay = 0.000_1
        policy.maximumDelay = 0.000_2
        return policy
    }

    private func run(_ policy: RetryPolicy, failures: Int, transient: Bool) async -> (calls: Int, code: ErrorCode?) {
        let calls = Mutex(0)
        do throws(StoreError) {
            let value = try await policy.run { () async throws(StoreError) -> Int in
                let call = calls.withLock { calls -> Int in
                    calls += 1
                    return calls
                }
                if call <= failures { throw StoreError(.unavailable, subject: "x", cause: "y", isTransient: transient) }
                return call
            }
            return (value, nil)
        } catch {
            return (calls.withLock { $0 }, error.code)
        }
    }

    @Test("what may pass is tried again, so often and no more")
    func transient() async {
        #expect(await run(quick, failures: 0, transient: true) == (1, nil))
        #expect(await run(quick, failures: 3, transient: true) == (4, nil))
        #expect(await run(quick, failures: 4, transient: true) == (5, nil))
        #expect(await run(quick, failures: 5, transient: true) == (5, .unavailable))
        var once = quick
        once.attempts = 1
        #expect(await run(once, failures: 1, transient: true) == (1, .unavailable))
    }

    @Test("what does not pass is not tried again")
    func permanent() async { #expect(await run(quick, failures: 1, transient: false) == (1, .unavailable)) }

    @Test("an interrupted wait is an interruption, and soon", .timeLimit(.minutes(1)))
    func interrupted() async {
        var patient = RetryPolicy()
        patient.firstDelay = 3_000
        patient.maximumDelay = 3_000
        let policy = patient
        let task = Task { await run(policy, failures: 9, transient: true) }
        task.cancel()
        #expect(await task.value.code == .interrupted)
    }
}
