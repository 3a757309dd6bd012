/// What a failed request says of its remote.
package enum RequestFailure: Sendable, Equatable {
    /// There was no connection, or it broke before an answer began.
    case unreachable
    /// There was a connection, and nothing moved on it: the remote is stuck, or full.
    case silent
    /// The remote asks for patience, in seconds if it says how much.
    case busy(retryAfter: Double?)
    /// The answer broke off, or says that this request failed.
    case broken
    /// The answer is whole and wrong: other bytes, another range, or not from a mirror.
    case wrong
}

/// How long, how often and when a failed request is tried again. Pure: time and chance come from the caller.
public struct RetryPolicy: Sendable, Equatable {
    /// Seconds to go on since a remote failed, without any progress in between.
    public var patience = 120.0
    /// The same for a remote that never answered: a mistyped address should not cost two minutes.
    public var strangerPatience = 3.0
    /// Seconds; the longest wait after the first failure, doubled each time.
    public var firstDelay = 0.2
    /// No wait is longer, in seconds, unless the remote asks for it.
    public var maximumDelay = 5.0
    /// Tries of a request that brings wrong bytes. A link that flips bits is not a damaged mirror; one that does it so often may be.
    public var wrongTries = 6

    public init() {}

    /// - Parameter patience: seconds, for strangers too: who asks for it knows the address. 0: nothing is waited for.
    public init(patience: Double) {
        self.patience = patience
        strangerPatience = patience
    }

    /// Seconds to wait after failure number `failure`, 1 being the first, before patience is looked at.
    /// - Parameter random: 0 ..< 1. All of the wait is left to chance, which spreads clients that failed together best.
    package func delay(afterFailure failure: Int, random: Double) -> Double {
        var longest = firstDelay
        var doublings = failure - 1
        while doublings > 0, longest < maximumDelay {
            longest *= 2
            doublings -= 1
        }
        return min(longest, maximumDelay) * random
    }
}
