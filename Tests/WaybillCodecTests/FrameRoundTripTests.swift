import CZlib
import Testing
import WaybillCodec
import WaybillFormat
import WaybillSystem

@Suite struct FrameRoundTripTests {
    private let encoder = FrameEncoder()
    private let decoder = FrameDecoder()
    private let frame = FrameEncoder.makeFrameSlab()
    private let output = Slab(capacity: Limits.chunk)

    private func decoded(_ slab: Slab, rawLength: Int) throws -> [UInt8] {
        try decoder.decode(slab, range: 0..<slab.count, rawLength: rawLength, into: output, subject: "a frame")
        return output.bytes(0..<output.count)
    }

    @Test func everyTransformHasItsReference() {
        #expect(Set(FrameTransform.all.map(\.code)) == Set(ReferenceFrame.transforms.keys))
        for transform in FrameTransform.all {
            #expect(transform.fields == ReferenceFrame.transforms[transform.code]?.0)
            #expect(transform.fields.count + 1 <= FrameTransform.maximumPlanes)
        }
    }

    @Test(arguments: ReferenceFrame.transforms.keys.sorted())
    func everyTransformAndTail(code: UInt8) throws {
        let transform = try #require(FrameTransform.known(code))
        let width = transform.elementBytes
        for count in [width, width + 1, 2 * width - 1, 37 * width, 1000 * width + width / 2, 90_000 / width * width + 1] {
            for (name, bytes) in Samples.all(count, seed: UInt64(count)) {
                let raw = Samples.slab(bytes)
                encoder.encode(raw, range: 0..<count, transform: transform, into: frame)
                #expect(frame.count <= count + 20, "\(name) \(count)")
                #expect(try decoded(frame, rawLength: count) == bytes, "\(name) \(count)")
                let reference = try #require(ReferenceFrame.decode(frame.bytes(0..<frame.count)), "\(name) \(count)")
                #expect(reference.raw == bytes, "\(name) \(count)")
            }
        }
    }

    @Test(arguments: ReferenceFrame.transforms.keys.sorted())
    func foreignFramesOfEveryCodec(code: UInt8) throws {
        let width = try #require(FrameTransform.known(code)).elementBytes
        let settings: [(Int32, Int32)] = [(0, 0), (1, 0), (6, 0), (9, 0), (6, Z_HUFFMAN_ONLY), (6, Z_RLE), (6, Z_FIXED), (6, Z_FILTERED)]
        for count in [width, 5000 + width / 3] where count >= width {
            for (name, bytes) in Samples.all(count, seed: UInt64(count) + 7) {
                let planes = ReferenceFrame.planes(of: bytes, transform: code)
                for (level, strategy) in settings {
                    let coded = planes.map {
                        ReferenceFrame.Plane(
                            codec: 2, stored: ReferenceFrame.deflate($0, level: level, strategy: strategy), length: $0.count)
                    }
                    let foreign = Samples.slab(ReferenceFrame.encode(transform: code, rawLength: count, planes: coded))
                    #expect(try decoded(foreign, rawLength: count) == bytes, "\(name) level \(level) strategy \(strategy)")
                }
                let plain = planes.map { ReferenceFrame.Plane(codec: 0, stored: $0, length: $0.count) }
                let foreign = Samples.slab(ReferenceFrame.encode(transform: code, rawLength: count, planes: plain))
                #expect(try decoded(foreign, rawLength: count) == bytes, "\(name) raw")
            }
        }
    }

    @Test func everyElementTypeRoundTrips() throws {
        for code in UInt8.min...UInt8.max {
            for count in [1, 2, 3, 63, 5000] {
                var random = SeededGenerator(UInt64(code) << 16 + UInt64(count))
                let bytes = random.skewed(count)
                encoder.encode(Samples.slab(bytes), range: 0..<count, element: ElementType(rawValue: code), into: frame)
                #expect(frame.count <= count + 20)
                #expect(try decoded(frame, rawLength: count) == bytes, "element type \(code), \(count) bytes")
            }
        }
    }

