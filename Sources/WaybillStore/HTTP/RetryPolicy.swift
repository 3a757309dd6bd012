import WaybillFormat

/// How often and when a failed request is tried again. Pure: time and chance come from the caller.
public struct RetryPolicy: Sendable {
    /// Tries in all.
    public var attempts = 5
    /// The wait after the first failure; doubled each time.
    public var firstDelay = 0.2
    /// No wait is longer, in seconds.
    public var maximumDelay = 5.0

    public init() {}

    /// Seconds to wait after failure number `failure` (1 is the first); nil: give up.
    /// - Parameter random: 0 ..< 1, spreads clients that failed together.
    public func delay(afterFailure failure: Int, random: Double) -> Double? {
        guard failure < attempts else { return nil }
        var delay = firstDelay
        for _ in 1..<max(1, failure) { delay = min(delay * 2, maximumDelay) }
        return delay * (0.5 + random / 2)
    }

    /// Runs `body` until it succeeds, fails for good, or the tries are used up.
    public func run<T>(_ body: () async throws(StoreError) -> T) async throws(StoreError) -> T {
        var failures = 0
        while true {
            do throws(StoreError) {
                return try await body()
            } catch {
                failures += 1
                guard error.isTransient, let delay = delay(afterFailure: failures, random: .random(in: 0..<1)) else { throw error }
                do {
                    try await Task.sleep(for: .seconds(delay))
                } catch {
                    throw StoreError(.interrupted, subject: "transfer", cause: "interrupted")
                }
            }
        }
    }
}
