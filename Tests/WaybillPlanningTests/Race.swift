import WaybillPlanning

/// A pull in simulated time: sources that share their rate among the requests to them, and fail in every way that we could think of.
struct Race {
    struct Source {
        var kind = SourceScheduler.Kind.packed
        var distance = SourceScheduler.Distance.far
        /// Bytes a second.
        var rate: Double
        var latency = 0.02
        /// Nothing moves meanwhile, and nobody is told.
        var stalls: Range<Double>?
        /// No answers meanwhile.
        var isDown: Range<Double>?
        /// Chance of a chunk to be wrong.
        var flips = 0.0
        /// Chunks that it has; nil: all.
        var rows: Set<Int>?
        /// Chunks that it says it has beside those.
        var lies: Set<Int> = []
        var refuses = false
    }

    struct Outcome {
        var seconds = 0.0
        var delivered: [Int: Int] = [:]
        var lost: [Int: [SourceScheduler.Reason]] = [:]
        var shares: [SourceShare] = []
        var mostInFlight = 0
        /// Fetches that a source was given after its ban.
        var afterBan = 0
        /// Fetches of a pack or file from which the source had sent a wrong byte.
        var afterQuarantine = 0
        var hedges = 0
        var isOver = false
        var requested = 0
        var largest = 0
    }

    var sources: [Source]
    var chunks = 300
    var stored = 700_000
    var limits = SchedulerLimits()
    var seed: UInt64 = 1
    var longest = 4_000.0
    var step = 0.02

    var bytes: Int { chunks * stored }

    func run() -> Outcome {
        var generator = SeededGenerator(seed: seed)
        var scheduler = SourceScheduler(limits, seed: seed)
        var outcome = Outcome()
        _ = scheduler.addChunks([Int](repeating: 1_000_000, count: chunks))
        for source in sources {
            let id = scheduler.addSource(source.kind, source.distance)
            let held = source.rows ?? Set(0..<chunks)
            let announced = held.union(source.lies).sorted()
            switch source.kind {
            case .packed: scheduler.extend(id, ChunkLayout.sorted(packed(announced, &generator)))
            case .raw:
                scheduler.setLayout(
                    id, ChunkLayout((0..<chunks).map { .init(row: $0, object: 0, offset: $0 * 1_000_000, stored: 1_000_000) }))
                scheduler.hold(id, RowSet(announced))
            }
        }
        struct Flow {
            let fetch: SourceScheduler.Fetch
            let began: Double
            var left: Double
            var moved: Double
            var isCancelled = false
        }
        var flows: [Flow] = []
        var bad: Set<[Int]> = []
        var now = 0.0
        loop: while now < longest {
            while let action = scheduler.next(at: now) {
                switch action {
                case .fetch(let fetch):
                    if scheduler.isBanned(fetch.source) { outcome.afterBan += 1 }
                    if bad.contains([fetch.source, fetch.object]) { outcome.afterQuarantine += 1 }
                    if fetch.isHedge { outcome.hedges += 1 }
                    outcome.requested += fetch.range.count
                    outcome.largest = max(outcome.largest, fetch.range.count)
                    flows.append(Flow(fetch: fetch, began: now, left: Double(fetch.range.count), moved: now))
                case .cancel(let id):
                    if let index = flows.firstIndex(where: { $0.fetch.id == id }) { flows[index].isCancelled = true }
                case .insist(let row, let able):
                    // An honest source gives it in the end, whatever the link did before.
                    let giver = able.first { index in
                        let source = sources[index]
                        return (source.rows?.contains(row) ?? true) && source.flips < 1 && source.isDown?.contains(now) != true
                    }
                    if giver != nil { outcome.delivered[row, default: 0] += 1 }
                    scheduler.insisted(row, from: giver)
                case .lost(let row, let reasons): outcome.lost[row] = reasons
                }
                outcome.mostInFlight = max(outcome.mostInFlight, scheduler.bytesInFlight)
            }
            if scheduler.isDone || (!outcome.lost.isEmpty && flows.isEmpty && scheduler.open == 0) {
                outcome.isOver = true
                break loop
            }
            now += step
            var active = [Int](repeating: 0, count: sources.count)
            for flow in flows where !flow.isCancelled && now - flow.began > sources[flow.fetch.source].latency {
                active[flow.fetch.source] += 1
            }
            var still: [Flow] = []
            for var flow in flows {
                let source = sources[flow.fetch.source]
                if flow.isCancelled {
                    scheduler.failed(flow.fetch.id, .cancelled, at: now)
                    continue
                }
                if source.stalls?.contains(now) == true || now - flow.began <= source.latency {
                    // Whoever reads gives up after 30 s of silence.
                    if now - flow.moved > 30 { scheduler.failed(flow.fetch.id, .outage, at: now) } else { still.append(flow) }
                    continue
                }
                if source.isDown?.contains(now) == true || source.refuses {
                    scheduler.failed(flow.fetch.id, source.refuses ? .refused : .outage, at: now)
                    continue
                }
                if flow.fetch.pieces.contains(where: { !(source.rows?.contains($0.row) ?? true) }) {
                    scheduler.failed(flow.fetch.id, .notThere, at: now)
                    continue
                }
                flow.moved = now
                flow.left -= source.rate * step / Double(active[flow.fetch.source])
                guard flow.left <= 0 else {
                    still.append(flow)
                    continue
                }
                let rows = flow.fetch.pieces.map(\.row)
                let wrong = source.flips == 0 ? [] : rows.filter { _ in .random(in: 0..<1, using: &generator) < source.flips }
                if !wrong.isEmpty { bad.insert([flow.fetch.source, flow.fetch.object]) }
                let right = rows.filter { !wrong.contains($0) }
                for row in scheduler.finished(flow.fetch.id, verified: right, wrong: wrong, at: now) {
                    outcome.delivered[row, default: 0] += 1
                }
            }
            flows = still
        }
        outcome.seconds = now
        outcome.shares = sources.indices.map { scheduler.share(of: $0) }
        return outcome
    }

    /// Packs of some twenty chunks, in an order of the source's own here and there.
    private func packed(_ rows: [Int], _ generator: inout SeededGenerator) -> [ChunkLayout.Slot] {
        var rows = rows
        for _ in 0..<rows.count / 10 {
            rows.swapAt(.random(in: rows.indices, using: &generator), .random(in: rows.indices, using: &generator))
        }
        return rows.enumerated().map { .init(row: $1, object: $0 / 22, offset: 8 + $0 % 22 * stored, stored: stored) }
    }
}
