import Foundation
import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite(.timeLimit(.minutes(1)))
struct ChunkIndexTests {
    private let place = TemporaryFolder("index")

    private func root() throws -> Folder { try Folder.open(place.path) }

    private func open() throws -> ChunkIndex {
        let root = try root()
        return ChunkIndex(root: root, folder: try root.folder("index", create: true), label: "test")
    }

    private func segments() -> [String] { Files.list(place.path("index")).filter { $0.hasSuffix(".wbx") } }

    /// Asks for all chunks of `packs`, in a random order, and for strangers between them.
    private func expect(
        _ index: ChunkIndex, holds packs: [FakePack], seed: UInt64 = 1, _ location: SourceLocation = #_sourceLocation
    ) throws {
        var generator = SeededGenerator(seed: seed)
        var expected = packs.flatMap { pack in pack.footer.rows.map { (name: $0.name, place: Optional(pack.place($0))) } }
        for row in packs.flatMap(\.footer.rows).prefix(2_000) {
            // A digest that differs in its last byte only shares every prefix; another length is another chunk.
            var bytes = row.name.digest.bytes
            bytes[31] ^= 1
            if let near = ChunkName(digest: Digest(bytes.span, at: 0), length: row.name.length) { expected.append((near, nil)) }
            if let other = ChunkName(digest: row.name.digest, length: row.name.length + 1) { expected.append((other, nil)) }
        }
        expected.shuffle(using: &generator)
        var wrong = 0
        for start in stride(from: 0, to: expected.count, by: Limits.have) {
            let part = expected[start..<min(start + Limits.have, expected.count)]
            for (found, item) in zip(try index.places(part.map(\.name)), part) where found != item.place { wrong += 1 }
        }
        #expect(wrong == 0, "of \(expected.count)", sourceLocation: location)
    }

    private func makePacks(_ count: Int, rows: Int, seed: UInt64) throws -> [FakePack] {
        var generator = SeededGenerator(seed: seed)
        let root = try root()
        return try (0..<count).map { _ in
            let pack = FakePack(rows: rows, using: &generator)
            try pack.write(below: root)
            return pack
        }
    }

    @Test("200,000 rows over many segments and merges, then opened anew")
    func large() throws {
        let packs = try makePacks(40, rows: 5_000, seed: 21)
        let index = try open()
        // The folder holds them already: the index finds them by their footers.
        try expect(index, holds: packs)
        try index.flush()
        #expect(segments().count >= 2)
        try FileManager.default.removeItem(atPath: place.path("index"))
        let fresh = ChunkIndex(root: try root(), folder: try root().folder("index", create: true), label: "test")
        for (number, pack) in packs.enumerated() {
            try fresh.add(pack.name, rows: pack.footer.rows)
            try fresh.flush()
            if number == 12 { try expect(fresh, holds: Array(packs[...12]), seed: 2) }
        }
        #expect((1..<ChunkIndex.mergeSegments).contains(segments().count))
        try expect(fresh, holds: packs, seed: 3)
        try expect(try open(), holds: packs, seed: 4)
    }

    @Test("rows in memory become a segment by themselves")
    func flushes() throws {
        let packs = try makePacks(5, rows: 15_000, seed: 22)
        let index = try open()
        for pack in packs {
            try index.add(pack.name, rows: pack.footer.rows)
            try index.add(pack.name, rows: pack.footer.rows)
        }
        #expect(segments().count == 1)
        try expect(index, holds: packs)
        try expect(try open(), holds: packs)
    }

