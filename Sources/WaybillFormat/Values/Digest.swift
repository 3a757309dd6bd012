/// A SHA-256: the identity of bytes.
///
/// Digests from outside are parsed to these 32 bytes and printed again; a string from outside never becomes a path.
public struct Digest: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// Length of the binary form.
    public static let byteCount = 32
    /// Length of the hexadecimal form.
    public static let hexCount = 64

    // Big-endian words, so that comparing words compares bytes.
    private let w0: UInt64
    private let w1: UInt64
    private let w2: UInt64
    private let w3: UInt64

    /// The digest in `bytes`, or nil unless there are exactly 32.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var iterator = bytes.makeIterator()
        func word() -> UInt64 {
            var value: UInt64 = 0
            for _ in 0..<8 { value = value << 8 | UInt64(iterator.next() ?? 0) }
            return value
        }
        w0 = word()
        w1 = word()
        w2 = word()
        w3 = word()
    }

    /// The digest that begins at `offset` of `bytes`; the caller has checked that 32 bytes are there.
    public init(_ bytes: Span<UInt8>, at offset: Int) {
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
            return value
        }
        w0 = word(offset)
        w1 = word(offset + 8)
        w2 = word(offset + 16)
        w3 = word(offset + 24)
    }

    /// The digest written as exactly 64 lower-case hexadecimal digits, or nil.
    public init?(hex: some StringProtocol) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        var high: UInt8?
        for character in hex.utf8 {
            let nibble: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = character - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                guard bytes.count < Self.byteCount else { return nil }
                bytes.append(first << 4 | nibble)
                high = nil
            } else {
                high = nibble
            }
        }
        guard high == nil else { return nil }
        self.init(bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.byteCount)
        append(to: &result)
        return result
    }

    /// Appends the 32 bytes to `output`.
    public func append(to output: inout [UInt8]) {
        for word in [w0, w1, w2, w3] {
            for shift in stride(from: 56, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(Self.hexCount)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The first two hexadecimal digits: the folder of a content-named object.
    public var shard: String { String(hex.prefix(2)) }

    /// The first 64 bits as a number, for interpolation in sorted tables.
    public var prefix: UInt64 { w0 }

    public static func < (a: Digest, b: Digest) -> Bool {
        if a.w0 != b.w0 { return a.w0 < b.w0 }
        if a.w1 != b.w1 { return a.w1 < b.w1 }
        if a.w2 != b.w2 { return a.w2 < b.w2 }
        return a.w3 < b.w3
    }
}

extension Digest: CustomStringConvertible {
    public var description: String { hex }
}
