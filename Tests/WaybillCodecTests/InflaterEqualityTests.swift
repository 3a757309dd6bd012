import CZlib
import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Whatever encoder wrote a stream and whatever befell it: our decoder gives the bytes that zlib gives, or rejects what zlib rejects.
@Suite struct InflaterEqualityTests {
    private let literals = LiteralInflater()
    private let zlib: ZlibInflater
    private let decoder = FrameDecoder()
    private let chunk = Slab(capacity: Limits.chunk)

    init() throws { zlib = try #require(ZlibInflater()) }

    private typealias Inflate = (UnsafePointer<UInt8>, Int, UnsafeMutablePointer<UInt8>, Int) -> Bool

    /// The bytes, or nil if the stream is rejected. Nothing may be written beyond `count` bytes either way.
    private func inflated(_ stream: [UInt8], _ count: Int, by inflate: Inflate) -> [UInt8]? {
        let guardBytes = 64
        var output = [UInt8](repeating: 0xA5, count: count + guardBytes)
        let accepted = stream.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target -> Bool in
                guard let from = source.baseAddress, let to = target.baseAddress else { return false }
                return inflate(from, source.count, to, count)
            }
        }
        #expect(output[count...].allSatisfy { $0 == 0xA5 }, "bytes beyond the end were written")
        return accepted ? Array(output.prefix(count)) : nil
    }

    private func decoded(_ stream: [UInt8], _ count: Int) -> [UInt8]? {
        let plane = ReferenceFrame.Plane(codec: 2, stored: stream, length: count)
        let frame = Samples.slab(ReferenceFrame.encode(transform: 0, rawLength: count, planes: [plane]))
        do {
            try decoder.decode(frame, range: 0..<frame.count, rawLength: count, into: chunk, subject: "a stream")
            return chunk.bytes(0..<chunk.count)
        } catch {
            return nil
        }
    }

    /// Compares the decoders; true if the fast one took the stream by itself.
    @discardableResult
    private func compare(_ stream: [UInt8], _ count: Int, _ label: @autoclosure () -> String) -> Bool {
        let expected = inflated(stream, count) { [zlib] in zlib.inflate($0, stored: $1, into: $2, count: $3) }
        let fast = inflated(stream, count) { [literals] in literals.inflate($0, stored: $1, into: $2, count: $3) }
        if fast != nil, fast != expected { Issue.record("the literal decoder took what zlib does not give: \(label())") }
        if count > 0, decoded(stream, count) != expected { Issue.record("the frame decoder differs from zlib: \(label())") }
        return fast != nil
    }

    /// The stream as it is, under wrong lengths, and damaged in a bit, at its end and by exchanged bytes.
    private func compareDamaged(_ stream: [UInt8], _ count: Int, _ random: inout SeededGenerator, _ label: String) {
        for wrong in [count - 1, count + 1] where wrong >= 0 { compare(stream, wrong, "\(label), \(wrong) bytes asked") }
        for _ in 0..<6 {
            var flipped = stream
            // Mostly near the head, where the codes are described.
            let place = Int(random.next() % UInt64(random.next() % 2 == 0 ? min(stream.count, 80) : stream.count))
            flipped[place] ^= 1 << UInt8(random.next() % 8)
            compare(flipped, count, "\(label), byte \(place) flipped")
        }
        compare(Array(stream.dropLast(Int(random.next() % UInt64(stream.count)) + 1)), count, "\(label), cut")
        compare(stream + [0], count, "\(label), a byte more")
    }

    @Test func streamsOfEveryLevelAndStrategyOfZlib() {
        var random = SeededGenerator(11)
        var taken = 0
        for count in [1, 300, 5_000, 70_000] {
            for (name, bytes) in Samples.all(count, seed: UInt64(count) + 40) {
                for level in Int32(0)...9 {
                    for strategy in [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED] {
                        let label = "\(name) \(count), level \(level), strategy \(strategy)"
                        let stream = ReferenceFrame.deflate(bytes, level: level, strategy: strategy)
                        if compare(stream, count, label) { taken += 1 }
                        if count <= 5_000 { compareDamaged(stream, count, &random, label) }
                    }
                }
            }
        }
        #expect(taken > 100, "the literal decoder hardly took part")
    }

    /// Made by Fixtures/make-foreign-streams.py.
    @Test func streamsOfLibdeflateAndISAL() throws {
        let url = Vectors.folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Tests/WaybillCodecTests/Fixtures/foreign-streams.txt")
        var raw: [Substring: [UInt8]] = [:]
        var makers: Set<Substring> = []
        var random = SeededGenerator(13)
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            try #require(fields.count == 3)
            let bytes = Array(try #require(Data(base64Encoded: String(fields[2]))))
            guard fields[0] != "raw" else {
                raw[fields[1]] = bytes
                continue
            }
            makers.insert(fields[0])
            let expected = try #require(raw[fields[1]])
            let label = "\(fields[0]) \(fields[1])"
            compare(bytes, expected.count, label)
            if !expected.isEmpty { #expect(decoded(bytes, expected.count) == expected, "\(label)") }
            compareDamaged(bytes, expected.count, &random, label)
        }
        #expect(makers.count == 13 + 4)
    }

    @Test func streamsOfOurOwn() {
        let deflater = LiteralDeflater(maximumLength: 70_000, counter: ByteCounter())
        var random = SeededGenerator(14)
        for count in [100, 8_191, 70_000] {
            for (name, bytes) in Samples.all(count, seed: UInt64(count) + 50) {
                deflater.measure(bytes, count: count)
                let planned = deflater.plan()
                var stream = [UInt8](repeating: 0, count: planned + 8)
                let written = deflater.write(bytes, count: count, into: &stream)
                #expect(written == planned, "\(name) \(count)")
                stream.removeLast(8)
                #expect(compare(stream, count, "\(name) \(count)"), "\(name) \(count)")
                #expect(ReferenceFrame.inflate(stream, count: count) == bytes, "\(name) \(count)")
                compareDamaged(stream, count, &random, "\(name) \(count)")
            }
        }
    }
}
