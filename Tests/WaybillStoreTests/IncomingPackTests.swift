import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite struct IncomingPackTests {
    private let place = TemporaryFolder("incoming")

    private func send(_ bytes: [UInt8], as name: Digest, to store: DirectoryStore, said: Int? = nil) async throws -> Int {
        let incoming = try await IncomingPack.begin(name, in: store)
        // In two pieces, the second first.
        let slab = Slab(capacity: max(bytes.count, 1))
        let middle = bytes.count / 2
        for (part, offset) in [(Array(bytes[middle...]), middle), (Array(bytes[..<middle]), 0)] {
            slab.resize(0)
            slab.append(part.span)
            try await incoming.write(slab, at: offset)
        }
        return try await incoming.admit(byteCount: said ?? bytes.count)
    }

    @Test("a pack is admitted when all of it is right, and the store is as before otherwise")
    func admission() async throws {
        let store = try await DirectoryStore.create(place.path("store"), work: Shared.work)
        let revision = try StoredRevision.small(packs: 1)
        let pack = revision.packs[0]
        let bytes = pack.slab.bytes(0..<pack.slab.count)
        let distinct = Set(revision.chunks).count
        var wrong: [(String, [UInt8], Digest)] = [
            ("another name", bytes, SHA256.digest(of: [1])), ("nothing", [], pack.name), ("cut", Array(bytes.dropLast()), pack.name),
            ("more", bytes + [0], pack.name), ("only a trailer", Array(bytes.suffix(16)), pack.name),
        ]
        var generator = SeededGenerator(seed: 51)
        // Every frame, footer and trailer byte counts; frames are checked by decoding them.
        for _ in 0..<60 {
            var damaged = bytes
            let byte = Int.random(in: 0..<bytes.count, using: &generator)
            damaged[byte] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            wrong.append(("byte \(byte)", damaged, pack.name))
        }
        for (what, damaged, name) in wrong {
            let failure = await code { _ = try await send(damaged, as: name, to: store) }
            #expect(failure == .integrity, "\(what)")
            #expect(try await !IncomingPack.isPresent(name, in: store))
        }
        #expect(try await store.lacks(revision.chunks).allSatisfy { $0 })
        #expect(Files.list(place.path("store/private/tmp")) == [])
        #expect(try await send(bytes, as: pack.name, to: store) == distinct)
        #expect(try await IncomingPack.isPresent(pack.name, in: store))
        #expect(try await send(bytes, as: pack.name, to: store) == distinct)
        #expect(try await store.lacks(revision.chunks).allSatisfy { !$0 })
        #expect(try Files.read(place.path("store/" + ObjectName.pack(pack.name).path)) == bytes)
        #expect(Files.list(place.path("store/private/tmp")) == [])
    }

    @Test("the last of many frames is checked like the first")
    func lastFrame() async throws {
        let store = try await DirectoryStore.create(place.path("store"), work: Shared.work)
        var generator = SeededGenerator(seed: 52)
        let revision = try StoredRevision([("many.bin", generator.bytes(40_000))], cut: 1_000)
        let pack = revision.packs[0]
        let bytes = pack.slab.bytes(0..<pack.slab.count)
        #expect(pack.footer.rows.count == 40)
        for row in [pack.footer.rows[0], pack.footer.rows[16], pack.footer.rows[39]] {
            var damaged = bytes
            damaged[row.offset + row.stored - 1] ^= 1
            #expect(await code { _ = try await send(damaged, as: pack.name, to: store) } == .integrity, "frame at \(row.offset)")
        }
        #expect(try await store.lacks(revision.chunks).allSatisfy { $0 })
    }

    @Test("bytes that hide between the frames and the footer are refused")
    func hidden() async throws {
        let store = try await DirectoryStore.create(place.path("store"), work: Shared.work)
        let revision = try StoredRevision.small(packs: 1)
        let pack = revision.packs[0]
        let bytes = pack.slab.bytes(0..<pack.slab.count)
        let end = pack.footer.bodyEnd
        let stuffed = Array(bytes[..<end]) + [1, 2, 3] + Array(bytes[end...])
        #expect(await code { _ = try await send(stuffed, as: pack.name, to: store) } == .integrity)
        #expect(try await store.lacks(revision.chunks).allSatisfy { $0 })
    }

    @Test("a pack that claims another chunk's name is refused")
    func falseName() async throws {
        let store = try await DirectoryStore.create(place.path("store"), work: Shared.work)
        let revision = try StoredRevision.small(packs: 1)
        let pack = revision.packs[0]
        var rows = pack.footer.rows
        let lie = try #require(ChunkName(digest: SHA256.digest(of: [1]), length: rows[2].name.length))
        rows[2] = PackRow(name: lie, stored: rows[2].stored, offset: rows[2].offset)
        let footer = PackFooter(nonce: pack.footer.nonce, bodyEnd: pack.footer.bodyEnd, rows: rows).encoded()
        let bytes =
            pack.slab.bytes(0..<pack.footer.bodyEnd) + footer + PackTrailer(footerByteCount: footer.count).encoded()
        let failure = await code { _ = try await send(bytes, as: SHA256.digest(of: footer), to: store) }
        #expect(failure == .integrity)
        #expect(try await store.lacks([lie]) == [true])
    }
}
