import WaybillFormat

/// A pack as a collector sees it.
package struct PackTally: Hashable, Sendable {
    package enum Standing: Int, Comparable, Sendable {
        /// Written since the collector looked, or by a push that still runs: it stays.
        case young
        case settled
        /// A condemned set names it.
        case condemned

        package static func < (a: Standing, b: Standing) -> Bool { a.rawValue < b.rawValue }
    }

    package let name: Digest
    /// Of the whole pack.
    package let byteCount: Int
    package let standing: Standing
    /// Of all its frames.
    package var frameBytes = 0
    /// Of frames of live chunks, whether or not another pack has them too.
    package var liveBytes = 0
    /// Of frames that were chosen: the copies that stay.
    package var neededBytes = 0

    package init(name: Digest, byteCount: Int, standing: Standing) {
        self.name = name
        self.byteCount = byteCount
        self.standing = standing
    }

    package var deadPercent: Double { frameBytes == 0 ? 100 : Double(frameBytes - neededBytes) * 100 / Double(frameBytes) }

    /// Whether its copies are chosen before those of `other`: packs that stay, then those that are the fullest with life.
    func precedes(_ other: PackTally) -> Bool {
        if standing != other.standing { return standing < other.standing }
        // Cross-multiplied: packs have at most 2^26 bytes.
        let (mine, theirs) = (liveBytes * max(1, other.frameBytes), other.liveBytes * max(1, frameBytes))
        return mine == theirs ? name < other.name : mine > theirs
    }
}

/// Chooses one copy of every live chunk, so that packs without a chosen copy can go. Pure: the footers come from outside, twice.
///
/// Memory: 9 bytes a live chunk, and 56 for each copy of a chunk that has several.
package struct CopySelection: Sendable {
    private struct Copy {
        let name: ChunkName
        let stored: Int32
        let pack: Int32
        let offset: UInt32
    }

    private var live: LiveChunks
    package private(set) var packs: [PackTally] = []
    /// Copies of chunks that have several; after `choose` the chosen ones, by name.
    private var shared: [Copy] = []
    /// Distinct chunks of all packs that are live, and their raw bytes.
    package private(set) var liveChunks = 0
    package private(set) var liveRawBytes = 0

    /// - Parameter live: sealed.
    package init(_ live: LiveChunks) { self.live = live }

    /// Live chunks that lie in no pack that was read.
    package var missing: Int { live.missing }

    /// First look at every pack.
    package mutating func add(_ tally: PackTally, rows: [PackRow]) {
        var tally = tally
        for row in rows {
            tally.frameBytes += row.stored
            if live.noteCopy(row.name) { tally.liveBytes += row.stored }
        }
        packs.append(tally)
    }

    /// Second look, at pack number `number` in the order of `add`.
    package mutating func look(at number: Int, rows: [PackRow]) {
        for row in rows {
            switch live.copies(row.name) {
            case 0: continue
            case 1: choose(row.name, stored: row.stored, in: number)
            default:
                shared.append(
                    Copy(name: row.name, stored: Int32(row.stored), pack: Int32(number), offset: UInt32(row.offset)))
            }
        }
    }

    private mutating func choose(_ name: ChunkName, stored: Int, in number: Int) {
        packs[number].neededBytes += stored
        liveChunks += 1
        liveRawBytes += name.length
    }

    /// Ends the looks.
    package mutating func finish() {
        let order = packs.indices.sorted { packs[$0].precedes(packs[$1]) }
        var rank = [Int](repeating: 0, count: packs.count)
        for (place, number) in order.enumerated() { rank[number] = place }
        shared.sort { a, b in
            if a.name != b.name { return a.name < b.name }
            let (first, second) = (rank[Int(a.pack)], rank[Int(b.pack)])
            return first == second ? a.offset < b.offset : first < second
        }
        var chosen = 0
        for index in shared.indices where index == 0 || shared[index].name != shared[chosen - 1].name {
            shared[chosen] = shared[index]
            chosen += 1
        }
        shared.removeLast(shared.count - chosen)
        for copy in shared { choose(copy.name, stored: Int(copy.stored), in: Int(copy.pack)) }
    }

    /// Whether this frame is the copy that stays; after `finish`.
    package func isChosen(_ row: PackRow, in number: Int) -> Bool {
        switch live.copies(row.name) {
        case 0: return false
        case 1: return true
        default: break
        }
        var low = 0
        var high = shared.count
        while low < high {
            let middle = (low + high) / 2
            if shared[middle].name < row.name { low = middle + 1 } else { high = middle }
        }
        guard low < shared.count, shared[low].name == row.name else { return false }
        return Int(shared[low].pack) == number && Int(shared[low].offset) == row.offset
    }
}
