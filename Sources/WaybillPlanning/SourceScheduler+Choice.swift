extension SourceScheduler {
    /// What to do now; nil while nothing more can be begun.
    public mutating func next(at now: Double) -> Action? {
        if began == nil { (began, lastProgress, lastFed) = (now, now, now) }
        if let id = cancels.popLast() { return .cancel(id) }
        if let fetch = ordinary(at: now) ?? hedge(at: now) { return .fetch(fetch) }
        // A hedge that finds no room breaks off what it would have replaced.
        if let id = cancels.popLast() { return .cancel(id) }
        return whenStuck(at: now)
    }

    /// A range that nobody was asked for, from the source that should be through with it first.
    private mutating func ordinary(at now: Double) -> Fetch? {
        guard !needed.isEmpty else { return nil }
        let room = limits.hasFixedRanges ? .max : limits.inFlight - inFlight
        guard room >= limits.minimumRange else { return nil }
        for distance in [Distance.near, .far] {
            if let fetch = ordinary(distance, at: now, room: room) {
                lastFed = now
                return fetch
            }
            // Near sources that fill the room are fast enough: far ones are left in peace.
            if distance == .near, 4 * nearBytes >= 3 * limits.inFlight { return nil }
        }
        return reserve(at: now, room: room)
    }

    private var nearBytes: Int {
        var total = 0
        for index in sources.indices where sources[index].distance == .near { total += sources[index].inFlight }
        return total
    }

    private mutating func ordinary(_ distance: Distance, at now: Double, room: Int) -> Fetch? {
        var total = 0.0
        for index in sources.indices where sources[index].isOffering(distance, at: now) { total += sources[index].weight }
        guard total > 0 else { return nil }
        // What all may have at once, shared by weight if that is more than there is room for.
        let scale = limits.horizon * min(1, Double(limits.inFlight) / (limits.horizon * total))
        let left = Double(neededBytes) / total / 2
        var free: [(source: Int, target: Int)] = []
        for index in sources.indices where sources[index].isOffering(distance, at: now) && sources[index].requests < limits.requests {
            let target: Int
            if limits.hasFixedRanges {
                target = limits.maximumRange
            } else {
                let allowance = Int(scale * sources[index].weight)
                // Towards the end ranges get short, so that all sources end together.
                let wanted = min(allowance / 2, Int(left * sources[index].weight))
                target = max(limits.minimumRange, min(limits.maximumRange, wanted))
                let most = max(allowance, 2 * limits.minimumRange)
                guard sources[index].requests == 0 || sources[index].inFlight + target <= most else { continue }
            }
            free.append((index, target))
        }
        guard !free.isEmpty else { return nil }
        var choice = pick(free)
        var start: Int?
        if sources[choice.source].kind == .raw, let row = rarest(of: offered) {
            // The chunk counts more than who gives it: what only a slow peer has is never asked for otherwise.
            let giving = free.filter { sources[$0.source].kind == .raw && sources[$0.source].rows.contains(row) }
            if !giving.isEmpty {
                choice = pick(giving)
                start = sources[choice.source].layout.index(of: row)
            }
        }
        guard let start = start ?? self.start(of: choice.source) else { return nil }
        return begin(choice.source, start, choice.target, room: room, at: now, .needed)
    }

    /// Of a few all are compared; of many two, chosen by lot, so that a crowd of pullers does not run to the same peer.
    private mutating func pick(_ free: [(source: Int, target: Int)]) -> (source: Int, target: Int) {
        func time(_ choice: (source: Int, target: Int)) -> Double {
            Double(sources[choice.source].inFlight + choice.target) / sources[choice.source].weight
        }
        if free.count > 8 {
            let (a, b) = (free[random.below(free.count)], free[random.below(free.count)])
            return time(b) < time(a) ? b : a
        }
        var best = free[0]
        for choice in free.dropFirst() where time(choice) < time(best) { best = choice }
        return best
    }

    /// The slot at which the next range of a source begins.
    private mutating func start(of source: Int) -> Int? {
        switch sources[source].kind {
        case .packed:
            let slots = sources[source].layout.slots
            var cursor = sources[source].cursor
            while cursor < slots.count, !needed.contains(slots[cursor].row) || !sources[source].rows.contains(slots[cursor].row) {
                cursor += 1
            }
            sources[source].cursor = cursor
            return cursor < slots.count ? cursor : nil
        case .raw:
            return rarest(of: sources[source].rows).flatMap { sources[source].layout.index(of: $0) }
        }
    }

    /// Of some rows chosen by lot, the one that fewest raw sources have. Looking at all would cost as much as there are rows.
    private mutating func rarest(of rows: RowSet) -> Int? {
        var best: Int?
        var bestHolders = UInt16.max
        for _ in 0..<12 {
            let from = random.below(max(1, lengths.count))
            guard let row = needed.next(from: from, in: rows) ?? needed.next(from: 0, in: rows) else { return best }
            if best == nil || holders[row] < bestHolders { (best, bestHolders) = (row, holders[row]) }
        }
        return best
    }

    /// From a mirror that should not have to give everything to everybody.
    private mutating func reserve(at now: Double, room: Int) -> Fetch? {
        for index in sources.indices where sources[index].isReserve && sources[index].useful > 0 && sources[index].isUsable(at: now) {
            guard sources[index].requests < limits.requests else { continue }
            let rows = sources[index].rows
            if let row = nextAssigned(index), let slot = sources[index].layout.index(of: row) {
                return begin(index, slot, limits.maximumRange, room: room, at: now, .assigned)
            }
            // One request at a time: a crowd that finds the same chunk missing shall not ask for more than it.
            guard sources[index].requests == 0 else { continue }
            let isStarved = runs.isEmpty && now >= lastFed + limits.reservePatience
            let isSlow = now >= (began ?? now) + 2 * limits.reservePatience && commonRate.value < limits.reserveRate
            guard isStarved || isSlow, let row = rarest(of: rows), let slot = sources[index].layout.index(of: row) else { continue }
            return begin(index, slot, limits.maximumRange, room: room, at: now, .needed)
        }
        return nil
    }

    private mutating func nextAssigned(_ source: Int) -> Int? {
        var from = 0
        while let row = needed.next(from: from, in: sources[source].assigned) {
            if sources[source].rows.contains(row) { return row }
            from = row + 1
        }
        return nil
    }

    /// Which rows a range may have.
    enum Wanted {
        case needed, assigned
        case again(RowSet)
    }

    private func isWanted(_ row: Int, _ wanted: Wanted, _ source: Int) -> Bool {
        switch wanted {
        case .needed: needed.contains(row)
        case .assigned: needed.contains(row) && sources[source].assigned.contains(row)
        case .again(let rows): rows.contains(row) && copies[row] < 3
        }
    }

    /// Joins neighbours to a range and notes that it is under way.
    /// - Parameters:
    ///   - target: bytes; a single chunk may be longer.
    ///   - room: bytes that it may not exceed, unless it is the only one under way.
    mutating func begin(
        _ source: Int, _ first: Int, _ target: Int, room: Int, at now: Double, isHedge: Bool = false, _ wanted: Wanted
    ) -> Fetch? {
        let slots = sources[source].layout.slots
        guard slots[first].stored <= room || inFlight == 0 else { return nil }
        let start = slots[first].offset
        var end = start
        var pieces: [ChunkLayout.Slot] = []
        for slot in slots[first...] {
            guard slot.object == slots[first].object, slot.offset <= end + limits.maximumGap else { break }
            guard isWanted(slot.row, wanted, source), sources[source].rows.contains(slot.row) else { continue }
            guard pieces.isEmpty || max(end, slot.end) - start <= min(target, room) else { break }
            pieces.append(slot)
            end = max(end, slot.end)
        }
        guard !pieces.isEmpty else { return nil }
        let fetch = Fetch(
            id: nextID, source: source, object: slots[first].object, range: start..<end, pieces: pieces, isHedge: isHedge)
        nextID += 1
        for piece in pieces {
            unwant(piece.row)
            copies[piece.row] += 1
        }
        sources[source].rate.pass(to: now, isBusy: sources[source].requests > 0)
        sources[source].requests += 1
        sources[source].inFlight += fetch.range.count
        inFlight += fetch.range.count
        let ahead = sources[source].inFlight
        let floor = sources[source].rate.isMeasured ? limits.lateFloor : limits.strangerLateFloor
        let late = max(floor, limits.lateFactor * Double(ahead) / sources[source].rate.value)
        runs.append(Run(fetch: fetch, began: now, ahead: ahead, lateAt: now + late))
        return fetch
    }
}
