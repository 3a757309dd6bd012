/// How far each target is written without a gap, in rows. Pure.
package struct WrittenPrefix: Sendable {
    /// Of each target: where its rows begin in `isWritten`, and how many of them are written without a gap.
    private var targets: [(start: Int, count: Int, prefix: Int)] = []
    private var isWritten: [Bool]

    /// - Parameters:
    ///   - rows: of each target.
    ///   - open: rows that are not written yet.
    package init(rows: [Int], open: some Sequence<Destination>) {
        var start = 0
        for count in rows {
            targets.append((start, count, 0))
            start += count
        }
        isWritten = [Bool](repeating: true, count: start)
        for destination in open { isWritten[targets[destination.target].start + destination.row] = false }
        for target in targets.indices { advance(target) }
    }

    /// Rows of `target` that are written from the first one on.
    package func count(_ target: Int) -> Int { targets[target].prefix }

    /// Notes a row as written.
    /// - Returns: true if the prefix grew.
    package mutating func write(_ destination: Destination) -> Bool {
        let target = targets[destination.target]
        isWritten[target.start + destination.row] = true
        guard destination.row == target.prefix else { return false }
        advance(destination.target)
        return true
    }

    private mutating func advance(_ number: Int) {
        let target = targets[number]
        var prefix = target.prefix
        while prefix < target.count, isWritten[target.start + prefix] { prefix += 1 }
        targets[number].prefix = prefix
    }
}
