import WaybillFormat
import WaybillPlanning
import WaybillStore
import WaybillSystem

/// The sources of a pull: `SourceScheduler` with packs, chunks and errors in place of its numbers. Rows are places in `BuildState.order`.
struct PullSources {
    let sources: [any ChunkSource]
    private(set) var scheduler: SourceScheduler
    private let order: [ChunkName]
    private let portion: Int
    private var packs: [Digest] = []
    private var numbers: [Digest: Int] = [:]
    /// How far in `order` each source was asked where chunks lie.
    private var located: [Int]
    private var locating: [Bool]
    /// What each source failed with last.
    private var errors: [TransferError?]

    /// With fewer rows left for a source it is asked for the places of more.
    private static let rowsLeft = 64

    init(_ sources: [any ChunkSource], order: [ChunkName], options: PullOptions) {
        self.sources = sources
        self.order = order
        portion = options.chunksLocated
        var limits = SchedulerLimits()
        limits.requests = options.connections
        limits.maximumRange = PullPlan.maximumRange
        limits.maximumGap = PullPlan.maximumGap
        limits.hasFixedRanges = sources.count == 1
        scheduler = SourceScheduler(limits, seed: UInt64.random(in: .min ... .max))
        for source in sources { _ = scheduler.addSource(.packed, source is DirectoryStore ? .near : .far) }
        scheduler.addChunks(order.map(\.length))
        located = [Int](repeating: 0, count: sources.count)
        locating = [Bool](repeating: false, count: sources.count)
        errors = [TransferError?](repeating: nil, count: sources.count)
    }

    var isSingle: Bool { sources.count == 1 }

    // MARK: Places

    /// Sources that should be asked where more chunks lie, and from which one on. They count as asked from now on.
    mutating func toLocate(at now: Double) -> [(source: Int, start: Int)] {
        var found: [(source: Int, start: Int)] = []
        for source in sources.indices where !locating[source] && located[source] < order.count {
            guard scheduler.useful(source) <= Self.rowsLeft, scheduler.isUsable(source, at: now) else { continue }
            locating[source] = true
            scheduler.await(source)
            found.append((source, located[source]))
        }
        return found
    }

    /// A source said where the next chunks lie.
    /// - Parameter count: of the chunks that it was asked for.
    mutating func located(_ source: Int, _ places: [(row: Int, place: ChunkPlace)], of count: Int) {
        locating[source] = false
        located[source] += count
        let slots = places.map { row, place in
            ChunkLayout.Slot(row: row, object: number(place.pack), offset: place.offset, stored: place.stored)
        }
        scheduler.extend(source, ChunkLayout.sorted(slots))
    }

    mutating func failedToLocate(_ source: Int, _ error: TransferError, at now: Double) {
        locating[source] = false
        errors[source] = error
        let failure = Self.failure(error)
        // A locator that is damaged or not there will not be there in a moment; a source that does not answer may.
        if failure == .notThere { located[source] = min(order.count, located[source] + portion) }
        scheduler.cannotLocate(source, failure, at: now)
    }

    private mutating func number(_ pack: Digest) -> Int {
        if let known = numbers[pack] { return known }
        numbers[pack] = packs.count
        packs.append(pack)
        return packs.count - 1
    }

    // MARK: Requests

    mutating func next(at now: Double) -> SourceScheduler.Action? { scheduler.next(at: now) }

    /// The request that the scheduler means.
    func request(_ fetch: SourceScheduler.Fetch) -> PullPlan.Fetch {
        PullPlan.Fetch(
            pack: packs[fetch.object], range: fetch.range,
            pieces: fetch.pieces.map { PullPlan.Piece(name: order[$0.row], offset: $0.offset, stored: $0.stored) })
    }

    func name(_ row: Int) -> ChunkName { order[row] }

    /// - Returns: chunks that were not there before.
    mutating func fetched(_ fetch: SourceScheduler.Fetch, wrong: [(name: ChunkName, error: TransferError)], at now: Double) -> [ChunkName] {
        if let first = wrong.first { errors[fetch.source] = first.error }
        let names = Set(wrong.map(\.name))
        var (right, bad): ([Int], [Int]) = ([], [])
        for piece in fetch.pieces {
            if names.contains(order[piece.row]) { bad.append(piece.row) } else { right.append(piece.row) }
        }
        return scheduler.finished(fetch.id, verified: right, wrong: bad, at: now).map { order[$0] }
    }

    mutating func failed(_ fetch: SourceScheduler.Fetch, _ error: TransferError, wasCancelled: Bool, at now: Double) {
        if !wasCancelled { errors[fetch.source] = error }
        scheduler.failed(fetch.id, wasCancelled ? .cancelled : Self.failure(error), at: now)
    }

    /// A chunk was asked for with every means.
    /// - Returns: it, if it came.
    mutating func insisted(_ row: Int, _ result: Result<Int, TransferError>, of asked: [Int], at now: Double) -> ChunkName? {
        switch result {
        case .success(let source):
            let isNew = !scheduler.isDone(row)
            scheduler.insisted(row, from: source)
            return isNew ? order[row] : nil
        case .failure(let error):
            for source in asked { errors[source] = errors[source] ?? error }
            scheduler.insisted(row, from: nil)
            return nil
        }
    }

    /// Whether another source may do what this one could not.
    static func mayFindElsewhere(_ error: TransferError) -> Bool {
        switch error.code {
        case .integrity, .notFound, .unavailable, .authentication: true
        default: false
        }
    }

    private static func failure(_ error: TransferError) -> SourceScheduler.Failure {
        switch error.code {
        case .unavailable: .outage
        case .authentication: .refused
        // A pack that is gone, or an answer that is none: the locator may be stale.
        default: .notThere
        }
    }

    // MARK: The end

    /// Why nobody can give a chunk, with every source's part in it.
    func error(_ row: Int, _ reasons: [SourceScheduler.Reason]) -> TransferError {
        let name = order[row]
        if isSingle, let error = errors[0] { return error }
        let parts = reasons.map { reason in
            let known = errors[reason.source].map { ": \($0.subject): \($0.cause)" } ?? ""
            return "\(sources[reason.source].label) \(Self.words(reason.cause))\(reason.cause == .absent ? "" : known)"
        }
        let causes = Set(reasons.map(\.cause))
        let code: ErrorCode =
            causes.contains(.unavailable)
            ? .unavailable : causes.isSubset(of: [.refused, .absent]) && causes.contains(.refused) ? .authentication : .integrity
        return TransferError(
            code, subject: "chunk \(name.digest)", cause: "no source can give it: \(parts.joined(separator: "; "))",
            remedy: "Pull again later, or name another mirror with --from: what arrived is kept")
    }

    private static func words(_ cause: SourceScheduler.Reason.Cause) -> String {
        switch cause {
        case .absent: "does not hold it"
        case .wrongBytes: "sends wrong bytes"
        case .banned: "sends wrong bytes again and again"
        case .refused: "refuses"
        case .unavailable: "does not answer"
        }
    }

    var shares: [TransferReport.Source] {
        sources.enumerated().map { index, source in
            let share = scheduler.share(of: index)
            return TransferReport.Source(
                label: source.label, bytes: share.bytes, ranges: share.ranges, failures: share.failures, verdict: share.verdict)
        }
    }
}
