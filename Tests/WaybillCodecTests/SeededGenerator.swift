/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
    }

    /// Something like weights: sums of uniform numbers, so that exponents cluster.
    mutating func weights(_ count: Int) -> [Float] {
        (0..<count).map { _ in
            let word = next()
            let sum = (0..<4).reduce(0) { $0 + Int(word >> UInt64(16 * $1) & 0xFFFF) }
            return (Float(sum) - 131_070) / 1_600_000
        }
    }

    /// Bytes of which low values are far more common than high ones.
    mutating func skewed(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in
            let word = next() | 1 << 40
            return UInt8(word.trailingZeroBitCount * 3) &+ UInt8(word >> 60)
        }
    }
}
