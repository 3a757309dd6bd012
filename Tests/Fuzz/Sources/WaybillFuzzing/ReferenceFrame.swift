import CZlib
import WaybillFormat

/// A second, slow reading of Protocol/FRAME.md, on zlib alone.
enum ReferenceFrame {
    /// (field sizes, rotated) by transform.
    private static let transforms: [UInt8: (fields: [Int], isRotated: Bool)] = [
        0: ([1], false), 1: ([1, 1], true), 2: ([1, 1], false), 3: ([1, 1, 1, 1], true),
        4: ([Int](repeating: 1, count: 8), true), 5: ([1, 1, 1, 1], false), 6: ([Int](repeating: 1, count: 8), false),
        66: ([1, 1, 16], false), 67: ([1, 1, 1, 1, 16], false), 70: ([1, 1, 4, 16], false), 71: ([1, 1, 1, 1, 4, 16], false),
        72: ([1, 1, 32], false), 74: ([16, 64, 1, 1, 1, 1], false), 75: ([32, 64, 12, 1, 1], false),
        76: ([1, 1, 1, 1, 4, 4, 4, 128], false), 77: ([1, 1, 1, 1, 4, 4, 4, 32, 128], false), 78: ([128, 64, 16, 1, 1], false),
    ]

    /// The chunk of `length` bytes that a frame holds, or nil.
    static func decode(_ frame: [UInt8], length: Int) -> [UInt8]? {
        guard (1...Limits.chunk).contains(length), frame.count >= 8, frame[0] == 1, frame[3] == 0 else { return nil }
        guard let (fields, isRotated) = transforms[frame[1]], number(frame, 4) == length else { return nil }
        let width = fields.reduce(0, +)
        let elements = length / width
        guard elements >= 1 else { return nil }
        let lengths = fields.map { $0 * elements } + (length % width > 0 ? [length % width] : [])
        var at = 8 + 12 * lengths.count
        guard Int(frame[2]) == lengths.count, frame.count >= at else { return nil }
        var planes: [[UInt8]] = []
        for (index, planeLength) in lengths.enumerated() {
            let row = 8 + 12 * index
            let stored = number(frame, row + 8)
            guard frame[row + 1..<row + 4].allSatisfy({ $0 == 0 }), number(frame, row + 4) == planeLength, stored <= frame.count - at,
                let plane = plane(frame[row], Array(frame[at..<at + stored]), planeLength)
            else { return nil }
            planes.append(plane)
            at += stored
        }
        guard at == frame.count else { return nil }
        return joined(planes, fields, isRotated, elements)
    }

    /// A frame of one plane that holds a zlib stream.
    static func flat(_ stream: [UInt8], length: Int) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        return [1, 0, 1, 0] + number(length) + [2, 0, 0, 0] + number(length) + number(stream.count) + stream
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 { UInt32(CZlib.crc32(0, bytes, UInt32(bytes.count))) }

    /// The number of bytes that a stream inflates to, or nil if it is no stream or longer than `limit`.
    static func inflatedCount(_ stream: [UInt8], atMost limit: Int) -> Int? {
        var output = [UInt8](repeating: 0, count: limit)
        var count = uLong(limit)
        return uncompress(&output, &count, stream, uLong(stream.count)) == Z_OK ? Int(count) : nil
    }

    private static func number(_ frame: [UInt8], _ offset: Int) -> Int { Int(littleEndian(frame[offset..<offset + 4])) }

    private static func plane(_ codec: UInt8, _ stored: [UInt8], _ length: Int) -> [UInt8]? {
        switch codec {
        case 0: return stored.count == length ? stored : nil
        case 1: return stored.count == 1 ? [UInt8](repeating: stored[0], count: length) : nil
        case 2:
            var output = [UInt8](repeating: 0, count: length)
            var count = uLong(length)
            var consumed = uLong(stored.count)
            guard uncompress2(&output, &count, stored, &consumed) == Z_OK else { return nil }
            return Int(count) == length && Int(consumed) == stored.count ? output : nil
        default: return nil
        }
    }

    private static func joined(_ planes: [[UInt8]], _ fields: [Int], _ isRotated: Bool, _ elements: Int) -> [UInt8] {
        var raw: [UInt8] = []
        for element in 0..<elements {
            let bytes = fields.indices.flatMap { planes[$0][element * fields[$0]..<(element + 1) * fields[$0]] }
            raw += isRotated ? rotatedRight(bytes) : bytes
        }
        return planes.count > fields.count ? raw + planes[fields.count] : raw
    }

    private static func rotatedRight(_ bytes: [UInt8]) -> [UInt8] {
        let word = littleEndian(bytes)
        let turned = word >> 1 | word << UInt64(8 * bytes.count - 1)
        return bytes.indices.map { UInt8(truncatingIfNeeded: turned >> UInt64(8 * $0)) }
    }
}
