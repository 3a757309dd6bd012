import WaybillFormat
import WaybillSystem

/// Inputs of the frame tests.
enum Samples {
    static func slab(_ bytes: [UInt8], capacity: Int? = nil) -> Slab {
        let slab = Slab(capacity: max(capacity ?? bytes.count, 1))
        slab.append(bytes.span)
        return slab
    }

    static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func bfloat16(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed)
        return random.weights(count).flatMap { littleEndian(UInt16(truncatingIfNeeded: $0.bitPattern >> 16)) }
    }

    static func float32(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed)
        return random.weights(count).flatMap { littleEndian($0.bitPattern) }
    }

    static func text(_ count: Int, seed: UInt64) -> [UInt8] {
        let words = ["the", "model", "of", "weights", "\n", "{\"id\":", "token", "}, ", "licence", "0.125", "layers"]
        var random = SeededGenerator(seed)
        var text: [UInt8] = []
        while text.count < count { text += Array(words[Int(random.next() % UInt64(words.count))].utf8) + [0x20] }
        return Array(text.prefix(count))
    }

    /// Long runs of a value with some noise between.
    static func runs(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed)
        var bytes: [UInt8] = []
        while bytes.count < count {
            bytes += [UInt8](repeating: 0, count: Int(random.next() % 60))
            bytes.append(UInt8(truncatingIfNeeded: random.next()))
        }
        return Array(bytes.prefix(count))
    }

    /// Another distribution every 40,000 bytes, so that one code for all would be poor.
    static func shifting(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed)
        var bytes: [UInt8] = []
        while bytes.count < count {
            let offset = UInt8(truncatingIfNeeded: random.next())
            bytes += random.skewed(40_000).map { $0 &+ offset }
        }
        return Array(bytes.prefix(count))
    }

    /// Counts that double from value to value: codes would be longer than any limit.
    static func fibonacci(_ count: Int, seed: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var (a, b) = (1, 1)
        var value: UInt8 = 0
        while bytes.count < count {
            bytes += [UInt8](repeating: value, count: min(a, count - bytes.count))
            (a, b) = (b, a + b)
            value += 1
        }
        var random = SeededGenerator(seed)
        return bytes.shuffled(using: &random)
    }

    /// One input of each kind.
    static func all(_ count: Int, seed: UInt64) -> [(name: String, bytes: [UInt8])] {
        var random = SeededGenerator(seed)
        return [
            ("random", random.bytes(count)),
            ("skewed", random.skewed(count)),
            ("bf16", Array(bfloat16(count / 2 + 1, seed: seed).prefix(count))),
            ("fp32", Array(float32(count / 4 + 1, seed: seed).prefix(count))),
            ("text", text(count, seed: seed)),
            ("runs", runs(count, seed: seed)),
            ("shifting", shifting(count, seed: seed)),
            ("fibonacci", fibonacci(count, seed: seed)),
            ("two values", (0..<count).map { _ in random.next() % 7 == 0 ? 1 : 200 }),
            ("zero", [UInt8](repeating: 0, count: count)),
        ]
    }
}
