/// Reads integers from bytes whose length the caller has checked.
package struct LittleEndianReader {
    package let bytes: [UInt8]
    package private(set) var position: Int

    package init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    package mutating func u8() -> UInt8 {
        defer { position += 1 }
        return bytes[position]
    }

    package mutating func u32() -> Int {
        var value = 0
        for index in 0..<4 { value |= Int(bytes[position + index]) << (8 * index) }
        position += 4
        return value
    }

    package mutating func u64() -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += 8
        return value
    }

    package mutating func digest() -> Digest {
        defer { position += Digest.byteCount }
        return Digest(bytes.span, at: position)
    }

    /// Whether the next `count` bytes are zero.
    package mutating func zeros(_ count: Int) -> Bool {
        defer { position += count }
        return bytes[position..<position + count].allSatisfy { $0 == 0 }
    }

    /// Whether the next bytes are those of `magic`.
    package mutating func matches(_ magic: [UInt8]) -> Bool {
        defer { position += magic.count }
        return bytes[position..<position + magic.count].elementsEqual(magic)
    }

    package mutating func take(_ count: Int) -> [UInt8] {
        defer { position += count }
        return Array(bytes[position..<position + count])
    }
}

extension [UInt8] {
    /// Appends the low 32 bits of `value`.
    package mutating func append32(_ value: Int) {
        let word = UInt32(truncatingIfNeeded: value)
        for shift in stride(from: UInt32(0), to: 32, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    package mutating func append64(_ value: Int) {
        let word = UInt64(truncatingIfNeeded: value)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    package mutating func appendZeros(_ count: Int) { append(contentsOf: repeatElement(0, count: count)) }
}
