extension SourceScheduler {
    /// A fetch brought bytes, which were decoded and compared with their digests.
    /// - Parameters:
    ///   - verified: rows that are written now.
    ///   - wrong: rows whose bytes were not theirs. Rows in neither came by another fetch meanwhile.
    /// - Returns: rows that were not done before.
    public mutating func finished(_ id: Int, verified: some Sequence<Int>, wrong: [Int] = [], at now: Double) -> [Int] {
        guard let fetch = end(id, at: now, isWhole: true)?.fetch else { return [] }
        let source = fetch.source
        var fresh: [Int] = []
        for row in verified {
            sources[source].assigned.remove(row)
            guard done.insert(row) else { continue }
            unwant(row)
            fresh.append(row)
        }
        if !fresh.isEmpty {
            lastProgress = now
            let rows = Set(fresh)
            sources[source].share.bytes += fetch.pieces.reduce(0) { $0 + (rows.contains($1.row) ? $1.stored : 0) }
            sources[source].share.ranges += 1
        }
        if wrong.isEmpty {
            sources[source].note(failed: false)
            sources[source].outages = 0
            sources[source].rests = 0
            sources[source].misses = 0
        } else {
            sources[source].share.failures += 1
            sources[source].share.wrong += wrong.count
            quarantine(source, fetch.object, wrong)
            if sources[source].share.wrong >= limits.wrongUntilBan { ban(source) }
        }
        release(fetch)
        // Who is still being waited for in vain?
        if !fresh.isEmpty { cancelSuperfluous(fresh) }
        return fresh
    }

    /// A fetch brought nothing.
    public mutating func failed(_ id: Int, _ failure: Failure, at now: Double) {
        guard let run = end(id, at: now, isWhole: false) else { return }
        let (fetch, source) = (run.fetch, run.fetch.source)
        switch failure {
        case .cancelled:
            sources[source].overtaken += 1
            if run.isLate { sources[source].rest(at: now, limits) }
        case .busy: blame(source, failure, at: now)
        case .notThere:
            sources[source].share.failures += 1
            for piece in fetch.pieces { bar(source, piece.row) }
            blame(source, failure, at: now)
        case .wrong:
            sources[source].share.failures += 1
            sources[source].share.wrong += 1
            quarantine(source, fetch.object, fetch.pieces.map(\.row))
            if sources[source].share.wrong >= limits.wrongUntilBan { ban(source) }
        case .outage, .refused:
            // What was broken off by us says nothing of the source.
            if !run.isCancelled || failure == .refused {
                sources[source].share.failures += 1
                // Requests that broke off together are one outage.
                if failure == .refused || run.began >= sources[source].lastOutage { blame(source, failure, at: now) }
            }
        }
        release(fetch)
    }

    /// A chunk was tried again with every means.
    public mutating func insisted(_ row: Int, from source: Int?) {
        insisting = nil
        guard let source, done.insert(row) else { return }
        unwant(row)
        sources[source].share.ranges += 1
        sources[source].share.bytes += Int(lengths[row])
    }

    /// A source gives nothing for a while, or for good.
    mutating func blame(_ source: Int, _ failure: Failure, at now: Double) {
        switch failure {
        case .busy(let seconds):
            sources[source].restUntil = max(sources[source].restUntil, now + max(0.01, min(seconds, limits.longestRest)))
        case .outage:
            sources[source].note(failed: true)
            sources[source].outages += 1
            sources[source].lastOutage = now
            sources[source].rest(at: now, limits)
        case .notThere:
            sources[source].note(failed: true)
            sources[source].misses += 1
            if sources[source].misses % limits.missesUntilRest == 0 { sources[source].rest(at: now, limits) }
        case .refused:
            guard !sources[source].isOut else { return }
            dismiss(source)
            sources[source].isRefused = true
        case .wrong:
            sources[source].share.wrong += 1
            if sources[source].share.wrong >= limits.wrongUntilBan { ban(source) }
        case .cancelled: break
        }
    }

    private mutating func quarantine(_ source: Int, _ object: Int, _ wrong: [Int]) {
        sources[source].note(failed: true)
        for row in wrong { bar(source, row) }
        guard sources[source].quarantined.insert(object).inserted else { return }
        for slot in sources[source].layout.slots where slot.object == object { bar(source, slot.row) }
    }

    /// Nothing is asked of the source any more; unless it is the last that ever had some open chunk, for which it is asked when nothing
    /// else is left.
    private mutating func ban(_ source: Int) {
        guard !sources[source].isOut else { return }
        let isLast = sources[source].layout.slots.contains { slot in
            !done.contains(slot.row) && (sources[source].rows.contains(slot.row) || sources[source].barred.contains(slot.row))
                && !sources.indices.contains { other in
                    other != source && !sources[other].isOut && (sources[other].rows.contains(slot.row) || sources[other].isAwaited)
                }
        }
        guard !isLast else {
            dismiss(source)
            sources[source].isDistrusted = true
            return
        }
        dismiss(source)
        sources[source].isBanned = true
        for run in runs where run.fetch.source == source { drop(run.fetch.id) }
    }

    /// A fetch is over: its bytes and its copies are no longer under way.
    private mutating func end(_ id: Int, at now: Double, isWhole: Bool) -> Run? {
        guard let index = runs.firstIndex(where: { $0.fetch.id == id }) else { return nil }
        let run = runs.remove(at: index)
        let source = run.fetch.source
        sources[source].rate.pass(to: now, isBusy: sources[source].requests > 0)
        commonRate.pass(to: now, isBusy: true)
        if isWhole {
            sources[source].rate.came(run.fetch.range.count)
            if !sources[source].isReserve { commonRate.came(run.fetch.range.count) }
        }
        sources[source].requests -= 1
        sources[source].inFlight -= run.fetch.range.count
        inFlight -= run.fetch.range.count
        if !run.isCancelled { for piece in run.fetch.pieces { copies[piece.row] -= 1 } }
        return run
    }

    /// What a fetch did not bring and nobody else is bringing is wanted again.
    private mutating func release(_ fetch: Fetch) {
        for piece in fetch.pieces where copies[piece.row] == 0 && !done.contains(piece.row) { want(piece.row) }
    }

    private mutating func cancelSuperfluous(_ fresh: [Int]) {
        guard fresh.contains(where: { copies[$0] > 0 }) else { return }
        for run in runs where run.fetch.pieces.allSatisfy({ done.contains($0.row) }) { drop(run.fetch.id) }
    }

    /// Breaks a fetch off. It counts as under way until its end is reported.
    mutating func drop(_ id: Int) {
        guard let index = runs.firstIndex(where: { $0.fetch.id == id }), !runs[index].isCancelled else { return }
        let run = runs[index]
        runs[index].isCancelled = true
        for piece in run.fetch.pieces { copies[piece.row] -= 1 }
        cancels.append(id)
        release(run.fetch)
    }
}
