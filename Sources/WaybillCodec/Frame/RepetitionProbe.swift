/// Looks for repetitions where single bytes are evenly distributed. A trial run of zlib on noise would cost more than all else
/// that is done with it.
final class RepetitionProbe {
    private static let slotBits: UInt32 = 12
    /// One position in this many must begin four bytes that stood before. Noise has one in a million; where matches save two parts
    /// in a hundred, far more do.
    private static let sparsest = 200

    /// Where four bytes with this hash stood last.
    private let last: UnsafeMutablePointer<UInt16>

    init() { last = .allocate(capacity: 1 << Int(Self.slotBits)) }

    deinit { last.deallocate() }

    /// Whether matches may pay in these at most 65,536 bytes.
    func findsRepetitions(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        // Not for safety: the same bytes must give the same answer.
        last.update(repeating: 0, count: 1 << Int(Self.slotBits))
        let raw = UnsafeRawPointer(bytes)
        var found = 0
        for position in stride(from: 1, through: count - 4, by: 1) {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)
            let slot = Int(truncatingIfNeeded: (word &* 2_654_435_761) &>> (32 - Self.slotBits))
            if raw.loadUnaligned(fromByteOffset: Int(last[slot]), as: UInt32.self) == word { found &+= 1 }
            last[slot] = UInt16(truncatingIfNeeded: position)
        }
        return found * Self.sparsest > count
    }
}
