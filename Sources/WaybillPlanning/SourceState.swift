/// What the scheduler knows of one source.
struct SourceState: Sendable {
    let kind: SourceScheduler.Kind
    let distance: SourceScheduler.Distance
    let isReserve: Bool
    var layout = ChunkLayout()
    /// What it says that it holds, without what it was caught lacking or getting wrong.
    var rows = RowSet()
    /// What it is not asked for again.
    var barred = RowSet()
    var quarantined: Set<Int> = []
    /// Rows that a source in reserve shall be asked for at once.
    var assigned = RowSet()
    /// Rows of `rows` that are wanted and that nobody was asked for.
    var useful = 0
    /// No slot before this one is of use.
    var cursor = 0
    /// It is still being asked where its chunks lie.
    var isAwaited = false

    var rate: RateEstimate
    var errorRate = 0.0
    var requests = 0
    var inFlight = 0

    var restUntil = 0.0
    var outages = 0
    var lastOutage = -Double.infinity
    var rests = 0
    var misses = 0
    /// Its requests that were broken off, since others were faster.
    var overtaken = 0
    var isBanned = false
    var isRefused = false
    /// It would be banned if it were not the only one to hold some chunk.
    var isDistrusted = false
    var share = SourceShare()

    var weight: Double { rate.value * (1 - errorRate) }

    var isOut: Bool { isBanned || isRefused }

    /// Whether it counts among those who hold a chunk.
    var isCounted: Bool { kind == .raw && !isOut && !isDistrusted }

    func isUsable(at now: Double) -> Bool { !isOut && !isDistrusted && now >= restUntil }

    /// It can be asked for something, at this distance.
    func isOffering(_ distance: SourceScheduler.Distance, at now: Double) -> Bool {
        useful > 0 && self.distance == distance && !isReserve && isUsable(at: now)
    }

    mutating func note(failed: Bool) { errorRate = errorRate * 0.8 + (failed ? 0.2 : 0) }

    mutating func rest(at now: Double, _ limits: SchedulerLimits) {
        var pause = limits.firstRest
        for _ in 0..<min(rests, 10) { pause = min(pause * 2, limits.longestRest) }
        rests += 1
        restUntil = max(restUntil, now + pause)
    }

    var verdict: SourceVerdict {
        if isBanned || isDistrusted { return .banned }
        if share.wrong > 0 { return .wrongBytes }
        if isRefused { return .refused }
        if outages > 0 { return .unavailable }
        if share.late > share.ranges || (share.ranges == 0 && overtaken > 0) { return .stalled }
        if misses > 0 { return .missing }
        if share.failures > 0, share.ranges == 0 { return .unavailable }
        return share.ranges > 0 ? .good : .unused
    }
}
