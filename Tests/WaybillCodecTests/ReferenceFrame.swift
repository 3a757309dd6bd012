import CZlib

/// A second, slow reading of Protocol/FRAME.md, on zlib alone: it checks encoder and decoder apart from each other.
enum ReferenceFrame {
    /// (field sizes, rotated) by transform.
    static let transforms: [UInt8: ([Int], Bool)] = [
        0: ([1], false), 1: ([1, 1], true), 2: ([1, 1], false), 3: ([1, 1, 1, 1], true),
        4: ([Int](repeating: 1, count: 8), true), 5: ([1, 1, 1, 1], false), 6: ([Int](repeating: 1, count: 8), false),
        66: ([1, 1, 16], false), 67: ([1, 1, 1, 1, 16], false), 70: ([1, 1, 4, 16], false), 71: ([1, 1, 1, 1, 4, 16], false),
        72: ([1, 1, 32], false), 74: ([16, 64, 1, 1, 1, 1], false), 75: ([32, 64, 12, 1, 1], false),
        76: ([1, 1, 1, 1, 4, 4, 4, 128], false), 77: ([1, 1, 1, 1, 4, 4, 4, 32, 128], false), 78: ([128, 64, 16, 1, 1], false),
    ]

    /// The planes of a chunk, tail last.
    static func planes(of raw: [UInt8], transform: UInt8) -> [[UInt8]] {
        guard let (fields, isRotated) = transforms[transform] else { return [] }
        let width = fields.reduce(0, +)
        let n = raw.count / width
        var planes = [[UInt8]](repeating: [], count: fields.count)
        for element in 0..<n {
            var bytes = Array(raw[element * width..<(element + 1) * width])
            if isRotated { bytes = rotated(bytes, left: true) }
            var offset = 0
            for (index, field) in fields.enumerated() {
                planes[index] += bytes[offset..<offset + field]
                offset += field
            }
        }
        if n * width < raw.count { planes.append(Array(raw[(n * width)...])) }
        return planes
    }

    static func raw(from planes: [[UInt8]], transform: UInt8, count: Int) -> [UInt8] {
        guard let (fields, isRotated) = transforms[transform] else { return [] }
        var raw: [UInt8] = []
        for element in 0..<count / fields.reduce(0, +) {
            let bytes = fields.indices.flatMap { planes[$0][element * fields[$0]..<(element + 1) * fields[$0]] }
            raw += isRotated ? rotated(bytes, left: false) : bytes
        }
        if planes.count > fields.count { raw += planes[fields.count] }
        return raw
    }

    private static func rotated(_ bytes: [UInt8], left: Bool) -> [UInt8] {
        var word: UInt64 = 0
        for byte in bytes.reversed() { word = word << 8 | UInt64(byte) }
        let width = UInt64(bytes.count * 8)
        let mask = width == 64 ? ~0 : UInt64(1) << width - 1
        let turned = left ? word << 1 | word >> (width - 1) : word >> 1 | word << (width - 1)
        return (0..<bytes.count).map { UInt8(truncatingIfNeeded: (turned & mask) >> UInt64(8 * $0)) }
    }

    struct Plane {
        var codec: UInt8
        var stored: [UInt8]
        var length: Int
    }

    static func encode(transform: UInt8, rawLength: Int, planes: [Plane]) -> [UInt8] {
        var frame: [UInt8] = [1, transform, UInt8(planes.count), 0] + Samples.littleEndian(UInt32(rawLength))
        for plane in planes {
            frame += [plane.codec, 0, 0, 0] + Samples.littleEndian(UInt32(plane.length)) + Samples.littleEndian(UInt32(plane.stored.count))
        }
        return frame + planes.flatMap(\.stored)
    }

    static func decode(_ frame: [UInt8]) -> (transform: UInt8, codecs: [UInt8], raw: [UInt8])? {
        func number(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(frame[offset + $1]) << (8 * $1) } }
        var offset = 8 + 12 * Int(frame[2])
        var planes: [[UInt8]] = []
        var codecs: [UInt8] = []
        for index in 0..<Int(frame[2]) {
            let row = 8 + 12 * index
            let stored = Array(frame[offset..<offset + number(row + 8)])
            let length = number(row + 4)
            codecs.append(frame[row])
            switch frame[row] {
            case 0: planes.append(stored)
            case 1: planes.append([UInt8](repeating: stored[0], count: length))
            default:
                guard let plane = inflate(stored, count: length) else { return nil }
                planes.append(plane)
            }
            offset += stored.count
        }
        guard offset == frame.count else { return nil }
        return (frame[1], codecs, raw(from: planes, transform: frame[1], count: number(4)))
    }

    static func inflate(_ stream: [UInt8], count: Int) -> [UInt8]? {
        var length = uLong(count)
        var output = [UInt8](repeating: 0, count: max(count, 1))
        guard uncompress(&output, &length, stream, uLong(stream.count)) == Z_OK, Int(length) == count else { return nil }
        return Array(output.prefix(count))
    }

    /// The output of a bare DEFLATE stream and the bytes it takes, or nil.
    static func inflateRaw(_ source: [UInt8], atMost limit: Int) -> (output: [UInt8], consumed: Int)? {
        var stream = z_stream()
        var input = source
        var output = [UInt8](repeating: 0, count: limit)
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        let (result, written, consumed) = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                let result = CZlib.inflate(&stream, Z_FINISH)
                return (result, target.count - Int(stream.avail_out), source.count - Int(stream.avail_in))
            }
        }
        return result == Z_STREAM_END ? (Array(output.prefix(written)), consumed) : nil
    }

    static func deflate(_ bytes: [UInt8], level: Int32 = 6, strategy: Int32 = Z_DEFAULT_STRATEGY) -> [UInt8] {
        var stream = z_stream()
        var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1000)
        var input = bytes
        _ = deflateInit2_(&stream, level, Z_DEFLATED, 15, 8, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        let written = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                _ = CZlib.deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
        }
        deflateEnd(&stream)
        return Array(output.prefix(written))
    }
}
