import CZlib
import Testing
import WaybillCodec
import WaybillFormat
import WaybillSystem

@Suite struct FrameRejectionTests {
    private let decoder = FrameDecoder()
    private let output = Slab(capacity: Limits.chunk)

    private func decode(_ frame: [UInt8], rawLength: Int) throws(CodecError) {
        try decoder.decode(Samples.slab(frame), range: 0..<frame.count, rawLength: rawLength, into: output, subject: "frame 7")
    }

    private static let raw: [UInt8] = Samples.bfloat16(50, seed: 1) + [7]

    private static func planes() -> [ReferenceFrame.Plane] {
        let planes = ReferenceFrame.planes(of: raw, transform: 1)
        return [
            ReferenceFrame.Plane(codec: 0, stored: planes[0], length: 50),
            ReferenceFrame.Plane(codec: 2, stored: ReferenceFrame.deflate(planes[1]), length: 50),
            ReferenceFrame.Plane(codec: 1, stored: [7], length: 1),
        ]
    }

    private static func frame(_ change: (inout [ReferenceFrame.Plane]) -> Void) -> [UInt8] {
        var planes = planes()
        change(&planes)
        return ReferenceFrame.encode(transform: 1, rawLength: raw.count, planes: planes)
    }

    private static func frame(byte offset: Int, _ value: UInt8) -> [UInt8] {
        var bytes = frame { _ in }
        bytes[offset] = value
        return bytes
    }

    @Test func theUnchangedFrameIsAccepted() throws {
        try decode(Self.frame { _ in }, rawLength: Self.raw.count)
        #expect(output.bytes(0..<output.count) == Self.raw)
    }

    private func code(_ source: Slab, _ range: Range<Int>, _ rawLength: Int, _ output: Slab) -> ErrorCode? {
        do throws(CodecError) {
            try decoder.decode(source, range: range, rawLength: rawLength, into: output, subject: "frame")
            return nil
        } catch {
            return error.code
        }
    }

    @Test func boundsAreChecked() {
        let slab = Samples.slab(Self.frame { _ in })
        let (count, large) = (slab.count, Slab(capacity: Limits.chunk + 1))
        for range in [0..<count + 1, 1..<count + 1, -1..<count, count..<count * 2] {
            #expect(code(slab, range, Self.raw.count, large) == .integrity, "\(range)")
        }
        // Lengths that no chunk has; the frames say the same ones.
        for length in [0, Limits.chunk + 1] {
            let plane = ReferenceFrame.Plane(codec: 1, stored: [7], length: length)
            let frame = Samples.slab(ReferenceFrame.encode(transform: 0, rawLength: length, planes: [plane]))
            #expect(code(frame, 0..<frame.count, length, large) == .integrity, "\(length)")
        }
        #expect(code(slab, 0..<count, -1, large) == .integrity)
        #expect(code(slab, 0..<count, Self.raw.count, Slab(capacity: Self.raw.count - 1)) == .failure)
        #expect(code(slab, 0..<count, Self.raw.count, large) == nil)
    }

