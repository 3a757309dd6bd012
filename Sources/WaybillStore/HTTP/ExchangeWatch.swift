/// Tells whether a request still moves, up or down: a connection that hangs or drips is broken off and tried again. Pure: time comes
/// from the caller, in seconds of a clock that never jumps.
package struct ExchangeWatch: Sendable {
    /// Seconds without a byte; also for an answer to begin.
    package static let silence = 30.0
    /// Seconds for the answer to an upload to begin: a mirror decodes, hashes and syncs before it acknowledges.
    package static let answerToUpload = 60.0
    /// Seconds over which the rate is taken.
    package static let window = 30.0
    /// Bytes that must move in each window: 1 KiB a second.
    package static let minimumBytes = 30 << 10

    package enum Stall: Sendable, Equatable {
        /// - Parameter seconds: without a byte.
        case silent(seconds: Double)
        case slow
    }

    private enum Phase: Sendable { case sending, awaiting, receiving }

    private let uploads: Bool
    private let mayBeSlow: Bool
    private var phase: Phase
    private var lastByte: Double
    private var windowBegan: Double
    private var windowBytes = 0

    /// - Parameters:
    ///   - uploads: the request has a body.
    ///   - mayBeSlow: the answer is a line now and then, which only says that the mirror is at work.
    package init(uploads: Bool, mayBeSlow: Bool = false, at now: Double) {
        self.uploads = uploads
        self.mayBeSlow = mayBeSlow
        phase = uploads ? .sending : .awaiting
        lastByte = now
        windowBegan = now
    }

    /// The connection took bytes of the body.
    package mutating func sent(_ count: Int, at now: Double) {
        lastByte = now
        if phase == .sending { windowBytes += count }
    }

    package mutating func sentAll(at now: Double) {
        if phase == .sending { begin(.awaiting, at: now) }
    }

    /// The head of the answer arrived.
    package mutating func answered(at now: Double) { begin(.receiving, at: now) }

    package mutating func received(_ count: Int, at now: Double) {
        lastByte = now
        windowBytes += count
    }

    private mutating func begin(_ next: Phase, at now: Double) {
        phase = next
        lastByte = now
        windowBegan = now
        windowBytes = 0
    }

    private var silenceAllowed: Double { uploads && phase == .awaiting ? Self.answerToUpload : Self.silence }
    private var hasRate: Bool { phase == .sending || (phase == .receiving && !mayBeSlow) }

    /// When to look again.
    package var deadline: Double {
        let silent = lastByte + silenceAllowed
        return hasRate ? min(silent, windowBegan + Self.window) : silent
    }

    /// Whether it no longer moves. A window that moved enough is followed by the next.
    package mutating func stall(at now: Double) -> Stall? {
        if now - lastByte >= silenceAllowed { return .silent(seconds: silenceAllowed) }
        guard hasRate, now - windowBegan >= Self.window else { return nil }
        guard windowBytes >= Self.minimumBytes else { return .slow }
        windowBegan = now
        windowBytes = 0
        return nil
    }
}
