import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// What holds at every endpoint.
@Suite(.timeLimit(.minutes(5)))
struct S3GatewayTests {
    @Test("a pushed revision is read back byte for byte", arguments: Gateway.available)
    func roundTrip(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let store = try await place.create()
        let revision = try StoredRevision.small(packs: 3)
        #expect(try await store.push(revision) == 1)
        let other = try place.open()
        #expect(try await RevisionReader(other).newestEntry(.acme, .main).entry.manifest == revision.digest)
        try await expectWhole(revision, in: other)
        #expect(try await other.catalog().models == [.acme])
        #expect(try await other.refIndex(.acme)?.refs.map(\.n) == [1])
        // Hints for readers of the bare bucket.
        #expect(try await other.objectPaths("").contains("catalog.json"))
        let paths = try await other.objectPaths("refs/")
        #expect(paths == ["refs/acme/tiny/index.json", "refs/acme/tiny/main/0000000001", "refs/acme/tiny/main/latest"])
        #expect(try await other.objectPaths("intents/").isEmpty)
        #expect(try await other.objectPaths("private/").isEmpty)
        await store.close()
        await other.close()
    }

    @Test("init makes a store once, and none where something else lies", arguments: Gateway.available)
    func create(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let store = try place.open()
        #expect(await code { _ = try await RevisionReader(store).description() } == .notFound)
        try await store.create()
        try await store.create()
        _ = try await RevisionReader(store).description()
        try await store.removeObject("waybill.json")
        try await store.putObject("photos/cat.jpg", [1])
        #expect(await code { try await store.create() } == .conflict)
        await store.close()
    }

    @Test("what is not there is not found, and ranges are exact", arguments: Gateway.available)
    func reads(_ gateway: Gateway) async throws {
        let store = try await gateway.place().create()
        let revision = try StoredRevision.small(packs: 1)
        let pack = revision.packs[0]
        #expect(await code { _ = try await store.object(.pack(pack.name)) } == .notFound)
        try await store.put(pack)
        let slab = Slab(capacity: 1 << 20)
        try await store.read(.pack(pack.name), range: 8..<108, into: slab)
        try await store.read(.pack(pack.name), range: 0..<8, into: slab)
        #expect(slab.bytes(0..<slab.count) == pack.slab.bytes(8..<108) + pack.slab.bytes(0..<8))
        let end = pack.slab.count
        #expect(await code { try await store.read(.pack(pack.name), range: end - 5..<end + 5, into: slab) } == .integrity)
        #expect(await code { try await store.read(.pack(pack.name), range: end + 5..<end + 10, into: slab) } == .integrity)
        #expect(slab.count == 108)
        await store.close()
    }

    @Test("an object is created once", arguments: Gateway.available)
    func createOnce(_ gateway: Gateway) async throws {
        let store = try await gateway.place().create()
        #expect(try await store.createOnce("refs/a/b/c/0000000001", [1]))
        #expect(try await store.createOnce("refs/a/b/c/0000000001", [1]))
        #expect(try await store.createOnce("refs/a/b/c/0000000001", [2]) == false)
        #expect(try await store.object(.refEntry(ModelName(org: "a", name: "b"), RefName("c"), 1)) == [1])
        await store.close()
    }

    @Test("of twenty writers of one entry exactly one wins", arguments: Gateway.available)
    func race(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let first = try await place.create()
        let base = try StoredRevision.small(seed: 1, packs: 1)
        try await base.put(in: first)
        for n in 1...3 {
            let previous = try await RevisionReader(first).newestEntryBytes(.acme, .main)?.bytes
            let outcomes = try await withThrowingTaskGroup(of: (Int, ErrorCode?).self) { group in
                for writer in 0..<20 {
                    group.addTask {
                        let store = try place.open()
                        let item = try base.entry(n, previous: previous, time: "2026-01-01T00:00:\(10 + writer)Z")
                        let failed = await code { try await store.append(item.entry, envelope: item.envelope) }
                        await store.close()
                        return (writer, failed)
                    }
                }
                var all: [(Int, ErrorCode?)] = []
                for try await outcome in group { all.append(outcome) }
                return all
            }
            let winners = outcomes.filter { $0.1 == nil }.map(\.0)
            #expect(winners.count == 1, "entry \(n)")
            #expect(outcomes.filter { $0.1 != nil }.allSatisfy { $0.1 == .conflict }, "\(outcomes)")
            let kept = try await RevisionReader(first).entry(.acme, .main, n: n).entry.time
            #expect(kept == winners.first.map { "2026-01-01T00:00:\(10 + $0)Z" })
        }
        #expect(try await first.objectPaths("intents/").isEmpty)
        await first.close()
    }

    @Test("a second push asks the newest entries, and sends nothing twice", arguments: Gateway.available)
    func deduplication(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let store = try await place.create()
        let revision = try StoredRevision.small(seed: 5, packs: 2)
        try await store.push(revision)
        let other = try place.open()
        let lease = try await other.beginPush(of: [.acme])
        #expect(try await other.lacks(revision.chunks) == Array(repeating: false, count: revision.chunks.count))
        let stranger = try StoredRevision.small(seed: 6)
        #expect(try await other.lacks(stranger.chunks).contains(true))
        #expect(try await other.put(revision.segment, digest: revision.list).isEmpty)
        await lease.end()
        // Another model's chunks are known only where they are asked for.
        let elsewhere = try ModelName("acme/other")
        let bare = try await other.beginPush(of: [elsewhere])
        #expect(try await other.lacks(revision.chunks).allSatisfy { $0 })
        await bare.end()
        let based = try await other.beginPush(of: [elsewhere, .acme])
        #expect(try await other.lacks(revision.chunks).allSatisfy { !$0 })
        await based.end()
        await store.close()
        await other.close()
    }

