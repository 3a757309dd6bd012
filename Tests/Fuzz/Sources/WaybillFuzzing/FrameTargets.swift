import Synchronization
import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Frames, held against a second reading of Protocol/FRAME.md on zlib alone.
extension FuzzTarget {
    /// A frame, decoded as the chunk that it says it is.
    public static let frame = FuzzTarget("frame") { (input) throws(BrokenProperty) in
        let length = Int(littleEndian(input.dropFirst(4).prefix(4)))
        // Long planes of one byte are slow and say nothing new.
        guard length <= 64 << 10 else { return false }
        return try codec.withLock { (codec) throws(BrokenProperty) in
            let raw = try codec.decoded(input, length: length)
            if length < Limits.chunk { try require(try codec.decoder(input, length: length + 1) == nil, "a chunk of another length") }
            return raw != nil
        }
    }

    /// A zlib stream, in frames of the length that zlib gives it and of its neighbours.
    public static let inflate = FuzzTarget("inflate") { (input) throws(BrokenProperty) in
        try require(CRC32.checksum(input) == ReferenceFrame.crc32(input), "CRC-32")
        let length = ReferenceFrame.inflatedCount(input, atMost: 64 << 10) ?? 0
        return try codec.withLock { (codec) throws(BrokenProperty) in
            var isAccepted = false
            for length in max(length - 1, 1)...length + 1 {
                if try codec.decoded(ReferenceFrame.flat(input, length: length), length: length) != nil { isAccepted = true }
            }
            return isAccepted
        }
    }

    /// An element type, a number of repetitions, and a chunk to encode: both decoders give it back.
    public static let encoder = FuzzTarget("encoder") { (input) throws(BrokenProperty) in
        guard input.count > 2 else { return false }
        let piece = input.dropFirst(2)
        let raw = Array(repeatElement(piece, count: min(1 + Int(input[1]), max(1, 2048 / piece.count))).joined())
        return try codec.withLock { (codec) throws(BrokenProperty) in
            let frame = codec.encoded(raw, ElementType(rawValue: input[0]))
            try require(frame.count <= raw.count + 20, "a frame of \(frame.count) bytes for a chunk of \(raw.count)")
            try require(codec.encoded(raw, ElementType(rawValue: input[0])) == frame, "the same chunk in two frames")
            try require(try codec.decoded(frame, length: raw.count) == raw, "decoded it is another chunk")
            return true
        }
    }

    private static let codec = Mutex(Codec())
}

/// One encoder and one decoder, reused as the product does: what an input leaves behind must not show in the next.
private struct Codec {
    private let encoder = FrameEncoder()
    private let decoder = FrameDecoder()
    private let raw = Slab(capacity: Limits.chunk)
    private let frame = FrameEncoder.makeFrameSlab()

    func encoded(_ bytes: [UInt8], _ element: ElementType) -> [UInt8] {
        raw.resize(0)
        raw.append(bytes.span)
        encoder.encode(raw, range: 0..<raw.count, element: element, into: frame)
        return frame.bytes(0..<frame.count)
    }

    /// What both decoders make of a frame.
    func decoded(_ bytes: [UInt8], length: Int) throws(BrokenProperty) -> [UInt8]? {
        let chunk = try decoder(bytes, length: length)
        try require(chunk == ReferenceFrame.decode(bytes, length: length), "the decoder and zlib differ")
        return chunk
    }

    /// What the product makes of a frame.
    func decoder(_ bytes: [UInt8], length: Int) throws(BrokenProperty) -> [UInt8]? {
        frame.resize(0)
        guard frame.append(bytes.span) else { return nil }
        do {
            try decoder.decode(frame, range: 0..<frame.count, rawLength: length, into: raw, subject: "frame")
        } catch {
            try require(error.code == .integrity, "refused with \(error.code): \(error)")
            try require(raw.count == 0, "output in spite of an error")
            return nil
        }
        try require(raw.count == length, "a chunk of \(raw.count) bytes")
        return raw.bytes(0..<raw.count)
    }
}
