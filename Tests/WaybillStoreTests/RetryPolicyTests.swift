import Testing
import WaybillStore
import WaybillTestSupport

struct RetryPolicyTests {
    @Test("the longest wait doubles up to a bound, and chance has all of it")
    func delays() {
        let policy = RetryPolicy()
        let longest = [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5]
        for (index, bound) in longest.enumerated() {
            #expect(policy.delay(afterFailure: index + 1, random: 0) == 0)
            #expect(abs(policy.delay(afterFailure: index + 1, random: 0.999_999) - bound) < 0.001)
        }
        #expect(policy.delay(afterFailure: .max, random: 0.5) == 2.5)
        var generator = SeededGenerator(seed: 41)
        let delays = (0..<400).map { _ in policy.delay(afterFailure: 9, random: .random(in: 0..<1, using: &generator)) }
        #expect(delays.allSatisfy { (0..<5).contains($0) })
        // Clients that failed together come back apart: some in each tenth of the time.
        for tenth in 0..<10 { #expect(delays.contains { Int($0 * 2) == tenth }) }
    }

    @Test("who asks for patience gets it for strangers too")
    func patience() {
        #expect(RetryPolicy().strangerPatience < RetryPolicy().patience)
        #expect(RetryPolicy(patience: 7).patience == 7 && RetryPolicy(patience: 7).strangerPatience == 7)
    }
}
