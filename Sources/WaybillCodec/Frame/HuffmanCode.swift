/// Builds length-limited canonical prefix codes as RFC 1951 wants them. Scratch memory is kept between uses.
final class HuffmanCode {
    /// Most symbols of an alphabet: 256 literals and the end of the block.
    static let maximumSymbols = 257

    /// Ciura's gaps of a Shell sort.
    private static let gaps = [132, 57, 23, 10, 4, 1]

    /// (count << 16 | symbol), ascending.
    private let keys: UnsafeMutablePointer<UInt64>
    /// Counts, then parents, then depths: Moffat and Katajainen's code lengths in place.
    private let work: UnsafeMutablePointer<UInt32>
    private let lengthCounts: UnsafeMutablePointer<Int>

    init() {
        keys = .allocate(capacity: Self.maximumSymbols)
        work = .allocate(capacity: Self.maximumSymbols)
        lengthCounts = .allocate(capacity: 64)
    }

    deinit {
        keys.deallocate()
        work.deallocate()
        lengthCounts.deallocate()
    }

    /// Writes the code length of each symbol, 0 for those that do not occur. With two or more symbols the code is complete and no
    /// length is above `limit`, provided that 2^limit symbols suffice.
    func lengths(of counts: UnsafePointer<UInt32>, symbols: Int, limit: Int, into lengths: UnsafeMutablePointer<UInt8>) {
        var used = 0
        for symbol in 0..<symbols {
            lengths[symbol] = 0
            if counts[symbol] > 0 {
                keys[used] = UInt64(counts[symbol]) << 16 | UInt64(symbol)
                used += 1
            }
        }
        guard used > 1 else {
            if used == 1 { lengths[Int(keys[0] & 0xFFFF)] = 1 }
            return
        }
        sortKeys(used)
        for i in 0..<used { work[i] = UInt32(truncatingIfNeeded: keys[i] >> 16) }
        minimumRedundancy(used)

        for length in 0..<64 { lengthCounts[length] = 0 }
        for i in 0..<used { lengthCounts[min(Int(work[i]), limit)] += 1 }
        limitLengths(to: limit)
        var next = 0
        for length in stride(from: limit, through: 1, by: -1) {
            for _ in 0..<lengthCounts[length] {
                lengths[Int(keys[next] & 0xFFFF)] = UInt8(length)
                next += 1
            }
        }
    }

    private func sortKeys(_ count: Int) {
        for gap in Self.gaps where gap < count {
            for i in gap..<count {
                let key = keys[i]
                var j = i
                while j >= gap, keys[j - gap] > key {
                    keys[j] = keys[j - gap]
                    j -= gap
                }
                keys[j] = key
            }
        }
    }

    private func minimumRedundancy(_ n: Int) {
        let a = work
        a[0] += a[1]
        var root = 0
        var leaf = 2
        for next in 1..<max(n - 1, 1) {
            if leaf >= n || a[root] < a[leaf] {
                a[next] = a[root]
                a[root] = UInt32(next)
                root += 1
            } else {
                a[next] = a[leaf]
                leaf += 1
            }
            if leaf >= n || (root < next && a[root] < a[leaf]) {
                a[next] += a[root]
                a[root] = UInt32(next)
                root += 1
            } else {
                a[next] += a[leaf]
                leaf += 1
            }
        }
        a[n - 2] = 0
        for next in stride(from: n - 3, through: 0, by: -1) { a[next] = a[Int(a[next])] + 1 }
        var available = 1
        var inner = 0
        var depth: UInt32 = 0
        root = n - 2
        var next = n - 1
        while available > 0 {
            while root >= 0, a[root] == depth {
                inner += 1
                root -= 1
            }
            while available > inner {
                a[next] = depth
                next -= 1
                available -= 1
            }
            available = 2 * inner
            depth += 1
            inner = 0
        }
    }

    /// Clamping made the code too large; each step lengthens a shorter code so that one leaf fewer is needed at the limit.
    private func limitLengths(to limit: Int) {
        var total = 0
        for length in 1...limit { total += lengthCounts[length] << (limit - length) }
        while total > 1 << limit {
            lengthCounts[limit] -= 1
            for length in stride(from: limit - 1, to: 0, by: -1) where lengthCounts[length] > 0 {
                lengthCounts[length] -= 1
                lengthCounts[length + 1] += 2
                break
            }
            total -= 1
        }
    }

    /// Writes `code << 8 | length` for each symbol, the code's bits reversed as DEFLATE sends them.
    static func assign(_ lengths: UnsafePointer<UInt8>, symbols: Int, into table: UnsafeMutablePointer<UInt32>) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 32) { next in
            for length in 0..<32 { next[length] = 0 }
            for symbol in 0..<symbols { next[Int(lengths[symbol])] += 1 }
            var code: UInt32 = 0
            var previous: UInt32 = 0
            for length in 1..<16 {
                let count = next[length]
                code = (code + previous) << 1
                next[length] = code
                previous = count
            }
            for symbol in 0..<symbols {
                let length = UInt32(lengths[symbol])
                guard length > 0 else {
                    table[symbol] = 0
                    continue
                }
                let value = next[Int(length)]
                next[Int(length)] = value + 1
                table[symbol] = reversed(value, bits: length) << 8 | length
            }
        }
    }

    private static func reversed(_ value: UInt32, bits: UInt32) -> UInt32 {
        var result: UInt32 = 0
        for bit in 0..<bits where value >> bit & 1 == 1 { result |= 1 << (bits - 1 - bit) }
        return result
    }
}
