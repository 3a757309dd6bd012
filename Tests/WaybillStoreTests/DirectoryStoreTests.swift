import Foundation
import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite(.timeLimit(.minutes(1)))
struct DirectoryStoreTests {
    private let place = TemporaryFolder("directory-store")

    private var path: String { place.path("store") }

    private func create() async throws -> DirectoryStore {
        try await DirectoryStore.create(path, work: Shared.work, proof: .byStore)
    }

    private func open() async throws -> DirectoryStore { try await DirectoryStore.open(path, work: Shared.work, proof: .byStore) }

    @Test("a store is made in a new or empty folder, and nowhere else")
    func creation() async throws {
        try place.write("other/file", "somebody's")
        #expect(await code { _ = try await DirectoryStore.create(place.path("other"), work: Shared.work) } == .conflict)
        #expect(Files.list(place.path("other")) == ["file"])
        #expect(!Files.exists(place.path("other/private")))
        try FileManager.default.createDirectory(atPath: place.path("empty"), withIntermediateDirectories: true)
        _ = try await DirectoryStore.create(place.path("empty"), work: Shared.work)
        _ = try await DirectoryStore.create(place.path("a/b/c"), work: Shared.work)
        #expect(Files.exists(place.path("a/b/c/waybill.json")))
        let revision = try StoredRevision.small()
        try await revision.put(in: try await create())
        // Making it again opens what is there.
        #expect(try await create().lacks(revision.chunks).allSatisfy { !$0 })
    }

    @Test("what is no store, or a newer one, is not opened")
    func opening() async throws {
        #expect(await code { _ = try await open() } == .notFound)
        try place.write("store/file", "1")
        #expect(await code { _ = try await open() } == .notFound)
        #expect(Files.list(path) == ["file"])
        try place.write("store/waybill.json", "{\"layout\":2,\"requiredFeatures\":[]}")
        #expect(await code { _ = try await open() } == .failure)
        try place.write("store/waybill.json", "nonsense")
        #expect(await code { _ = try await open() } == .integrity)
        #expect(await code { _ = try await create() } == .integrity)
    }

    @Test("private/ is closed to others, and made anew if it is gone")
    func privateFolder() async throws {
        _ = try await create()
        for _ in 0..<2 {
            let attributes = try FileManager.default.attributesOfItem(atPath: path + "/private")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
            try FileManager.default.removeItem(atPath: path + "/private")
            _ = try await open()
        }
    }

    @Test("what a crash leaves in private/tmp does no harm, and is not taken for an object")
    func leftovers() async throws {
        let store = try await create()
        try place.write("store/private/tmp/tmp-1", "half a manifest")
        try place.write("store/private/tmp/tmp-2", [UInt8](repeating: 0, count: 10_000))
        try place.write("store/private/index/tmp-3", "half a segment")
        let revision = try StoredRevision.small()
        try await revision.put(in: store)
        let entry = try revision.entry()
        try await store.append(entry.entry, envelope: entry.envelope)
        let again = try await open()
        #expect(try await again.lacks(revision.chunks).allSatisfy { !$0 })
        #expect(try await again.packTotals().packs == 2)
        // Our own temporary files are gone.
        #expect(Set(Files.list(path + "/private/tmp")) == ["tmp-1", "tmp-2"])
    }

    @Test("a damaged object is mended by sending it again")
    func mending() async throws {
        let store = try await create()
        let revision = try StoredRevision.small()
        try await revision.put(in: store)
        for name in [ObjectName.manifest(revision.digest), .list(revision.list), .locator(revision.list)] {
            let good = try Files.read(path + "/" + name.path)
            try Files.flipBit(path + "/" + name.path, byte: 20)
            try await revision.put(in: store)
            #expect(try Files.read(path + "/" + name.path) == good, "\(name)")
        }
    }

    @Test("the index may be lost")
    func lostIndex() async throws {
        let revision = try StoredRevision.small()
        try await revision.put(in: try await create())
        try FileManager.default.removeItem(atPath: path + "/private/index")
        #expect(try await open().lacks(revision.chunks).allSatisfy { !$0 })
        #expect(try await open().makeLocator(revision.list) == [])
    }

    @Test("a deleted pack is not claimed, and its chunks can be sent again")
    func deletedPack() async throws {
        let store = try await create()
        let revision = try StoredRevision.small()
        try await revision.put(in: store)
        let victim = revision.packs[0]
        try FileManager.default.removeItem(atPath: path + "/" + ObjectName.pack(victim.name).path)
        let gone = Set(victim.footer.rows.map(\.name))
        #expect(try await store.lacks(revision.chunks) == revision.chunks.map { gone.contains($0) })
        #expect(Set(try await store.makeLocator(revision.list)) == gone)
        let again = try #require(StoredRevision.pack(victim.footer.rows.map(\.name), revision.content))
        try await store.put(again)
        #expect(try await store.put(revision.segment, digest: revision.list) == [])
    }

    @Test("another process's packs are found when a locator needs them")
    func otherProcess() async throws {
        let (a, b) = (try await create(), try await open())
        let revision = try StoredRevision.small()
        #expect(try await a.lacks(revision.chunks).allSatisfy { $0 })
        for pack in revision.packs { try await b.put(pack) }
        #expect(try await a.put(revision.segment, digest: revision.list) == [])
        #expect(try await a.lacks(revision.chunks).allSatisfy { !$0 })
    }

    @Test("links in the store are not followed")
    func links() async throws {
        let store = try await create()
        let revision = try StoredRevision.small()
        try await revision.put(in: store)
        let name = path + "/" + ObjectName.manifest(revision.digest).path
        try place.write("outside", revision.manifestBytes)
        try FileManager.default.removeItem(atPath: name)
        try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: place.path("outside"))
        #expect(await code { _ = try await store.object(.manifest(revision.digest)) } == .conflict)
    }

    @Test("totals are counted over the packs' footers")
    func totals() async throws {
        let store = try await create()
        #expect(try await store.packTotals().packs == 0)
        let revision = try StoredRevision.small()
        try await revision.put(in: store)
        // A pack with a chunk that another pack has too.
        let twice = try #require(StoredRevision.pack([revision.chunks[0]], revision.content))
        try await store.put(twice)
        let totals = try await store.packTotals()
        #expect(totals.packs == 3)
        #expect(totals.manifests == 1)
        #expect(totals.chunks == Set(revision.chunks).count)
        #expect(totals.rawBytes == Set(revision.chunks).reduce(0) { $0 + $1.length })
        #expect(totals.packBytes == (revision.packs + [twice]).reduce(0) { $0 + $1.slab.count })
        try Files.flipBit(path + "/" + ObjectName.pack(twice.name).path, byte: twice.slab.count - 40)
        #expect(await code { _ = try await store.packTotals() } == .integrity)
    }
}