    @Test("a killed push goes on from the packs that it had sent", arguments: Gateway.available)
    func resume(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let revision = try StoredRevision.small(seed: 7, packs: 3)
        let killed = try await place.create()
        _ = try await killed.beginPush(of: [.acme])
        try await killed.put(revision.packs[0])
        try await killed.put(revision.packs[1])
        await killed.close()

        let store = try place.open()
        let lease = try await store.beginPush(of: [.acme])
        let lacks = try await store.lacks(revision.chunks)
        let last = Set(revision.packs[2].footer.rows.map(\.name))
        #expect(zip(revision.chunks, lacks).allSatisfy { last.contains($0) == $1 })
        try await store.put(revision.packs[2])
        try await revision.put(in: store, withPacks: false)
        let item = try revision.entry()
        try await store.append(item.entry, envelope: item.envelope)
        await lease.end()
        try await expectWhole(revision, in: store)
        // The marks are gone, the intent of the killed push is left to the collector.
        #expect(try await store.objectPaths("private/").isEmpty)
        #expect(try await store.objectPaths("intents/").count == 1)
        #expect(try await store.objectPaths("packs/").count == 3)
        await store.close()
    }

    @Test("a pack that vanished is noticed before a locator names it", arguments: Gateway.available)
    func vanishedPack(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let store = try await place.create()
        let revision = try StoredRevision.small(seed: 8, packs: 2)
        try await store.push(revision)
        let gone = revision.packs[1]
        try await store.removeObject(ObjectName.pack(gone.name).path)
        let lease = try await store.beginPush(of: [.acme])
        #expect(try await store.lacks(revision.chunks).allSatisfy { !$0 })
        let missing = try await store.put(revision.segment, digest: revision.list)
        #expect(Set(missing) == Set(gone.footer.rows.map(\.name)))
        // Truncated is as good as gone.
        try await store.putObject(ObjectName.pack(gone.name).path, gone.slab.bytes(0..<20))
        try await lease.renew()
        #expect(Set(try await store.put(revision.segment, digest: revision.list)) == Set(gone.footer.rows.map(\.name)))
        try await store.put(gone)
        #expect(try await store.put(revision.segment, digest: revision.list).isEmpty)
        await lease.end()
        await store.close()
    }

    @Test("no entry names what is not whole", arguments: Gateway.available)
    func incomplete(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let store = try await place.create()
        let revision = try StoredRevision.small(seed: 9, packs: 2)
        let item = try revision.entry()
        func refused() async throws -> Bool {
            do {
                try await store.append(item.entry, envelope: item.envelope)
                return false
            } catch { return error.isIncomplete }
        }
        #expect(try await refused())
        try await revision.put(in: store)
        let paths = [
            ObjectName.pack(revision.packs[0].name).path, ObjectName.locator(revision.list).path, ObjectName.list(revision.list).path,
            ObjectName.manifest(revision.digest).path,
        ]
        for path in paths {
            // Another process, which did not put them itself.
            let other = try place.open()
            let bytes = try #require(try await other.bytes(path))
            try await other.removeObject(path)
            do {
                try await other.append(item.entry, envelope: item.envelope)
                Issue.record("\(path) was missing")
            } catch { #expect(error.isIncomplete, "\(error)") }
            try await other.putObject(path, bytes)
            await other.close()
        }
        let other = try place.open()
        try await other.append(item.entry, envelope: item.envelope)
        #expect(try await other.objectPaths("intents/").isEmpty)
        await other.close()
        await store.close()
    }

    @Test("names that differ only by case are refused", arguments: Gateway.available)
    func folding(_ gateway: Gateway) async throws {
        let store = try await gateway.place().create()
        let revision = try StoredRevision.small(packs: 1)
        try await store.push(revision)
        for (model, ref) in [("Acme/tiny", "main"), ("acme/tiny", "Main")] {
            let item = try revision.entry(model: model, ref: ref)
            #expect(await code { try await store.append(item.entry, envelope: item.envelope) } == .conflict)
        }
        await store.close()
    }

    @Test("wrong keys end at once, and no message shows any", arguments: Gateway.available)
    func wrongKeys(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        try await place.create().close()
        for environment in [
            ["AWS_SECRET_ACCESS_KEY": "SECRETVALUE"], ["AWS_ACCESS_KEY_ID": "NOBODYKEY"],
            ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""],
        ] {
            let said = Said()
            let store = try place.open(environment: environment) { said.add($0) }
            let error = await failure { _ = try await RevisionReader(store).description() }
            #expect(error?.code == .authentication)
            for text in ["\(error.map { "\($0)" } ?? "")", said.all] {
                #expect(!text.contains("SECRETVALUE") && !text.contains("NOBODYKEY") && !text.contains(place.secretKey), "\(text)")
            }
            await store.close()
        }
    }

    @Test("there is no such bucket", arguments: Gateway.available)
    func noBucket(_ gateway: Gateway) async throws {
        let place = try gateway.place()
        let access = try S3Access(
            bucket: "no-such-bucket", settings: S3Settings(endpoint: place.endpoint),
            environment: { ["AWS_ACCESS_KEY_ID": place.accessKey, "AWS_SECRET_ACCESS_KEY": place.secretKey][$0] }, file: { _ in nil })
        let store = S3Store(access, prefix: "", label: "s3://no-such-bucket", retry: RetryPolicy(patience: 3))
        let error = await failure { try await store.create() }
        #expect(error?.code == .notFound)
        #expect(error?.cause.contains("no such bucket") == true)
        await store.close()
    }
}
