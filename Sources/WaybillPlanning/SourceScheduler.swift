/// Decides which source is asked for which range of a pull. Pure: no clock, no I/O, and the same decisions for the same seed.
///
/// Legal order: `addSource` and `addChunks` first, layouts and bitmaps when they come. After every call that reports something, and at
/// `wake`, call `next` until it returns nil, and carry out what it says. Each fetch, also one that was cancelled, ends with exactly one
/// of `finished` and `failed`. `isDone` tells the end. Times are seconds of a clock that never goes back.
public struct SourceScheduler: Sendable {
    public enum Kind: Sendable {
        /// A store: chunks lie in packs, in an order of its own. Read in that order, so that ranges join.
        case packed
        /// The files themselves, perhaps incomplete. What few such sources have is taken first.
        case raw
    }

    /// Near sources are asked first.
    public enum Distance: Int, Sendable { case near, far }

    /// A range to be read, and what is in it.
    public struct Fetch: Sendable, Equatable {
        public let id: Int
        public let source: Int
        public let object: Int
        public let range: Range<Int>
        public let pieces: [ChunkLayout.Slot]
        /// Somebody else was asked for the same.
        public let isHedge: Bool
    }

    public enum Action: Sendable, Equatable {
        case fetch(Fetch)
        /// Others were faster: break it off, and report its end all the same.
        case cancel(Int)
        /// No source is left that is asked in the usual way. Try each of these again, with every means; then call `insisted`.
        case insist(row: Int, sources: [Int])
        /// No source can give this chunk. Given once a row.
        case lost(row: Int, reasons: [Reason])
    }

    /// Why a source cannot give a chunk.
    public struct Reason: Sendable, Equatable {
        public enum Cause: String, Sendable { case absent, wrongBytes, banned, refused, unavailable }
        public let source: Int
        public let cause: Cause
    }

    public enum Failure: Sendable, Equatable {
        /// No answer, or none to the end.
        case outage
        /// It has too much to do, and says when to ask again (seconds).
        case busy(Double)
        /// It does not have what was asked for.
        case notThere
        /// It will not serve us.
        case refused
        /// The answer as a whole is wrong.
        case wrong
        /// It was broken off, as `cancel` said.
        case cancelled
    }

    struct Run: Sendable {
        let fetch: Fetch
        let began: Double
        /// Bytes that the source had to send until it would be done.
        let ahead: Int
        let lateAt: Double
        var isCancelled = false
        /// Somebody else was asked since this one was late.
        var isLate = false
    }

    let limits: SchedulerLimits
    var random: SplitMix
    var sources: [SourceState] = []
    /// Raw length of each chunk.
    var lengths: [Int32] = []
    /// Raw sources in use that hold each chunk.
    var holders: [UInt16] = []
    /// Chunks that a raw source in use holds.
    var offered = RowSet()
    /// Running fetches that bring each chunk.
    var copies: [UInt8] = []
    /// Chunks that nobody has been asked for.
    var needed = RowSet()
    var neededBytes = 0
    var done = RowSet()
    var runs: [Run] = []
    var nextID = 0
    var inFlight = 0
    var cancels: [Int] = []
    var insisting: Int?
    var insistedOn = RowSet()
    var lost = RowSet()
    var began: Double?
    var lastProgress = 0.0
    /// When a source that is not in reserve was asked last.
    var lastFed = 0.0
    /// Of all sources that are not in reserve.
    var commonRate: RateEstimate

    public init(_ limits: SchedulerLimits = SchedulerLimits(), seed: UInt64 = 1) {
        self.limits = limits
        commonRate = RateEstimate(guess: limits.reserveRate, memory: limits.rateMemory)
        random = SplitMix(seed: seed)
    }

    // MARK: Sources and work

    /// - Parameter isReserve: a mirror that serves many, in a pull that has peers: it gives what it was told to give (`assign`), what no
    ///   peer has, and helps when the peers are slow.
    public mutating func addSource(_ kind: Kind, _ distance: Distance, isReserve: Bool = false) -> Int {
        sources.append(
            SourceState(
                kind: kind, distance: distance, isReserve: isReserve,
                rate: RateEstimate(guess: limits.firstRate, memory: kind == .raw ? limits.peerMemory : limits.rateMemory)))
        return sources.count - 1
    }

    /// Chunks to be fetched, by raw length.
    /// - Returns: their numbers.
    @discardableResult
    public mutating func addChunks(_ raw: [Int]) -> Range<Int> {
        let first = lengths.count
        lengths += raw.map { Int32($0) }
        holders += repeatElement(0, count: raw.count)
        copies += repeatElement(0, count: raw.count)
        for row in first..<lengths.count { want(row) }
        return first..<lengths.count
    }

    /// Where a packed source has chunks, behind what it said before. What is done is forgotten.
    public mutating func extend(_ source: Int, _ slots: [ChunkLayout.Slot]) {
        sources[source].layout.append(slots) { done.contains($0) }
        sources[source].cursor = 0
        sources[source].isAwaited = false
        for slot in slots where !sources[source].barred.contains(slot.row) { hold(source, slot.row) }
    }

