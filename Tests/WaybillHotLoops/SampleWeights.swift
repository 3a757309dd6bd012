import Glibc

/// Weights as networks have them: normal in each row of 768, the rows' scales differing by a log-normal factor.
struct SampleWeights {
    private static let row = 768
    let values: [Float]

    init(_ count: Int, seed: UInt64) {
        var numbers = SeededNumbers(seed)
        var values: [Float] = []
        values.reserveCapacity(count)
        while values.count < count {
            let scale = 0.04 * exp(0.4 * numbers.normal())
            for _ in 0..<min(Self.row, count - values.count) { values.append(Float(numbers.normal() * scale)) }
        }
        self.values = values
    }

    var float32: [UInt8] { values.flatMap { Self.littleEndian($0.bitPattern) } }

    /// Rounded to nearest, ties to even, as frameworks cast.
    var bfloat16: [UInt8] {
        values.flatMap { value in
            let bits = value.bitPattern
            return Self.littleEndian(UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16))
        }
    }

    var float16: [UInt8] { values.flatMap { Self.littleEndian(Float16($0).bitPattern) } }

    /// Blocks of 32 as ggml's Q8_0: a scale and 32 bytes.
    var q8: [UInt8] {
        blocks(of: 32).flatMap { block in
            let scale = block.reduce(0) { max($0, abs($1)) } / 127
            return Self.littleEndian(Float16(scale).bitPattern) + block.map { UInt8(bitPattern: Int8(($0 / scale).rounded())) }
        }
    }

    /// Blocks of 256 as ggml's Q4_K: two scales, eight 6-bit pairs of scale and minimum, 256 nibbles.
    var q4k: [UInt8] { blocks(of: 256).flatMap(Self.q4k) }

    private static func q4k(_ block: ArraySlice<Float>) -> [UInt8] {
        let parts = (0..<8).map { block[block.startIndex + 32 * $0..<block.startIndex + 32 * ($0 + 1)] }
        let minima = parts.map { max(0, -$0.reduce(0, min)) }
        let steps = zip(parts, minima).map { ($0.reduce(0, max) + $1) / 15 }
        let scale = steps.reduce(0, max) / 63
        let minimumScale = minima.reduce(0, max) / 63
        let scales = steps.map { UInt8(($0 / scale).rounded()) }
        let offsets = minima.map { UInt8(($0 / minimumScale).rounded()) }
        var bytes = littleEndian(Float16(scale).bitPattern) + littleEndian(Float16(minimumScale).bitPattern)
        bytes += (0..<4).map { scales[$0] & 63 | (scales[$0 + 4] >> 4) << 6 }
        bytes += (0..<4).map { offsets[$0] & 63 | (offsets[$0 + 4] >> 4) << 6 }
        bytes += (4..<8).map { scales[$0] & 15 | offsets[$0] << 4 }
        let nibbles = parts.enumerated().map { index, part in
            part.map { value -> UInt8 in
                let step = max(scale * Float(scales[index]), .leastNormalMagnitude)
                return UInt8(min(15, max(0, ((value + minimumScale * Float(offsets[index])) / step).rounded())))
            }
        }
        for pair in 0..<4 { bytes += zip(nibbles[2 * pair], nibbles[2 * pair + 1]).map { $0 | $1 << 4 } }
        return bytes
    }

    private func blocks(of size: Int) -> [ArraySlice<Float>] {
        stride(from: 0, through: values.count - size, by: size).map { values[$0..<$0 + size] }
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
