/// A set of chunk numbers, one bit each: what a peer's bitmap says, and what a pull still lacks.
public struct RowSet: Sendable, Equatable {
    public private(set) var words: [UInt64]
    public private(set) var count = 0

    /// An empty set that can hold the numbers below `capacity` without growing.
    public init(capacity: Int = 0) { words = [UInt64](repeating: 0, count: (capacity + 63) / 64) }

    public init(_ rows: some Sequence<Int>, capacity: Int = 0) {
        self.init(capacity: capacity)
        for row in rows { insert(row) }
    }

    public var isEmpty: Bool { count == 0 }

    public func contains(_ row: Int) -> Bool {
        let word = row >> 6
        return word < words.count && words[word] & (1 << UInt64(row & 63)) != 0
    }

    @discardableResult
    public mutating func insert(_ row: Int) -> Bool {
        let word = row >> 6
        while word >= words.count { words.append(0) }
        let bit: UInt64 = 1 << UInt64(row & 63)
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        count += 1
        return true
    }

    @discardableResult
    public mutating func remove(_ row: Int) -> Bool {
        guard contains(row) else { return false }
        words[row >> 6] &= ~(1 << UInt64(row & 63))
        count -= 1
        return true
    }

    /// The smallest number from `start` on.
    public func next(from start: Int) -> Int? { next(from: start, in: nil) }

    /// The smallest number from `start` on that both sets have.
    public func next(from start: Int, in other: RowSet?) -> Int? {
        var word = start >> 6
        let end = min(words.count, other?.words.count ?? .max)
        guard word < end else { return nil }
        var bits = words[word] & (other?.words[word] ?? .max) & (.max << UInt64(start & 63))
        while bits == 0 {
            word += 1
            guard word < end else { return nil }
            bits = words[word] & (other?.words[word] ?? .max)
        }
        return word << 6 | bits.trailingZeroBitCount
    }

    public func forEach(_ body: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var bits = word
            while bits != 0 {
                body(index << 6 | bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
    }

    /// How many numbers both sets have.
    public func intersectionCount(_ other: RowSet) -> Int {
        var total = 0
        for word in 0..<min(words.count, other.words.count) { total += (words[word] & other.words[word]).nonzeroBitCount }
        return total
    }
}