    /// Where a raw source would have chunks; which it has, `hold` says.
    public mutating func setLayout(_ source: Int, _ layout: ChunkLayout) { sources[source].layout = layout }

    /// A source is being asked where its chunks lie: nothing is lost before it has answered (`extend`, or `cannotLocate`).
    public mutating func await(_ source: Int) { sources[source].isAwaited = true }

    public mutating func cannotLocate(_ source: Int, _ failure: Failure, at now: Double) {
        sources[source].isAwaited = false
        sources[source].share.failures += 1
        blame(source, failure, at: now)
    }

    /// A raw source has a chunk.
    public mutating func hold(_ source: Int, _ row: Int) {
        guard !sources[source].barred.contains(row), sources[source].rows.insert(row) else { return }
        if sources[source].isCounted {
            holders[row] += 1
            offered.insert(row)
        }
        if needed.contains(row) { sources[source].useful += 1 }
    }

    /// All that a raw source says that it has, which is never less than before.
    public mutating func hold(_ source: Int, _ rows: RowSet) {
        for (index, word) in rows.words.enumerated() {
            var fresh = word & ~(index < sources[source].rows.words.count ? sources[source].rows.words[index] : 0)
            while fresh != 0 {
                let row = index << 6 | fresh.trailingZeroBitCount
                fresh &= fresh - 1
                if row < lengths.count { hold(source, row) }
            }
        }
    }

    /// A mirror in reserve asks to be asked for these chunks, so that each of its chunks gets to somebody soon.
    public mutating func assign(_ source: Int, _ rows: some Sequence<Int>) {
        for row in rows where row < lengths.count && !done.contains(row) { sources[source].assigned.insert(row) }
    }

    /// A peer went away; it may come back.
    public mutating func depart(_ source: Int) { sources[source].restUntil = .infinity }

    // MARK: State

    public var isDone: Bool { done.count == lengths.count }
    /// Chunks that nobody has been asked for.
    public var open: Int { needed.count }
    public var bytesInFlight: Int { inFlight }
    public var fetchesUnderWay: Int { runs.count }

    public func share(of source: Int) -> SourceShare {
        var share = sources[source].share
        share.verdict = sources[source].verdict
        return share
    }

    public func isBanned(_ source: Int) -> Bool { sources[source].isBanned }
    public func isDone(_ row: Int) -> Bool { done.contains(row) }
    /// Chunks that a source has and that nobody has been asked for.
    public func useful(_ source: Int) -> Int { sources[source].useful }
    public func isUsable(_ source: Int, at now: Double) -> Bool { sources[source].isUsable(at: now) }
    public func rate(of source: Int) -> Double { sources[source].rate.value }

    /// When `next` may have something to say although nothing happened; nil: not before something does.
    public func wake(at now: Double) -> Double? {
        guard !isDone, sources.count > 1 || runs.isEmpty else { return nil }
        var time = Double.infinity
        var isLate = false
        for run in runs where !run.isCancelled && !run.isLate {
            if run.lateAt > now { time = min(time, run.lateAt) } else { isLate = true }
        }
        // Towards the end what an idle source could do better is looked at again and again.
        if needed.isEmpty, !runs.isEmpty { time = min(time, now + 0.25) }
        if isLate || !needed.isEmpty {
            for source in sources where source.restUntil > now && !source.isOut { time = min(time, source.restUntil) }
        }
        if !needed.isEmpty, sources.contains(where: \.isReserve) { time = min(time, max(lastFed + limits.reservePatience, now + 0.1)) }
        if !needed.isEmpty, runs.isEmpty { time = min(time, max(lastProgress + limits.hope, now + 0.1)) }
        return time.isFinite ? time : nil
    }

    // MARK: Rows

    /// The row is to be asked for.
    mutating func want(_ row: Int) {
        guard !done.contains(row), needed.insert(row) else { return }
        neededBytes += Int(lengths[row])
        for index in sources.indices where sources[index].rows.contains(row) {
            sources[index].useful += 1
            if let slot = sources[index].layout.index(of: row) { sources[index].cursor = min(sources[index].cursor, slot) }
        }
    }

    /// The row was asked for, or need not be.
    mutating func unwant(_ row: Int) {
        guard needed.remove(row) else { return }
        neededBytes -= Int(lengths[row])
        for index in sources.indices where sources[index].rows.contains(row) { sources[index].useful -= 1 }
    }

    /// The source is not asked for the row again.
    mutating func bar(_ source: Int, _ row: Int) {
        sources[source].barred.insert(row)
        sources[source].assigned.remove(row)
        guard sources[source].rows.remove(row) else { return }
        if sources[source].isCounted { drop(holderOf: row) }
        if needed.contains(row) { sources[source].useful -= 1 }
    }

    /// The source counts no more as one that has anything.
    mutating func dismiss(_ source: Int) {
        guard sources[source].isCounted else { return }
        for row in 0..<lengths.count where sources[source].rows.contains(row) { drop(holderOf: row) }
    }

    private mutating func drop(holderOf row: Int) {
        holders[row] -= 1
        if holders[row] == 0 { offered.remove(row) }
    }
}
