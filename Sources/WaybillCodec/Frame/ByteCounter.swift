/// Counts byte values. Counting is bound by stores, and waits where equal values follow one another.
package final class ByteCounter {
    /// Fewer bytes do not pay for looking at their range first.
    private static let leastPaired = 4 << 10
    /// Widest range of values whose pairs are counted: the table's used part must stay in the nearest cache, and be summed up after.
    private static let widestPaired = 96

    /// Eight tables, so that equal neighbours do not wait for each other's store.
    private let tables: UnsafeMutablePointer<UInt32>
    /// Counts by second byte << 8 | first byte; all zero between uses.
    private let pairs: UnsafeMutablePointer<UInt32>

    package init() {
        tables = .allocate(capacity: 8 * 256)
        pairs = .allocate(capacity: 1 << 16)
        pairs.initialize(repeating: 0, count: 1 << 16)
    }

    deinit {
        tables.deallocate()
        pairs.deallocate()
    }

    /// Writes the counts of the 256 byte values.
    package func count(_ bytes: UnsafePointer<UInt8>, _ length: Int, into counts: UnsafeMutablePointer<UInt32>) {
        let whole = length & ~7
        let (lowest, highest) = length < Self.leastPaired ? (0, 255) : Self.range(bytes, length)
        if highest - lowest < Self.widestPaired {
            counts.update(repeating: 0, count: 256)
            countPairs(bytes, whole)
            sumPairs(lowest, highest, into: counts)
        } else {
            countSingly(bytes, whole, into: counts)
        }
        for index in whole..<length { counts[Int(bytes[index])] &+= 1 }
    }

    private static func range(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> (Int, Int) {
        var lowest = UInt8.max
        var highest = UInt8.min
        for index in 0..<length {
            lowest = min(lowest, bytes[index])
            highest = max(highest, bytes[index])
        }
        return (Int(lowest), Int(highest))
    }

    /// Half the stores: exponents of weights have some twenty values, so their pairs fit the cache.
    private func countPairs(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
        let raw = UnsafeRawPointer(bytes)
        let pairs = pairs
        var i = 0
        while i < length {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            pairs[Int(truncatingIfNeeded: word & 0xFFFF)] &+= 1
            pairs[Int(truncatingIfNeeded: word &>> 16 & 0xFFFF)] &+= 1
            pairs[Int(truncatingIfNeeded: word &>> 32 & 0xFFFF)] &+= 1
            pairs[Int(truncatingIfNeeded: word &>> 48)] &+= 1
            i &+= 8
        }
    }

    /// Adds what was counted of the values in `lowest...highest`, and clears it.
    private func sumPairs(_ lowest: Int, _ highest: Int, into counts: UnsafeMutablePointer<UInt32>) {
        let width = highest - lowest + 1
        let firsts = counts + lowest
        for second in lowest...highest {
            let row = pairs + (second << 8 + lowest)
            var sum: UInt32 = 0
            for index in 0..<width {
                sum &+= row[index]
                firsts[index] &+= row[index]
                row[index] = 0
            }
            counts[second] &+= sum
        }
    }

    private func countSingly(_ bytes: UnsafePointer<UInt8>, _ length: Int, into counts: UnsafeMutablePointer<UInt32>) {
        tables.update(repeating: 0, count: 8 * 256)
        let (a, b, c, d) = (tables, tables + 256, tables + 512, tables + 768)
        let (e, f, g, h) = (tables + 1024, tables + 1280, tables + 1536, tables + 1792)
        let raw = UnsafeRawPointer(bytes)
        var i = 0
        while i < length {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            a[Int(truncatingIfNeeded: word & 0xFF)] &+= 1
            b[Int(truncatingIfNeeded: word &>> 8 & 0xFF)] &+= 1
            c[Int(truncatingIfNeeded: word &>> 16 & 0xFF)] &+= 1
            d[Int(truncatingIfNeeded: word &>> 24 & 0xFF)] &+= 1
            e[Int(truncatingIfNeeded: word &>> 32 & 0xFF)] &+= 1
            f[Int(truncatingIfNeeded: word &>> 40 & 0xFF)] &+= 1
            g[Int(truncatingIfNeeded: word &>> 48 & 0xFF)] &+= 1
            h[Int(truncatingIfNeeded: word &>> 56)] &+= 1
            i &+= 8
        }
        for value in 0..<256 {
            counts[value] = a[value] &+ b[value] &+ c[value] &+ d[value] &+ e[value] &+ f[value] &+ g[value] &+ h[value]
        }
    }
}
