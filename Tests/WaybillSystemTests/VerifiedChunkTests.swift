import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite struct VerifiedChunkTests {
    private func slab(_ bytes: [UInt8]) -> Slab {
        let slab = Slab(capacity: Limits.chunk + 1)
        slab.append(bytes.span)
        return slab
    }

    @Test("a chunk is named by its bytes")
    func naming() {
        let slab = slab(Array("xhellox".utf8))
        guard let chunk = VerifiedChunk.naming(slab, range: 1..<6) else {
            Issue.record("the range is filled")
            return
        }
        let (name, bytes) = (chunk.name, chunk.withSpan { span in (0..<span.count).map { span[$0] } })
        #expect(name.digest == SHA256.digest(of: Array("hello".utf8)))
        #expect(name.length == 5)
        #expect(bytes == Array("hello".utf8))
    }

    @Test("what is empty, too long or not filled has no name")
    func ranges() {
        let slab = Slab(capacity: Limits.chunk + 2)
        slab.resize(Limits.chunk + 1)
        for range in [0..<0, 0..<Limits.chunk + 1, 1..<Limits.chunk + 2, -1..<4] {
            #expect(chunkName(of: slab, range) == nil, "\(range)")
        }
        #expect(chunkName(of: slab, 0..<Limits.chunk) != nil)
        // A length that a chunk may have, of which one byte is not filled.
        slab.resize(10)
        for range in [9..<11, 0..<11, 10..<11] { #expect(chunkName(of: slab, range) == nil, "\(range)") }
    }

    @Test("right bytes are taken, every flipped bit is refused")
    func verifying() throws {
        var generator = SeededGenerator(seed: 8)
        let bytes = generator.bytes(4_099)
        let name = try #require(ChunkName(digest: SHA256.digest(of: bytes), length: bytes.count))
        let taken = try VerifiedChunk.verifying(slab(bytes), range: 0..<bytes.count, as: name, subject: "s").name
        #expect(taken == name)
        for _ in 0..<200 {
            var wrong = bytes
            wrong[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            expectRefused(wrong, as: name)
        }
        expectRefused(bytes + [0], as: name)
        expectRefused(Array(bytes.dropLast()), as: name)
        expectRefused([], as: name)
    }

    @Test("a right digest with another length is refused")
    func length() throws {
        let bytes = Array("hello".utf8)
        expectRefused(bytes, as: try #require(ChunkName(digest: SHA256.digest(of: bytes), length: 6)))
    }

    private func expectRefused(_ bytes: [UInt8], as name: ChunkName, _ location: SourceLocation = #_sourceLocation) {
        do throws(SystemError) {
            _ = try VerifiedChunk.verifying(slab(bytes), range: 0..<bytes.count, as: name, subject: "pack 7")
            Issue.record("\(bytes.count) bytes were taken for \(name.digest)", sourceLocation: location)
        } catch {
            #expect(error.code == .integrity, sourceLocation: location)
            #expect(error.subject == "pack 7", sourceLocation: location)
            #expect(error.cause.contains(name.digest.hex), sourceLocation: location)
            #expect(error.cause.contains(SHA256.digest(of: bytes).hex), sourceLocation: location)
        }
    }
}