    @Test func literalStreamsOfAnyLengthAreWhatZlibReads() throws {
        var random = SeededGenerator(99)
        var coded = 0
        for round in 0..<300 {
            let count = round < 200 ? 64 + round : 64 + Int(random.next() % 200_000)
            for bytes in [random.skewed(count), Samples.fibonacci(count, seed: random.next())] {
                encoder.encode(Samples.slab(bytes), range: 0..<count, element: .byte, into: frame)
                let reference = try #require(ReferenceFrame.decode(frame.bytes(0..<frame.count)))
                #expect(reference.raw == bytes)
                if reference.codecs == [2] { coded += 1 }
                #expect(try decoded(frame, rawLength: count) == bytes)
            }
        }
        #expect(coded > 300)
    }

    @Test func theLargestChunk() throws {
        let count = Limits.chunk
        for bytes in [Samples.bfloat16(count / 2, seed: 5), Samples.shifting(count, seed: 6)] {
            encoder.encode(Samples.slab(bytes), range: 0..<count, element: .bfloat16, into: frame)
            #expect(try decoded(frame, rawLength: count) == bytes)
        }
    }

    @Test func aRangeInsideASlab() throws {
        let bytes = Samples.float32(5000, seed: 8)
        let range = 1001..<17_003
        encoder.encode(Samples.slab(bytes), range: range, element: .float32, into: frame)
        let shifted = Samples.slab([1, 2, 3] + frame.bytes(0..<frame.count) + [4])
        try decoder.decode(shifted, range: 3..<3 + frame.count, rawLength: range.count, into: output, subject: "a frame")
        #expect(output.bytes(0..<output.count) == Array(bytes[range]))
    }

    @Test func weightsShrinkAsMeasured() {
        let count = 1 << 20
        encoder.encode(Samples.slab(Samples.bfloat16(count / 2, seed: 1)), range: 0..<count, element: .bfloat16, into: frame)
        #expect(Double(frame.count) / Double(count) < 0.68)
        encoder.encode(Samples.slab(Samples.float32(count / 4, seed: 2)), range: 0..<count, element: .float32, into: frame)
        #expect(Double(frame.count) / Double(count) < 0.84)
        var random = SeededGenerator(3)
        encoder.encode(Samples.slab(random.bytes(count)), range: 0..<count, element: .opaque, into: frame)
        #expect(frame.count == count + 20)
    }

    @Test func opaqueBytesFindTheirForm() {
        let count = 1 << 20
        func stored(_ bytes: [UInt8]) -> (transform: UInt8, ratio: Double) {
            encoder.encode(Samples.slab(bytes), range: 0..<count, element: .opaque, into: frame)
            return (frame.bytes(1..<2)[0], Double(frame.count) / Double(count))
        }
        #expect(stored(Samples.bfloat16(count / 2, seed: 1)).transform == FrameTransform.bfloat16.code)
        #expect(stored(Samples.float32(count / 4, seed: 1)).transform == FrameTransform.float32.code)
        let text = stored(Samples.text(count, seed: 1))
        #expect(text.transform == 0)
        #expect(text.ratio < 0.35)
        #expect(stored(Samples.runs(count, seed: 1)).ratio < 0.15)
    }

    @Test func constantChunksTakeOneByte() throws {
        for count in [1, 7, 5000, Limits.chunk] {
            encoder.encode(Samples.slab([UInt8](repeating: 9, count: count)), range: 0..<count, element: .float32, into: frame)
            #expect(frame.count == 21)
            #expect(try decoded(frame, rawLength: count) == [UInt8](repeating: 9, count: count))
        }
    }

    @Test func theSameBytesGiveTheSameFrame() {
        let other = FrameEncoder()
        let second = FrameEncoder.makeFrameSlab()
        for (name, bytes) in Samples.all(300_001, seed: 4) {
            for element in [ElementType.opaque, .bfloat16, .float32, .byte, .ggml(12)] {
                // What an encoder did before must not show.
                other.encode(Samples.slab(Samples.text(70_000, seed: 1)), range: 0..<70_000, element: .opaque, into: second)
                encoder.encode(Samples.slab(bytes), range: 0..<bytes.count, element: element, into: frame)
                other.encode(Samples.slab(bytes), range: 0..<bytes.count, element: element, into: second)
                #expect(frame.bytes(0..<frame.count) == second.bytes(0..<second.count), "\(name)")
            }
        }
    }
}
