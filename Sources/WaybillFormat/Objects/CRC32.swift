/// zlib's CRC-32 (reflected polynomial 0xEDB88320), eight bytes a step. It finds damage, not malice.
public struct CRC32: Sendable {
    private var state: UInt32 = 0xFFFF_FFFF

    public init() {}

    /// The checksum of what was given so far.
    public var value: UInt32 { ~state }

    /// The checksum of `bytes`.
    public static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes.span)
        return crc.value
    }

    /// The checksum of the first `count` bytes.
    public static func checksum(_ bytes: [UInt8], count: Int) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes.span.extracting(0..<count))
        return crc.value
    }

    public mutating func update(_ bytes: Span<UInt8>) {
        let table = Self.table.span
        var crc = state
        var index = 0
        let end = bytes.count
        while end - index >= 8 {
            let low = crc ^ Self.word(bytes, index)
            let high = Self.word(bytes, index + 4)
            crc = table[1792 + Int(low & 255)] ^ table[1536 + Int(low >> 8 & 255)]
            crc ^= table[1280 + Int(low >> 16 & 255)] ^ table[1024 + Int(low >> 24)]
            crc ^= table[768 + Int(high & 255)] ^ table[512 + Int(high >> 8 & 255)]
            crc ^= table[256 + Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
            index += 8
        }
        while index < end {
            crc = table[Int((crc ^ UInt32(bytes[index])) & 255)] ^ crc >> 8
            index += 1
        }
        state = crc
    }

    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
    }

    /// Eight tables of 256: table k advances a byte by k more zero bytes.
    private static let table: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 2048)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
            table[byte] = crc
        }
        for index in 256..<2048 {
            let crc = table[index - 256]
            table[index] = table[Int(crc & 255)] ^ crc >> 8
        }
        return table
    }()
}
