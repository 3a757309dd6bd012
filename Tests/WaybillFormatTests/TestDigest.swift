import WaybillFormat

/// SHA-256 (FIPS 180-4) for tests alone: WaybillFormat does no hashing, and its tests link no library.
enum TestDigest {
    private static let primes: [UInt64] = {
        var primes: [UInt64] = []
        var candidate: UInt64 = 2
        while primes.count < 64 {
            if !primes.contains(where: { candidate % $0 == 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }()

    /// The first 32 bits of the fraction of a root of `n`, by integers: floor(n^(1/degree) * 2^32) mod 2^32.
    private static func rootFraction(_ n: UInt64, degree: Int) -> UInt32 {
        var low: UInt64 = 0
        var high: UInt64 = 1 << 37
        while high - low > 1 {
            let middle = (low + high) / 2
            if power(middle, degree).isAtMost(n, shiftedBy: 32 * degree) { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }

    private struct Wide {
        // 128 bits twice over would not do for cubes of 37-bit numbers (111 bits), once does.
        var value: UInt128
        func isAtMost(_ n: UInt64, shiftedBy bits: Int) -> Bool { value <= UInt128(n) << UInt128(bits) }
    }

    private static func power(_ base: UInt64, _ degree: Int) -> Wide {
        var value: UInt128 = 1
        for _ in 0..<degree { value *= UInt128(base) }
        return Wide(value: value)
    }

    private static let rounds = primes.map { rootFraction($0, degree: 3) }
    private static let start = primes.prefix(8).map { rootFraction($0, degree: 2) }

    static let sha256: DigestFunction = { digest(of: $0) }

    static func digest(of message: [UInt8]) -> Digest {
        var padded = message + [0x80]
        padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
        let bits = UInt64(message.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) { padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
        var state = start
        var words = [UInt32](repeating: 0, count: 64)
        for block in stride(from: 0, to: padded.count, by: 64) {
            for index in 0..<16 {
                let at = block + 4 * index
                words[index] =
                    UInt32(padded[at]) << 24 | UInt32(padded[at + 1]) << 16 | UInt32(padded[at + 2]) << 8 | UInt32(padded[at + 3])
            }
            for index in 16..<64 {
                let (x, y) = (words[index - 15], words[index - 2])
                let s0 = rotate(x, 7) ^ rotate(x, 18) ^ x >> 3
                let s1 = rotate(y, 17) ^ rotate(y, 19) ^ y >> 10
                words[index] = words[index - 16] &+ s0 &+ words[index - 7] &+ s1
            }
            compress(&state, words)
        }
        let bytes = state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
        guard let digest = Digest(bytes) else { preconditionFailure("eight words are 32 bytes") }
        return digest
    }

    private static func compress(_ state: inout [UInt32], _ words: [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let first = h &+ s1 &+ (e & f ^ ~e & g) &+ rounds[index] &+ words[index]
            let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let second = s0 &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
}
