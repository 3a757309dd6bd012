import WaybillFormat
import WaybillSystem

/// Content-defined chunking, section 2 of Protocol/CHUNKING.md.
public struct GearChunker {
    /// Shortest chunk that is not the last of its region.
    public static let minimum = 256 << 10
    /// From this length on a cut is sixteen times as likely.
    public static let average = 1 << 20
    /// Longest chunk.
    public static let maximum = 4 << 20

    /// What a byte can still do to the 64-bit hash: nothing earlier matters.
    private static let window = 64

    private static let gear: [UInt64] = (0..<256).map { byte in
        let digest = SHA256.digest(of: Array("waybill gear t1".utf8) + [UInt8(byte)])
        return digest.prefix.byteSwapped
    }

    /// The length of the chunk that begins at `start`, given the bytes up to `end` of the slab; nil if more bytes are needed.
    ///
    /// `isLast`: the region ends at `end`. With `maximum` bytes there is always an answer. An empty range gives nil.
    public static func cut(_ slab: Slab, from start: Int, to end: Int, isLast: Bool) -> Int? {
        let end = min(end, slab.count)
        guard start >= 0, start < end else { return nil }
        let available = end - start
        if available <= minimum { return isLast ? available : nil }
        let found = slab.withUnsafeBytes { bytes in
            gear.withUnsafeBufferPointer { table -> Int? in
                guard let table = table.baseAddress, let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return nil }
                return search(base + start, min(available, maximum), table)
            }
        }
        if let found { return found }
        if available >= maximum { return maximum }
        return isLast ? available : nil
    }

    private static func search(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ table: UnsafePointer<UInt64>) -> Int? {
        let strict: UInt64 = ~0 << (64 - 22)
        let loose: UInt64 = ~0 << (64 - 18)
        var hash: UInt64 = 0
        var i = minimum - window
        while i < minimum - 1 {
            hash = hash &<< 1 &+ table[Int(bytes[i])]
            i &+= 1
        }
        let turn = min(count, average - 1)
        while i < turn {
            hash = hash &<< 1 &+ table[Int(bytes[i])]
            i &+= 1
            if hash & strict == 0 { return i }
        }
        while i < count {
            hash = hash &<< 1 &+ table[Int(bytes[i])]
            i &+= 1
            if hash & loose == 0 { return i }
        }
        return nil
    }
}
