import Glibc

/// Histograms and what they say about order-0 coding.
enum ByteStatistics {
    /// Writes the counts of 256 byte values. `scratch` holds 1,024 counts: four tables, so that equal neighbours do not wait for
    /// each other's store.
    static func count(
        _ bytes: UnsafePointer<UInt8>, _ length: Int, into counts: UnsafeMutablePointer<UInt32>, scratch: UnsafeMutablePointer<UInt32>
    ) {
        scratch.update(repeating: 0, count: 1024)
        let (a, b, c, d) = (scratch, scratch + 256, scratch + 512, scratch + 768)
        let raw = UnsafeRawPointer(bytes)
        var i = 0
        while i &+ 8 <= length {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            a[Int(truncatingIfNeeded: word & 0xFF)] &+= 1
            b[Int(truncatingIfNeeded: word &>> 8 & 0xFF)] &+= 1
            c[Int(truncatingIfNeeded: word &>> 16 & 0xFF)] &+= 1
            d[Int(truncatingIfNeeded: word &>> 24 & 0xFF)] &+= 1
            a[Int(truncatingIfNeeded: word &>> 32 & 0xFF)] &+= 1
            b[Int(truncatingIfNeeded: word &>> 40 & 0xFF)] &+= 1
            c[Int(truncatingIfNeeded: word &>> 48 & 0xFF)] &+= 1
            d[Int(truncatingIfNeeded: word &>> 56)] &+= 1
            i &+= 8
        }
        while i < length {
            a[Int(bytes[i])] &+= 1
            i &+= 1
        }
        for value in 0..<256 { counts[value] = a[value] &+ b[value] &+ c[value] &+ d[value] }
    }

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
