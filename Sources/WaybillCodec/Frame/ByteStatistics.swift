import Glibc

/// What a histogram says about order-0 coding.
enum ByteStatistics {
    /// Order-0 entropy of all counted bytes together, in bits.
    static func entropy(_ counts: UnsafePointer<UInt32>) -> Double {
        var total = 0.0
        var sum = 0.0
        for value in 0..<256 where counts[value] > 0 {
            let count = Double(counts[value])
            total += count
            sum += count * log2(count)
        }
        return total > 0 ? total * log2(total) - sum : 0
    }

    /// The same for the source behind a sample: Miller and Madow's correction, since a small sample looks compressible.
    static func correctedEntropy(_ counts: UnsafePointer<UInt32>) -> Double {
        var used = 0
        for value in 0..<256 where counts[value] > 0 { used += 1 }
        return entropy(counts) + Double(max(used - 1, 0)) / (2 * M_LN2)
    }
}