    static let damaged: [(name: String, frame: [UInt8])] = [
        ("empty", []),
        ("header cut", Array(frame { _ in }.prefix(7))),
        ("table cut", Array(frame { _ in }.prefix(43))),
        ("version", frame(byte: 0, 2)),
        ("version 0", frame(byte: 0, 0)),
        ("unknown transform", frame(byte: 1, 7)),
        ("unknown block transform", frame(byte: 1, 65)),
        ("other transform", frame(byte: 1, 3)),
        ("no planes", frame(byte: 2, 0)),
        ("fewer planes", frame(byte: 2, 2)),
        ("more planes", frame(byte: 2, 4)),
        ("seventeen planes", frame(byte: 2, 17)),
        ("base flag", frame(byte: 3, 1)),
        ("other flag", frame(byte: 3, 0x80)),
        ("raw length", frame(byte: 4, 102)),
        ("raw length beyond a chunk", frame(byte: 7, 0xFF)),
        ("unknown codec", frame(byte: 8, 3)),
        ("reserved byte 1", frame(byte: 9, 1)),
        ("reserved byte 3", frame(byte: 11, 1)),
        ("plane length", frame(byte: 12, 49)),
        ("plane length of the tail", frame(byte: 36, 2)),
        ("raw plane's stored length", frame(byte: 16, 49)),
        ("stored length beyond the frame", frame(byte: 19, 0xFF)),
        ("trailing byte", frame { _ in } + [0]),
        ("last byte missing", Array(frame { _ in }.dropLast())),
        ("raw plane too short", frame { $0[0].stored.removeLast() }),
        ("raw plane too long", frame { $0[0].stored.append(0) }),
        ("constant of no byte", frame { $0[2].stored = [] }),
        ("constant of two bytes", frame { $0[2].stored = [7, 7] }),
        ("zlib of nothing", frame { $0[1].stored = [] }),
        ("zlib cut", frame { $0[1].stored.removeLast() }),
        ("zlib with a byte more", frame { $0[1].stored.append(0) }),
        ("zlib of fewer bytes", frame { $0[1].stored = ReferenceFrame.deflate([UInt8](1...49)) }),
        ("zlib of more bytes", frame { $0[1].stored = ReferenceFrame.deflate([UInt8](1...51)) }),
        ("literals of fewer bytes", frame { $0[1].stored = ReferenceFrame.deflate(skewed(49), strategy: Z_HUFFMAN_ONLY) }),
        ("literals of more bytes", frame { $0[1].stored = ReferenceFrame.deflate(skewed(51), strategy: Z_HUFFMAN_ONLY) }),
        (
            "literals with a byte before the checksum",
            frame {
                $0[1].stored = ReferenceFrame.deflate(skewed(50), strategy: Z_HUFFMAN_ONLY);
                $0[1].stored.insert(0, at: $0[1].stored.count - 4)
            }
        ),
        ("two zlib streams", frame { $0[1].stored += ReferenceFrame.deflate([1]) }),
        ("checksum", frame { $0[1].stored[$0[1].stored.count - 1] ^= 1 }),
        ("gzip", frame { $0[1].stored[0] = 0x1F }),
        ("preset dictionary", frame { $0[1].stored = [0x78, 0xBB, 0, 0, 0, 1] + $0[1].stored.dropFirst(2) }),
        ("no whole element", ReferenceFrame.encode(transform: 1, rawLength: 1, planes: [.init(codec: 0, stored: [1], length: 1)])),
    ]

    private static func skewed(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(2)
        return random.skewed(count)
    }

    @Test(arguments: damaged.map(\.name))
    func isRejected(name: String) throws {
        let frame = try #require(Self.damaged.first { $0.name == name }?.frame)
        let rawLength = name == "no whole element" ? 1 : Self.raw.count
        let error = #expect(throws: CodecError.self) { try decode(frame, rawLength: rawLength) }
        #expect(error?.code == .integrity)
        #expect(error?.subject == "frame 7")
        #expect(output.count == 0)
    }

    @Test func rawLengthIsTheChunks() {
        let frame = Self.frame { _ in }
        for length in [0, -1, 1, 100, 102, Limits.chunk, Limits.chunk + 1, Int.max] {
            #expect(throws: CodecError.self) { try decode(frame, rawLength: length) }
        }
    }

