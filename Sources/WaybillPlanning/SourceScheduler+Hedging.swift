extension SourceScheduler {
    /// The same range from somebody else: when it is late, and at the end of the work, when an idle source would be through first.
    mutating func hedge(at now: Double) -> Fetch? {
        let isTail = needed.isEmpty
        guard sources.count > 1, isTail || runs.contains(where: { now >= $0.lateAt && !$0.isCancelled }) else { return nil }
        for index in runs.indices where !runs[index].isCancelled {
            let run = runs[index]
            let isLate = now >= run.lateAt
            guard isLate || isTail, let row = uncovered(run, isLate: isLate, at: now) else { continue }
            // What it still needs: by its rate of now, or as long again as it took.
            sources[run.fetch.source].rate.pass(to: now, isBusy: true)
            let due = run.began + Double(run.ahead) / sources[run.fetch.source].rate.value
            let remaining = isLate ? Double.infinity : due > now ? due - now : now - run.began
            guard let (source, slot) = substitute(for: row, run, within: remaining / 2, isLate: isLate, at: now) else { continue }
            let open = run.fetch.pieces.map(\.row).filter { !done.contains($0) }
            let rows = RowSet(open, capacity: lengths.count)
            let size = min(limits.maximumRange, run.fetch.range.count)
            guard inFlight + size <= limits.inFlight + limits.hedgeRoom else {
                if isLate { giveUp(index, at: now) }
                continue
            }
            if isLate, !runs[index].isLate {
                runs[index].isLate = true
                sources[run.fetch.source].share.late += 1
            }
            return begin(source, slot, size, room: limits.inFlight + limits.hedgeRoom - inFlight, at: now, isHedge: true, .again(rows))
        }
        return nil
    }

    /// A row of a run that nobody brings in time.
    private func uncovered(_ run: Run, isLate: Bool, at now: Double) -> Int? {
        for piece in run.fetch.pieces where !done.contains(piece.row) {
            let others = copies[piece.row] - 1
            if others == 0 { return piece.row }
            guard isLate, others < 2 else { continue }
            let isCovered = runs.contains { other in
                other.fetch.id != run.fetch.id && !other.isCancelled && now < other.lateAt
                    && other.fetch.pieces.contains { $0.row == piece.row }
            }
            if !isCovered { return piece.row }
        }
        return nil
    }

    /// Who else can bring a row soonest.
    private func substitute(for row: Int, _ run: Run, within seconds: Double, isLate: Bool, at now: Double) -> (Int, Int)? {
        var best: (source: Int, slot: Int)?
        var bestTime = seconds
        for (index, source) in sources.enumerated() where index != run.fetch.source && source.isUsable(at: now) {
            guard source.requests < limits.requests, source.rows.contains(row), let slot = source.layout.index(of: row) else { continue }
            // A mirror in reserve is spared where a peer is only slow.
            guard !source.isReserve || isLate else { continue }
            guard !runs.contains(where: { $0.fetch.source == index && $0.fetch.pieces.contains { $0.row == row } }) else { continue }
            let time = Double(source.inFlight + run.fetch.range.count) / source.weight
            if time < bestTime { (best, bestTime) = ((index, slot), time) }
        }
        return best.map { ($0.source, $0.slot) }
    }

    /// Breaks off what is late, to make room for somebody else.
    private mutating func giveUp(_ index: Int, at now: Double) {
        let run = runs[index]
        runs[index].isLate = true
        sources[run.fetch.source].share.late += 1
        sources[run.fetch.source].rest(at: now, limits)
        drop(run.fetch.id)
    }

    /// Nothing is under way, and something is wanted: wait, insist, or give it up.
    mutating func whenStuck(at now: Double) -> Action? {
        guard runs.isEmpty, insisting == nil, let row = needed.next(from: 0), !mayCome(row, at: now) else { return nil }
        let able = sources.indices.filter { index in
            let source = sources[index]
            return !source.isOut && (source.rows.contains(row) || source.barred.contains(row)) && !isGivenUp(source)
        }
        if !able.isEmpty, insistedOn.insert(row) {
            insisting = row
            return .insist(row: row, sources: able)
        }
        lost.insert(row)
        unwant(row)
        return .lost(row: row, reasons: sources.indices.map { Reason(source: $0, cause: cause(sources[$0], row)) })
    }

    private func isGivenUp(_ source: SourceState) -> Bool { source.outages >= limits.outagesUntilGivenUp || source.restUntil == .infinity }

    /// Whether a source will be asked for the row, or may come to have it.
    private func mayCome(_ row: Int, at now: Double) -> Bool {
        for source in sources where !source.isOut {
            if source.isAwaited { return true }
            guard !source.isDistrusted, !isGivenUp(source) || now >= source.restUntil else { continue }
            if source.rows.contains(row) { return true }
            if source.kind == .raw, !source.barred.contains(row), now < lastProgress + limits.hope { return true }
        }
        return false
    }

    private func cause(_ source: SourceState, _ row: Int) -> Reason.Cause {
        if source.isBanned || source.isDistrusted { return .banned }
        if source.isRefused { return .refused }
        if !source.rows.contains(row), !source.barred.contains(row) { return .absent }
        if isGivenUp(source) { return .unavailable }
        return source.share.wrong > 0 ? .wrongBytes : .absent
    }
}
