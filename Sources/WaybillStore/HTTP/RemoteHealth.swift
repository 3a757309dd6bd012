/// How one remote fares, as all requests to it together have seen: decides whether a failed one is tried again, and what people are
/// told meanwhile. An outage begins with the first failure and ends with the next progress of any request. Pure: time, in seconds of
/// a clock that never jumps, and chance come from the caller.
package struct RemoteHealth: Sendable {
    /// What one request has been through.
    package struct Tries: Sendable {
        package fileprivate(set) var failures = 0
        fileprivate var wrong = 0
        fileprivate var began: Double?

        package init() {}
    }

    package enum Decision: Sendable, Equatable {
        case wait(until: Double)
        /// - Parameter after: seconds since the first failure.
        case giveUp(after: Double)
    }

    package enum Notice: Sendable, Equatable {
        /// - Parameter remaining: seconds for which it goes on trying.
        case waiting(cause: String, remaining: Double)
        /// - Parameter after: seconds that the outage took.
        case again(after: Double)
    }

    private struct Outage: Sendable {
        let began: Double
        var cause: String
        /// When people were told of it last.
        var told: Double?
    }

    /// Outages that are shorter are not worth a word, in seconds.
    package static let quiet = 1.0
    /// Seconds between notices.
    package static let noticeInterval = 10.0

    /// Seconds: nobody is busy, so that little is gained by waiting.
    private static let longestWaitAfterWrong = 1.0

    private let policy: RetryPolicy
    private var hasAnswered = false
    private var outage: Outage?

    package init(_ policy: RetryPolicy) { self.policy = policy }

    private var patience: Double { hasAnswered ? policy.patience : policy.strangerPatience }

    /// An answer began: the address is right.
    package mutating func answered() { hasAnswered = true }

    /// A request was done, or a good part of it.
    package mutating func progressed(at now: Double) -> Notice? {
        hasAnswered = true
        defer { outage = nil }
        guard let outage, outage.told != nil else { return nil }
        return .again(after: now - outage.began)
    }

    /// A request failed.
    /// - Parameters:
    ///   - tries: of this request; begins anew when it made progress.
    ///   - random: 0 ..< 1.
    package mutating func failed(
        _ failure: RequestFailure, cause: String, tries: inout Tries, at now: Double, random: Double
    ) -> Decision {
        if failure != .unreachable { hasAnswered = true }
        tries.failures += 1
        let requestBegan = tries.began ?? now
        tries.began = requestBegan
        if failure == .wrong {
            // The remote is there: what counts is how often, not how long.
            tries.wrong += 1
            guard tries.wrong < policy.wrongTries else { return .giveUp(after: now - requestBegan) }
            let delay = min(policy.delay(afterFailure: tries.wrong, random: random), Self.longestWaitAfterWrong, policy.patience)
            return .wait(until: now + delay)
        }
        let outageBegan = outage?.began ?? now
        outage = Outage(began: outageBegan, cause: cause, told: outage?.told)
        // What only this request meets is not excused by the progress of others.
        let began = failure == .broken ? min(outageBegan, requestBegan) : outageBegan
        let end = began + patience
        guard now < end else { return .giveUp(after: now - began) }
        var delay = policy.delay(afterFailure: tries.failures, random: random)
        if case .busy(let seconds?) = failure { delay += max(0, seconds) }
        return .wait(until: min(now + delay, end))
    }

    /// What to tell a person now, if anything; asked while requests wait.
    /// - Parameter until: when the caller will be done waiting.
    package mutating func notice(at now: Double, until: Double) -> Notice? {
        guard let current = outage else { return nil }
        let isDue = current.told.map { now - $0 >= Self.noticeInterval } ?? (max(now, until) - current.began >= Self.quiet)
        guard isDue else { return nil }
        outage?.told = now
        return .waiting(cause: current.cause, remaining: max(0, current.began + patience - now))
    }
}
