import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// What every store that takes revisions promises, over a directory and over a served mirror.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ConformanceTests {
    @Test("a chunk is lacked until its pack is there, and every call can be repeated", arguments: StoreUnderTest.Kind.allCases)
    func packs(kind: StoreUnderTest.Kind) async throws {
        let revision = try StoredRevision.small()
        try await StoreUnderTest.run(kind) { test in
            let store = test.store
            #expect(try await store.lacks([]) == [])
            #expect(try await store.lacks(revision.chunks) == revision.chunks.map { _ in true })
            for (number, pack) in revision.packs.enumerated() {
                for _ in 0..<2 {
                    try await store.put(pack)
                    let held = Set(revision.packs[...number].flatMap { $0.footer.rows.map(\.name) })
                    #expect(try await store.lacks(revision.chunks) == revision.chunks.map { !held.contains($0) })
                }
                #expect(try Files.read(test.path(.pack(pack.name))) == pack.slab.bytes(0..<pack.slab.count))
            }
            // The digest of a chunk with another length is another chunk.
            let first = revision.chunks[1]
            let other = try #require(ChunkName(digest: first.digest, length: first.length + 1))
            #expect(try await store.lacks([other, first, other]) == [true, false, true])
        }
    }

    @Test("a list waits for its chunks and then has a locator that leads to them", arguments: StoreUnderTest.Kind.allCases)
    func lists(kind: StoreUnderTest.Kind) async throws {
        let revision = try StoredRevision.small()
        try await StoreUnderTest.run(kind) { test in
            let store = test.store
            #expect(Set(try await store.put(revision.segment, digest: revision.list)) == Set(revision.chunks))
            try await store.put(revision.packs[0])
            let held = Set(revision.packs[0].footer.rows.map(\.name))
            #expect(Set(try await store.put(revision.segment, digest: revision.list)) == Set(revision.chunks).subtracting(held))
            try await store.put(revision.packs[1])
            for _ in 0..<2 { #expect(try await store.put(revision.segment, digest: revision.list) == []) }
            let reader = RevisionReader(store)
            #expect(try await reader.segment(revision.list) == revision.segment)
            let locator = try await reader.locator(revision.list, rows: revision.chunks.count)
            let (slab, output, decoder) = (FrameEncoder.makeFrameSlab(), Slab(capacity: Limits.chunk), FrameDecoder())
            for (name, place) in zip(revision.chunks, locator.places) {
                let place = try #require(place)
                slab.resize(0)
                try await store.read(.pack(place.pack), range: place.offset..<place.offset + place.stored, into: slab)
                try decoder.decode(slab, range: 0..<slab.count, rawLength: name.length, into: output, subject: "chunk")
                #expect(output.bytes(0..<output.count) == revision.content[name])
            }
        }
    }

    @Test("a manifest is taken when its lists are there and its digests are true", arguments: StoreUnderTest.Kind.allCases)
    func manifests(kind: StoreUnderTest.Kind) async throws {
        let revision = try StoredRevision.small()
        let lie = try StoredRevision(
            [("a.txt", Array("hello 1".utf8)), ("b.bin", Array(repeating: 7, count: 2_500))],
            lie: ["b.bin": SHA256.digest(of: [1])])
        try await StoreUnderTest.run(kind) { test in
            let store = test.store
            #expect(
                await code { try await store.put(manifest: revision.manifestBytes, digest: revision.digest) { _, _ in } } == .integrity)
            for _ in 0..<2 { try await revision.put(in: store) }
            #expect(try Files.read(test.path(.manifest(revision.digest))) == revision.manifestBytes)
            #expect(try await RevisionReader(store).manifest(revision.digest).manifest == revision.manifest)
            #expect(try await RevisionReader(store).rows(of: revision.manifest) == revision.segment.rows)
            #expect(await code { try await store.put(manifest: revision.manifestBytes, digest: lie.digest) { _, _ in } } == .integrity)
            #expect(await code { try await lie.put(in: store) } == .integrity)
            #expect(!Files.exists(test.path(.manifest(lie.digest))))
        }
    }

    @Test("entries are created once, in their order", arguments: StoreUnderTest.Kind.allCases)
    func entries(kind: StoreUnderTest.Kind) async throws {
        let revision = try StoredRevision.small()
        try await StoreUnderTest.run(kind) { test in
            let store = test.store
            let one = try revision.entry()
            #expect(await code { try await store.append(one.entry, envelope: one.envelope) } == .integrity)
            try await revision.put(in: store)
            for _ in 0..<2 { try await store.append(one.entry, envelope: one.envelope) }
            let other = try revision.entry(time: "2026-02-02T00:00:00Z")
            let two = try revision.entry(2, previous: one.envelope)
            for wrong in [
                other, try revision.entry(2, previous: other.envelope), try revision.entry(3, previous: one.envelope),
            ] {
                #expect(await code { try await store.append(wrong.entry, envelope: wrong.envelope) } == .conflict)
            }
            for _ in 0..<2 { try await store.append(two.entry, envelope: two.envelope) }
            #expect(await code { try await store.append(one.entry, envelope: one.envelope) } == .conflict)
            let newest = try await RevisionReader(store).newestEntry(.acme, .main)
            #expect(newest.entry == two.entry)
            #expect(newest.digest == SHA256.digest(of: two.envelope))
            #expect(try await RevisionReader(store).entry(.acme, .main, n: 1).entry == one.entry)
            let caseOnly = try revision.entry(model: "Acme/tiny")
            #expect(await code { try await store.append(caseOnly.entry, envelope: caseOnly.envelope) } == .conflict)
            let refCase = try revision.entry(ref: "MAIN")
            #expect(await code { try await store.append(refCase.entry, envelope: refCase.envelope) } == .conflict)
            let index = try RefIndex(decoding: try await store.object(.refIndex(.acme)), model: .acme, subject: "index")
            #expect(index.refs == [RefIndex.Item(ref: .main, n: 2, entry: SHA256.digest(of: two.envelope))])
            #expect(try Catalog(decoding: try await store.object(.catalog), subject: "catalog").models == [.acme])
        }
    }

    @Test("a range gives exactly its bytes or an error, and the slab keeps what it had", arguments: StoreUnderTest.Kind.allCases)
    func ranges(kind: StoreUnderTest.Kind) async throws {
        let revision = try StoredRevision.small(packs: 1)
        let pack = revision.packs[0]
        let bytes = pack.slab.bytes(0..<pack.slab.count)
        try await StoreUnderTest.run(kind) { test in
            try await test.store.put(pack)
            let size = bytes.count
            let mark: [UInt8] = [1, 2, 3]
            for range in [0..<1, 0..<8, size - 16..<size, size - 1..<size, 0..<size, 7..<size - 1, 1_000..<1_001] {
                let slab = Slab(capacity: size + 3)
                slab.append(mark.span)
                try await test.store.read(.pack(pack.name), range: range, into: slab)
                #expect(slab.bytes(0..<slab.count) == mark + bytes[range])
            }
            for range in [size..<size + 1, size - 1..<size + 1, size + 500..<size + 600] {
                let slab = Slab(capacity: size + 700)
                slab.append(mark.span)
                let failure = await code { try await test.store.read(.pack(pack.name), range: range, into: slab) }
                #expect(failure == .integrity, "\(range)")
                #expect(slab.bytes(0..<slab.count) == mark)
            }
            let slab = Slab(capacity: 10)
            let missing = ObjectName.pack(SHA256.digest(of: [9]))
            #expect(await code { try await test.store.read(missing, range: 0..<5, into: slab) } == .integrity)
            #expect(slab.count == 0)
        }
    }

    @Test("what is not there is not found", arguments: StoreUnderTest.Kind.allCases)
    func missing(kind: StoreUnderTest.Kind) async throws {
        let digest = SHA256.digest(of: [1])
        try await StoreUnderTest.run(kind) { test in
            let names: [ObjectName] = [
                .refIndex(.acme), .refHint(.acme, .main), .refEntry(.acme, .main, 1), .manifest(digest), .list(digest), .locator(digest),
                .pack(digest), .evidence(digest), .attestation(digest),
            ]
            for name in names {
                for fresh in [false, true] {
                    let failure = await code { _ = try await test.store.object(name, fresh: fresh) }
                    #expect(failure == .notFound, "\(name)")
                }
            }
            let description = try await RevisionReader(test.store).description()
            #expect(description.layout == 1)
            let newest = try await RevisionReader(test.store).newestEntryIfAny(.acme, .main)
            #expect(newest?.entry == nil)
            let bytes = try await test.store.object(.catalog)
            #expect(try Catalog(decoding: bytes, subject: "catalog").models == [])
        }
    }

    @Test("an object that is larger than its limit is not taken", arguments: StoreUnderTest.Kind.allCases)
    func limits(kind: StoreUnderTest.Kind) async throws {
        let digest = SHA256.digest(of: [1])
        try await StoreUnderTest.run(kind) { test in
            for name in [ObjectName.refHint(.acme, .main), .refEntry(.acme, .main, 1), .list(digest), .manifest(digest)] {
                let relative = "store/" + name.path
                try test.folder.write(relative, [UInt8](repeating: 32, count: name.maximumBytes))
                #expect(try await test.store.object(name).count == name.maximumBytes)
                try test.folder.write(relative, [UInt8](repeating: 32, count: name.maximumBytes + 1))
                let failure = await code { _ = try await test.store.object(name, fresh: true) }
                #expect(failure == .integrity, "\(name)")
            }
        }
    }
}