    @Test("equal prefixes that straddle a fence are found")
    func fences() throws {
        var generator = SeededGenerator(seed: 23)
        let head = generator.bytes(8)
        // Two fences' worth of digests with the same first eight bytes, and others around them.
        let names = (0..<1_200).compactMap { number -> ChunkName? in
            let bytes = number < 520 ? head + generator.bytes(24) : generator.bytes(32)
            return ChunkName(digest: Digest(bytes.span, at: 0), length: 100)
        }
        let pack = FakePack(rows: names.count, using: &generator, chunks: names)
        try pack.write(below: try root())
        let index = try open()
        try index.flush()
        let sorted = names.sorted()
        let found = try index.places(sorted)
        // Such digests do not come from SHA-256: what is found must be right, and straddling two blocks is enough.
        var byName: [ChunkName: ChunkPlace] = [:]
        for row in pack.footer.rows { byName[row.name] = pack.place(row) }
        for (name, place) in zip(sorted, found) where place != nil { #expect(place == byName[name]) }
        let others = sorted.filter { !$0.digest.bytes.starts(with: head) }
        #expect(try index.places(others).allSatisfy { $0 != nil })
    }

    @Test("a chunk of a deleted pack is not claimed")
    func deleted() throws {
        let packs = try makePacks(6, rows: 500, seed: 24)
        let index = try open()
        try expect(index, holds: packs)
        try index.flush()
        try packs[2].remove(below: try root())
        try packs[5].remove(below: try root())
        for index in [index, try open()] {
            try expect(index, holds: [packs[0], packs[1], packs[3], packs[4]])
            #expect(try index.places(packs[2].chunks + packs[5].chunks).allSatisfy { $0 == nil })
        }
        // The chunks come back in another pack.
        var generator = SeededGenerator(seed: 25)
        let again = FakePack(rows: 500, using: &generator, chunks: packs[2].chunks)
        try again.write(below: try root())
        try index.add(again.name, rows: again.footer.rows)
        try expect(index, holds: [packs[0], again])
        try index.flush()
        try expect(index, holds: [packs[1], again])
    }

    @Test(
        "a damaged segment costs a look at the footers, and nothing else",
        arguments: ["header", "pack name", "row", "checksum", "cut", "empty", "longer", "huge counts"])
    func damaged(kind: String) throws {
        let packs = try makePacks(4, rows: 700, seed: 26)
        do {
            let index = try open()
            for pack in packs {
                try index.add(pack.name, rows: pack.footer.rows)
                try index.flush()
            }
        }
        // Opening reads the footers of all, so there is one segment or more.
        let victim = try #require(segments().first)
        let path = place.path("index/" + victim)
        var bytes = try Files.read(path)
        switch kind {
        case "header": bytes[3] ^= 1
        case "pack name": bytes[20] ^= 128
        case "row": bytes[bytes.count / 2] ^= 4
        case "checksum": bytes[bytes.count - 1] ^= 1
        case "cut": bytes.removeLast(48)
        case "empty": bytes = []
        case "longer": bytes.append(0)
        default: bytes.replaceSubrange(8..<16, with: [UInt8](repeating: 255, count: 8))
        }
        try place.write("index/" + victim, bytes)
        let index = try open()
        try expect(index, holds: packs)
        #expect(!segments().contains(victim))
    }

    @Test("two instances on one directory see each other's packs and survive each other's merges")
    func twoInstances() throws {
        let (a, b) = (try open(), try open())
        var generator = SeededGenerator(seed: 27)
        let root = try root()
        var packs: [FakePack] = []
        _ = try b.places([])
        for number in 0..<30 {
            let pack = FakePack(rows: 300, using: &generator)
            try pack.write(below: root)
            packs.append(pack)
            let writer = number % 3 == 0 ? b : a
            try writer.add(pack.name, rows: pack.footer.rows)
            try writer.flush()
            if number % 7 == 6 {
                try a.refresh()
                try b.refresh()
                try expect(a, holds: packs, seed: UInt64(number))
                try expect(b, holds: packs, seed: UInt64(number) + 100)
            }
        }
        try a.refresh()
        try b.refresh()
        try expect(a, holds: packs)
        try expect(b, holds: packs)
        try expect(try open(), holds: packs)
    }

    @Test("what is no pack is passed over")
    func strangers() throws {
        let packs = try makePacks(2, rows: 50, seed: 28)
        let stranger = SHA256.digest(of: [1])
        try place.write("packs/\(stranger.shard)/\(stranger.hex)", [UInt8](repeating: 7, count: 5_000))
        try place.write("packs/\(packs[0].name.shard)/README", "no pack")
        try place.write("packs/zzz/\(stranger.hex)", "no pack")
        try place.write("packs/stray", "no pack")
        try place.write("index/tmp-left", "by a crash")
        try place.write("index/empty.wbx", "")
        // A pack under another name is not that pack.
        var generator = SeededGenerator(seed: 29)
        let moved = FakePack(rows: 50, using: &generator)
        try moved.write(below: try root())
        let wrong = SHA256.digest(of: [2])
        try FileManager.default.createDirectory(atPath: place.path("packs/\(wrong.shard)"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: place.path("packs/\(moved.name.shard)/\(moved.name.hex)"), toPath: place.path("packs/\(wrong.shard)/\(wrong.hex)"))
        let index = try open()
        try expect(index, holds: packs)
        #expect(try index.places(moved.chunks).allSatisfy { $0 == nil })
    }
}
