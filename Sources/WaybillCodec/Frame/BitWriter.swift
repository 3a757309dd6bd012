/// Packs bits as DEFLATE wants them, lowest first. Each `put` stores eight bytes, so the target needs eight bytes of slack.
struct BitWriter {
    var target: UnsafeMutableRawPointer
    var bits: UInt64 = 0
    /// Bits held back, 0 to 7 between calls.
    var count: UInt64 = 0

    init(_ target: UnsafeMutableRawPointer) { self.target = target }

    /// Appends the low `width` bits of `value`, at most 48, whose other bits are zero.
    @inline(__always)
    mutating func put(_ value: UInt64, _ width: UInt64) {
        bits |= value &<< count
        count &+= width
        target.storeBytes(of: bits.littleEndian, as: UInt64.self)
        target += Int(truncatingIfNeeded: count &>> 3)
        bits = bits &>> (count & 56)
        count &= 7
    }

    /// Fills the last byte with zero bits and returns the position behind it.
    mutating func finish() -> UnsafeMutableRawPointer {
        if count > 0 {
            target.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
            target += 1
        }
        bits = 0
        count = 0
        return target
    }
}
