import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite struct PackBuilderTests {
    @Test("a full pack takes no more, and what it has is a pack")
    func fills() throws {
        var generator = SeededGenerator(seed: 61)
        let builder = PackBuilder(slab: Slab(capacity: PackBuilder.slabCapacity))
        #expect(builder.isEmpty)
        #expect(!builder.isFull)
        let frame = Slab(capacity: Limits.chunk + Limits.frameOverhead)
        var names: [ChunkName] = []
        while true {
            let name = try #require(ChunkName(digest: Digest(generator.bytes(32).span, at: 0), length: Limits.chunk))
            frame.resize(Limits.chunk + 20)
            guard builder.append(name, frame: frame) else { break }
            names.append(name)
        }
        #expect(builder.isFull)
        #expect(builder.byteCount >= Limits.packTarget)
        let pack = try #require(builder.finish())
        #expect(pack.slab.count <= Limits.pack)
        #expect(pack.footer.rows.map(\.name) == names)
        try pack.footer.validated()
        let trailer = try PackTrailer(
            decoding: pack.slab.bytes(pack.slab.count - PackTrailer.byteCount..<pack.slab.count), packSize: pack.slab.count, subject: "pack"
        )
        let start = pack.slab.count - PackTrailer.byteCount - trailer.footerByteCount
        let encoded = pack.slab.bytes(start..<start + trailer.footerByteCount)
        #expect(SHA256.digest(of: encoded) == pack.name)
        #expect(try PackFooter(decoding: encoded, subject: "pack", packSize: pack.slab.count) == pack.footer)
        #expect(pack.slab.bytes(0..<8) == PackFooter.header)
    }

    @Test("tiny chunks fill a pack by their number, and the footer still has room")
    func tiny() throws {
        var generator = SeededGenerator(seed: 62)
        let builder = PackBuilder(slab: Slab(capacity: PackBuilder.slabCapacity))
        let frame = Slab(capacity: 64)
        frame.resize(21)
        var rows = 0
        while let name = ChunkName(digest: Digest(generator.bytes(32).span, at: 0), length: 1), builder.append(name, frame: frame) {
            rows += 1
            if rows > Limits.packRows { break }
        }
        let pack = try #require(builder.finish())
        #expect(pack.footer.rows.count == rows)
        #expect(rows <= Limits.packRows)
        #expect(pack.slab.count == pack.footer.packByteCount)
    }

    @Test("no rows, no pack; equal chunks make packs of different names")
    func names() throws {
        #expect(PackBuilder(slab: Slab(capacity: PackBuilder.slabCapacity)).finish()?.name == nil)
        let (a, b) = (try StoredRevision.small(packs: 1), try StoredRevision.small(packs: 1))
        #expect(a.packs[0].name != b.packs[0].name)
        #expect(a.packs[0].footer.rows == b.packs[0].footer.rows)
    }
}
