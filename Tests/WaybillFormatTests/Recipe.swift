import Testing
import WaybillFormat

/// The bytes of an input that is told instead of kept (Protocol/vectors/v1/README.md).
enum Recipe {
    static func bytes(_ parts: JSONValue) throws -> [UInt8] {
        try #require(parts.elements).flatMap { try part($0) }
    }

    private static func part(_ part: JSONValue) throws -> [UInt8] {
        if let hex = part["hex"]?.text { return try self.hex(hex) }
        if let text = part["text"]?.text { return Array(text.utf8) }
        if let count = part["zeros"]?.number { return [UInt8](repeating: 0, count: count) }
        if let seed = part["prng"]?.number { return noise(UInt64(seed), try #require(part["bytes"]?.number)) }
        let once = try bytes(try #require(part["repeat"]))
        return Array(repeatElement(once, count: try #require(part["times"]?.number)).joined())
    }

    static func hex(_ text: String) throws -> [UInt8] {
        let digits = Array(text)
        return try stride(from: 0, to: digits.count, by: 2).map { try #require(UInt8(String(digits[$0..<$0 + 2]), radix: 16)) }
    }

    private static func noise(_ seed: UInt64, _ count: Int) -> [UInt8] {
        var generator = SeededGenerator(state: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let word = generator.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return Array(bytes[..<count])
    }
}