    @Test func rangesOutsideTheSlab() {
        let slab = Samples.slab(Self.frame { _ in })
        for range in [0..<slab.count + 1, slab.count + 1..<slab.count + 2, 0..<0] {
            #expect(throws: CodecError.self) {
                try decoder.decode(slab, range: range, rawLength: Self.raw.count, into: output, subject: "x")
            }
        }
    }

    @Test func aSmallOutputIsAnErrorNotAnOverflow() {
        let slab = Samples.slab(Self.frame { _ in })
        let small = Slab(capacity: Self.raw.count - 1)
        let error = #expect(throws: CodecError.self) {
            try decoder.decode(slab, range: 0..<slab.count, rawLength: Self.raw.count, into: small, subject: "x")
        }
        #expect(error?.code == .failure)
    }

    /// A stream of a gigabyte's promise stops at the plane's end: the bytes behind it stay as they were.
    @Test(arguments: [Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE])
    func bombsStayInTheirPlane(strategy: Int32) {
        let bomb = ReferenceFrame.deflate([UInt8](repeating: 0, count: 32 << 20), strategy: strategy)
        let rawLength = 100_000
        let frame = ReferenceFrame.encode(
            transform: 0, rawLength: rawLength, planes: [.init(codec: 2, stored: bomb, length: rawLength)])
        output.resize(0)
        output.append([UInt8](repeating: 0xA5, count: 1 << 20).span)
        #expect(throws: CodecError.self) { try decode(frame, rawLength: rawLength) }
        output.resize(1 << 20)
        #expect(output.bytes(rawLength..<1 << 20).allSatisfy { $0 == 0xA5 })
    }

    /// Whatever is flipped: an error, or bytes that hashing tells from the chunk. Never a crash.
    @Test func flippedBytesNeverPass() throws {
        let encoder = FrameEncoder()
        let frame = FrameEncoder.makeFrameSlab()
        var rejected = 0
        for (name, bytes) in Samples.all(700, seed: 12) {
            for element in [ElementType.opaque, .bfloat16, .float32, .ggml(8)] {
                encoder.encode(Samples.slab(bytes), range: 0..<bytes.count, element: element, into: frame)
                let good = frame.bytes(0..<frame.count)
                let digest = try #require(ChunkName(digest: SHA256.digest(of: bytes), length: bytes.count))
                for offset in good.indices {
                    for flip in [UInt8(1), 0x10, 0x80, 0xFF] {
                        var bad = good
                        bad[offset] ^= flip
                        do {
                            try decode(bad, rawLength: bytes.count)
                        } catch {
                            rejected += 1
                            continue
                        }
                        #expect(output.bytes(0..<output.count) == ReferenceFrame.decode(bad)?.raw, "\(name) at \(offset)")
                        if let chunk = VerifiedChunk.naming(output, range: 0..<output.count), chunk.name == digest {
                            #expect(output.bytes(0..<output.count) == bytes, "\(name) at \(offset)")
                        }
                    }
                }
            }
        }
        #expect(rejected > 1000)
    }

    @Test func cutFramesNeverPass() throws {
        let encoder = FrameEncoder()
        let frame = FrameEncoder.makeFrameSlab()
        for (name, bytes) in Samples.all(900, seed: 13) {
            encoder.encode(Samples.slab(bytes), range: 0..<bytes.count, element: .bfloat16, into: frame)
            let good = frame.bytes(0..<frame.count)
            for length in 0..<good.count {
                #expect(throws: CodecError.self, "\(name) cut to \(length)") {
                    try decode(Array(good.prefix(length)), rawLength: bytes.count)
                }
            }
        }
    }

    /// Random bits after a valid header keep both inflaters busy.
    @Test func randomStreamsNeverCrash() {
        var random = SeededGenerator(77)
        for _ in 0..<3000 {
            let length = 1 + Int(random.next() % 4000)
            var stream: [UInt8] = [0x78, 0x01] + random.bytes(1 + Int(random.next() % 300))
            stream[2] = stream[2] & 0xF8 | 0x05
            let frame = ReferenceFrame.encode(
                transform: 0, rawLength: length, planes: [.init(codec: 2, stored: stream, length: length)])
            #expect(throws: CodecError.self) { try decode(frame, rawLength: length) }
        }
    }

    /// Damaged streams whose checksum was made right again, as far as zlib reads them: the same bytes must come out here.
    @Test func whatZlibReadsIsReadAlike() throws {
        var random = SeededGenerator(78)
        var read = 0
        for round in 0..<4000 {
            let count = 200 + Int(random.next() % 3000)
            let bytes = round % 2 == 0 ? random.skewed(count) : Samples.fibonacci(count, seed: random.next())
            var stream = ReferenceFrame.deflate(bytes, strategy: Z_HUFFMAN_ONLY)
            for _ in 0..<1 + round % 3 { stream[2 + Int(random.next() % UInt64(stream.count - 6))] ^= 1 << UInt8(random.next() % 8) }
            guard let (output, consumed) = ReferenceFrame.inflateRaw(Array(stream[2...]), atMost: 1 << 16), !output.isEmpty else {
                continue
            }
            read += 1
            let checksum = UInt32(truncatingIfNeeded: adler32(1, output, UInt32(output.count)))
            let repaired = Array(stream[..<(2 + consumed)]) + Samples.littleEndian(checksum.bigEndian)
            let frame = ReferenceFrame.encode(
                transform: 0, rawLength: output.count, planes: [.init(codec: 2, stored: repaired, length: output.count)])
            try decode(frame, rawLength: output.count)
            #expect(self.output.bytes(0..<output.count) == output)
        }
        #expect(read > 300)
    }
}
