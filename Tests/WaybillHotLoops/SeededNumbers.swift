import Glibc

/// SplitMix64: the same numbers on every machine.
struct SeededNumbers {
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

    /// Normally distributed with variance 1 (Box and Muller).
    mutating func normal() -> Double {
        let radius = Double(next() >> 11 | 1) * 0x1p-53
        let angle = Double(next() >> 11) * 0x1p-53
        return sqrt(-2 * log(radius)) * cos(2 * .pi * angle)
    }
}
