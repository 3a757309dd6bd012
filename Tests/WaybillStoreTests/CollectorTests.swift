import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite(.timeLimit(.minutes(2)))
struct CollectorTests {
    private let place = TemporaryFolder("collector")

    private var path: String { place.path("store") }

    private func create() async throws -> DirectoryStore { try await DirectoryStore.create(path, work: Shared.work, proof: .byStore) }

    /// Another process's view of the store.
    private func open() async throws -> DirectoryStore { try await DirectoryStore.open(path, work: Work(threads: 2)) }

    private func options(last: Int? = 1, grace: Int = 0, repackAbove: Int = 30, isDryRun: Bool = false) -> CollectionOptions {
        var options = CollectionOptions()
        options.retention.last = last
        options.grace = grace
        options.repackAbove = repackAbove
        options.isDryRun = isDryRun
        return options
    }

    private func collect(_ store: DirectoryStore, _ options: CollectionOptions? = nil) async throws -> CollectionReport {
        // File systems stamp in steps of some milliseconds: what was just written would be young.
        try await Task.sleep(for: .milliseconds(20))
        return try await Collector(store, options: options ?? self.options()).run()
    }

    /// Pushes a revision as the next entry of a ref.
    @discardableResult
    private func push(_ revision: StoredRevision, to store: DirectoryStore, ref: String = "main") async throws -> Int {
        try await revision.put(in: store)
        return try await commit(revision, to: store, ref: ref)
    }

    @discardableResult
    private func commit(_ revision: StoredRevision, to store: DirectoryStore, ref: String = "main") async throws -> Int {
        let newest = try await RevisionReader(store).newestEntryBytes(.acme, try RefName(ref))
        let item = try revision.entry((newest?.n ?? 0) + 1, previous: newest?.bytes, ref: ref)
        try await store.append(item.entry, envelope: item.envelope)
        return item.entry.n
    }

    private func has(_ name: ObjectName) -> Bool { Files.exists(path + "/" + name.path) }

    /// Every chunk of the revision is where its locator says, byte for byte.
    private func expectWhole(_ revision: StoredRevision, _ location: SourceLocation = #_sourceLocation) async throws {
        let reader = RevisionReader(try await open())
        _ = try await reader.manifest(revision.digest)
        let locator = try await reader.locator(revision.list, rows: revision.chunks.count)
        let decoder = FrameReader()
        for (name, found) in zip(revision.chunks, locator.places) {
            let at = try #require(found, sourceLocation: location)
            let pack = try Files.read(path + "/" + ObjectName.pack(at.pack).path)
            #expect(try decoder.decode(pack, at, name) == revision.content[name], sourceLocation: location)
        }
    }

    /// Makes a file old.
    private func age(_ relative: String, days: Int) throws {
        let date = Date().addingTimeInterval(-86_400 * Double(days))
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path + "/" + relative)
    }

    private func sets() -> [String] { Files.list(path + "/gc").filter { !$0.hasSuffix(".waits") } }

    // MARK: What goes and what stays

    @Test("without rules everything that an entry names stays; what no entry names goes")
    func everythingNamed() async throws {
        let store = try await create()
        let (one, two, stray) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2), try StoredRevision.small(seed: 3))
        try await push(one, to: store)
        try await push(two, to: store)
        try await stray.put(in: store)
        let report = try await collect(store, options(last: nil))
        #expect(report.condemned.packs == stray.packs.count && report.freed == report.condemned)
        #expect(report.freed.revisions == 1 && report.revisionsKept == 2)
        #expect(report.freed.bytes == stray.packs.reduce(0) { $0 + $1.slab.count })
        try await expectWhole(one)
        try await expectWhole(two)
        for name in [ObjectName.manifest(stray.digest), .list(stray.list), .locator(stray.list)] { #expect(!has(name)) }
        #expect(stray.packs.allSatisfy { !has(.pack($0.name)) })
        #expect(Files.list(path + "/gc") == [])
        #expect(Files.list(path + "/private/tmp") == [])
        // A second run has nothing to do.
        #expect(try await collect(store, options(last: nil)).condemned == .init())
    }

    @Test("with a grace what is condemned waits for it, and is deleted by a later run")
    func grace() async throws {
        let store = try await create()
        let (one, two) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2))
        try await push(one, to: store)
        try await push(two, to: store)
        let first = try await collect(store, options(grace: 3_600))
        #expect(first.condemned.packs == 2 && first.freed.packs == 0 && first.waiting.count == 1)
        #expect(sets().count == 1)
        // Readers with old locators finish.
        try await expectWhole(one)
        let second = try await collect(store, options(grace: 3_600))
        #expect(second.condemned.packs == 0 && second.waiting == first.waiting)
        for name in Files.list(path + "/gc") { try age("gc/" + name, days: 1) }
        let third = try await collect(store, options(grace: 3_600))
        #expect(third.freed.packs == 2 && third.freed.revisions == 1 && third.waiting.isEmpty)
        #expect(!has(.manifest(one.digest)))
        try await expectWhole(two)
    }

    @Test("evidence goes when no list names its chunk: not that of live revisions, nor what a push has just asked for")
    func evidence() async throws {
        let store = try await create()
        let (one, two) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2))
        try await push(one, to: store)
        try await push(two, to: store)
        #expect(try await store.keepEvidence(one.chunks + two.chunks) == [])
        try await Task.sleep(for: .milliseconds(20))
        let foreseen = try await collect(store, options(grace: 3_600, isDryRun: true))
        // The lists of a condemned revision still stand: an entry may name it again.
        #expect(foreseen.evidence == 0 && foreseen.condemned.revisions == 1)
        _ = try await collect(store, options(grace: 3_600))
        #expect(one.chunks.allSatisfy { has(.evidence($0.digest)) })
        for name in Files.list(path + "/gc") { try age("gc/" + name, days: 1) }
        let report = try await collect(store, options(grace: 3_600))
        let dead = Set(one.chunks).subtracting(two.chunks)
        #expect(report.freed.revisions == 1 && report.evidence == dead.count)
        #expect(dead.allSatisfy { !has(.evidence($0.digest)) })
        #expect(two.chunks.allSatisfy { has(.evidence($0.digest)) })
        #expect(Files.list(path + "/evidence").count == Set(two.chunks).count)
    }

    @Test("evidence that a running push has asked for stays, also where it stood before")
    func evidenceOfAPush() async throws {
        let store = try await create()
        let stray = try StoredRevision.small(seed: 3)
        for pack in stray.packs { try await store.put(pack) }
        #expect(try await store.keepEvidence(stray.chunks) == [])
        try await Task.sleep(for: .milliseconds(20))
        let pusher = try await open()
        let lease = try await pusher.beginPush()
        let asked = stray.chunks[1]
        #expect(try await pusher.keepEvidence([asked]) == [])
        try await Task.sleep(for: .milliseconds(20))
        let report = try await Collector(store, options: options()).run()
        #expect(report.evidence == Set(stray.chunks).count - 1 && has(.evidence(asked.digest)))
        await lease.end()
        #expect(try await collect(store).evidence == 1)
        #expect(Files.list(path + "/evidence") == [])
    }

    @Test("the newest entry keeps its revision, also when it is withdrawn")
    func withdrawn() async throws {
        let store = try await create()
        let revision = try StoredRevision.small()
        try await push(revision, to: store)
        let newest = try #require(try await RevisionReader(store).newestEntryBytes(.acme, .main))
        let entry = RefEntry(
            model: .acme, ref: .main, n: 2, previous: SHA256.digest(of: newest.bytes), manifest: revision.digest, state: .withdrawn,
            reason: "test", time: "2026-01-01T00:00:00Z")
        try await store.append(entry, envelope: entry.encodedEnvelope(sha256: SHA256.digest(of:)))
        #expect(try await collect(store).condemned == .init())
        try await expectWhole(revision)
    }

    @Test("what is condemned and named again is revived")
    func revived() async throws {
        let store = try await create()
        let (one, two) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2))
        try await push(one, to: store)
        try await push(two, to: store)
        #expect(try await collect(store, options(grace: 3_600)).condemned.packs == 2)
        // Nothing is sent: the revision is whole, and a ref is made to name it.
        try await commit(one, to: store, ref: "prod")
        let report = try await collect(store)
        #expect(report.revived.packs == 2 && report.revived.revisions == 1 && report.freed == .init())
        #expect(sets().isEmpty)
        try await expectWhole(one)
        try await expectWhole(two)
        #expect(try await store.lacks(one.chunks).allSatisfy { !$0 })
    }

    @Test("a wider rule revives what a narrower one condemned")
    func widerRule() async throws {
        let store = try await create()
        let (one, two) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2))
        try await push(one, to: store)
        try await push(two, to: store)
        #expect(try await collect(store, options(grace: 3_600)).condemned.revisions == 1)
        let report = try await collect(store, options(last: nil))
        #expect(report.revived.revisions == 1 && report.freed == .init())
        try await expectWhole(one)
    }

    @Test("a dry run says what would go, and changes nothing")
    func dryRun() async throws {
        let store = try await create()
        let (one, two) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2))
        try await push(one, to: store)
        try await push(two, to: store)
        let before = Files.list(path)
        let foretold = try await collect(store, options(isDryRun: true))
        #expect(foretold.condemned.packs == 2 && foretold.condemned.revisions == 1 && foretold.isDryRun)
        #expect(Files.list(path) == before)
        #expect(try await collect(store).freed == foretold.condemned)
    }

    // MARK: Repacking

    /// Two revisions in one pack, of which the first is most.
    private func mixed() throws -> (all: StoredRevision, part: StoredRevision) {
        var generator = SeededGenerator(seed: 7)
        let (big, small) = (generator.bytes(9_000), generator.bytes(3_000))
        return (try StoredRevision([("a", big), ("b", small)]), try StoredRevision([("b", small)]))
    }

    @Test("of a partly dead pack the live chunks move to another one, and old locators are written anew")
    func repacking() async throws {
        let store = try await create()
        let (all, part) = try mixed()
        try await push(all, to: store)
        try await part.put(in: store, withPacks: false)
        try await commit(part, to: store)
        let before = try await RevisionReader(store).locator(part.list, rows: part.chunks.count)
        #expect(before.packs == [all.packs[0].name])
        let other = try await open()
        #expect(try await other.lacks(part.chunks).allSatisfy { !$0 })
        let report = try await collect(store)
        #expect(report.repacked.packs == 1 && report.freed.packs == 1)
        #expect(!has(.pack(all.packs[0].name)))
        try await expectWhole(part)
        #expect(try await store.packTotals().chunks == part.chunks.count)
        // A mirror that runs finds the chunks in their new pack, and makes the same locators.
        #expect(try await other.lacks(part.chunks).allSatisfy { !$0 })
        #expect(try await other.makeLocator(part.list) == [])
        try await expectWhole(part)
        #expect(try await collect(store).condemned == .init())
    }

    @Test("a pack below the bound stays as it is")
    func belowTheBound() async throws {
        let store = try await create()
        let (all, part) = try mixed()
        try await push(all, to: store)
        try await part.put(in: store, withPacks: false)
        try await commit(part, to: store)
        let report = try await collect(store, options(repackAbove: 90))
        #expect(report.repacked.packs == 0 && report.freed.packs == 0 && report.freed.revisions == 1)
        try await expectWhole(part)
    }

    @Test("a pack with a damaged frame is not repacked, and stays")
    func damagedFrame() async throws {
        let store = try await create()
        let (all, part) = try mixed()
        try await push(all, to: store)
        try await part.put(in: store, withPacks: false)
        try await commit(part, to: store)
        let name = all.packs[0].name
        let row = try #require(all.packs[0].footer.rows.last)
        try Files.flipBit(path + "/" + ObjectName.pack(name).path, byte: row.offset + row.stored / 2)
        let report = try await collect(store)
        #expect(report.repacked.packs == 0 && report.freed.packs == 0)
        #expect(report.notices.contains { $0.contains(name.hex) })
        #expect(has(.pack(name)))
    }

    @Test("of a chunk in two packs one copy is enough")
    func duplicates() async throws {
        let store = try await create()
        let revision = try StoredRevision.small(packs: 1)
        try await push(revision, to: store)
        let again = try #require(StoredRevision.pack(Array(Set(revision.chunks)), revision.content))
        try await store.put(again)
        let report = try await collect(store)
        #expect(report.freed.packs == 1)
        try await expectWhole(revision)
        #expect(try await open().lacks(revision.chunks).allSatisfy { !$0 })
        #expect(try await store.packTotals().packs == 1)
    }

    // MARK: Writers

    @Test("from the moment a set exists, writers of every process take what it names for absent")
    func condemnedIsAbsent() async throws {
        let store = try await create()
        let running = try await open()
        let (one, two) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2))
        try await push(one, to: store)
        try await push(two, to: store)
        #expect(try await running.lacks(one.chunks).allSatisfy { !$0 })
        _ = try await collect(store, options(grace: 3_600))
        #expect(try await running.lacks(one.chunks).allSatisfy { $0 })
        #expect(try await running.lacks(two.chunks).allSatisfy { !$0 })
        #expect(Set(try await running.makeLocator(one.list)) == Set(one.chunks))
        // The chunks are sent again, by a push that the set does not wait for; its list and manifest are spared.
        let lease = try await running.beginPush()
        let again = try #require(StoredRevision.pack(Array(Set(one.chunks)), one.content))
        try await running.put(again)
        #expect(try await running.put(one.segment, digest: one.list) == [])
        try await running.put(manifest: one.manifestBytes, digest: one.digest) { _, _ in }
        _ = try await collect(store)
        #expect(has(.manifest(one.digest)) && has(.list(one.list)) && has(.locator(one.list)))
        #expect(one.packs.allSatisfy { !has(.pack($0.name)) })
        try await commit(one, to: running, ref: "again")
        await lease.end()
        _ = try await collect(store)
        try await expectWhole(one)
    }

    @Test("a push under way is waited for, and what it sent is not even condemned")
    func pushUnderWay() async throws {
        let store = try await create()
        let writer = try await open()
        let (old, kept, fresh) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2), try StoredRevision.small(seed: 3))
        try await push(old, to: store)
        try await push(kept, to: store)
        try await Task.sleep(for: .milliseconds(20))
        let lease = try await writer.beginPush()
        #expect(Files.list(path + "/intents").count == 1)
        #expect(try await writer.lacks(old.chunks).allSatisfy { !$0 })
        for pack in fresh.packs { try await writer.put(pack) }
        let during = try await collect(store)
        #expect(during.condemned.packs == 2 && during.freed == .init())
        #expect(during.waiting.first?.intents.map(\.text) == Files.list(path + "/intents"))
        #expect(fresh.packs.allSatisfy { has(.pack($0.name)) })
        // It relies on an answer from before the set, and commits.
        try await commit(old, to: writer, ref: "again")
        await lease.end()
        #expect(Files.list(path + "/intents") == [])
        let after = try await collect(store)
        #expect(after.revived.packs == 2)
        try await expectWhole(old)
        // What the push left uncommitted is garbage now.
        #expect(fresh.packs.allSatisfy { !has(.pack($0.name)) })
    }

    @Test("the intent of a process that is gone holds nobody up; one that is not renewed for a week neither")
    func abandonedIntents() async throws {
        let store = try await create()
        let (one, two) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2))
        try await push(one, to: store)
        try await push(two, to: store)
        // Its process is gone: nobody holds the file's lock.
        try place.write("store/intents/" + PushName.random().text, WriterIntent(holder: .process, startedAt: 1).encoded())
        let mirrors = PushName.random()
        try place.write("store/intents/" + mirrors.text, WriterIntent(holder: .mirror, startedAt: 1).encoded())
        let first = try await collect(store)
        // Everything is younger than the intent says it is.
        #expect(first.condemned == .init() && first.abandonedIntents == 1)
        #expect(Files.list(path + "/intents") == [mirrors.text])
        try age("intents/" + mirrors.text, days: 6)
        #expect(try await collect(store).condemned == .init())
        try age("intents/" + mirrors.text, days: 8)
        let last = try await collect(store)
        #expect(last.abandonedIntents == 1 && last.freed.packs == 2)
    }

    @Test("an intent that was taken away is made anew when the push starts over")
    func leaseRenewal() async throws {
        let store = try await create()
        let lease = try await store.beginPush()
        let first = try #require(Files.list(path + "/intents").first)
        try await lease.renew()
        #expect(Files.list(path + "/intents") == [first])
        try FileManager.default.removeItem(atPath: path + "/intents/" + first)
        try await lease.renew()
        #expect(Files.list(path + "/intents").count == 1 && Files.list(path + "/intents") != [first])
        await lease.end()
        await lease.end()
        #expect(Files.list(path + "/intents") == [])
    }

    @Test("a commit whose chunks, list or manifest were collected meanwhile is refused, and nothing dangles")
    func staleCommit() async throws {
        let store = try await create()
        let writer = try await open()
        let revision = try StoredRevision.small(seed: 1)
        try await push(try StoredRevision.small(seed: 2), to: store)
        for steps in 1...3 {
            for pack in revision.packs { try await writer.put(pack) }
            if steps >= 2 { #expect(try await writer.put(revision.segment, digest: revision.list) == []) }
            if steps >= 3 { try await writer.put(manifest: revision.manifestBytes, digest: revision.digest) { _, _ in } }
            #expect(try await collect(store).freed.packs == 2)
            if steps < 2 { #expect(try await writer.put(revision.segment, digest: revision.list).isEmpty == false) }
            if steps < 3 {
                await #expect(throws: StoreError.self) {
                    try await writer.put(manifest: revision.manifestBytes, digest: revision.digest) { _, _ in }
                    try await commit(revision, to: writer, ref: "late")
                }
            }
            do {
                try await commit(revision, to: writer, ref: "late")
                Issue.record("a revision without chunks was committed")
            } catch let error as StoreError {
                #expect(error.isIncomplete && error.code == .integrity)
            }
            #expect(try await store.refIndex(.acme)?.refs.map(\.ref.text) == ["main"])
        }
    }

    @Test("a locator of a list that was collected meanwhile lets the push start over")
    func staleList() async throws {
        let store = try await create()
        let revision = try StoredRevision.small()
        for pack in revision.packs { try await store.put(pack) }
        try await store.putList(revision.segment, digest: revision.list)
        #expect(try await collect(store).freed.packs == 2)
        do {
            _ = try await store.makeLocator(revision.list)
            Issue.record("a locator was made of a list that is gone")
        } catch {
            #expect(error.isIncomplete && error.code == .integrity)
        }
    }

    @Test("a commit finds a chunk that moved, and writes the locator anew")
    func staleLocator() async throws {
        let store = try await create()
        let revision = try StoredRevision.small(packs: 1)
        try await revision.put(in: store)
        let again = try #require(StoredRevision.pack(Array(Set(revision.chunks)), revision.content))
        try await store.put(again)
        try FileManager.default.removeItem(atPath: path + "/" + ObjectName.pack(revision.packs[0].name).path)
        try await commit(revision, to: store)
        try await expectWhole(revision)
    }

    // MARK: Harm

    @Test("if a retained revision cannot be read, nothing is condemned")
    func unreadableRevision() async throws {
        let store = try await create()
        let (one, two, stray) = (try StoredRevision.small(seed: 1), try StoredRevision.small(seed: 2), try StoredRevision.small(seed: 3))
        try await push(one, to: store)
        try await push(two, to: store)
        try await stray.put(in: store)
        for name in [ObjectName.list(two.list), .manifest(two.digest)] {
            try Files.flipBit(path + "/" + name.path, byte: 30)
            #expect(await code { _ = try await collect(store) } == .integrity)
            try Files.flipBit(path + "/" + name.path, byte: 30)
        }
        #expect(Files.list(path + "/gc") == [])
        #expect(stray.packs.allSatisfy { has(.pack($0.name)) })
        #expect(try await collect(store).freed.packs == 4)
    }

    @Test("a damaged set deletes nothing, and is made anew")
    func damagedSet() async throws {
        let store = try await create()
        try await push(try StoredRevision.small(seed: 1), to: store)
        try await push(try StoredRevision.small(seed: 2), to: store)
        _ = try await collect(store, options(grace: 3_600))
        try Files.flipBit(path + "/gc/" + sets()[0], byte: 40)
        let report = try await collect(store, options(grace: 3_600))
        #expect(report.freed == .init() && report.condemned.packs == 2 && sets().count == 1)
        #expect(report.notices.count == 1)
    }

    @Test("a run that was killed after it condemned is continued, whatever it had written down", arguments: [true, false])
    func continued(hasWaits: Bool) async throws {
        let store = try await create()
        try await push(try StoredRevision.small(seed: 1), to: store)
        try await push(try StoredRevision.small(seed: 2), to: store)
        _ = try await collect(store, options(grace: 3_600))
        if !hasWaits { try FileManager.default.removeItem(atPath: path + "/gc/" + sets()[0] + ".waits") }
        #expect(try await collect(store).freed.packs == 2)
        #expect(Files.list(path + "/gc") == [])
    }

    @Test("temporary files go when nobody has written to them for a day")
    func temporaryFiles() async throws {
        let store = try await create()
        try await push(try StoredRevision.small(), to: store)
        let places = ["", "private/", "private/tmp/", "private/index/", "refs/acme/tiny/", "refs/acme/tiny/main/"]
        for folder in places {
            for name in ["tmp-young", "tmp-old"] { try place.write("store/\(folder)\(name)", "left") }
            try age("\(folder)tmp-old", days: 2)
        }
        try place.write("store/gc/" + PushName.random().text + ".waits", "{}")
        #expect(try await collect(store).temporaryFiles == places.count + 1)
        for folder in places {
            #expect(Files.exists("\(path)/\(folder)tmp-young"))
            #expect(!Files.exists("\(path)/\(folder)tmp-old"))
        }
    }

    @Test("one collector at a time")
    func oneAtATime() async throws {
        let store = try await create()
        _ = try await collect(store)
        let lock = try OwnedFile.open(path + "/private/locks/collector", .readWrite)
        #expect(lock.tryLock())
        #expect(await code { _ = try await collect(store) } == .conflict)
        // Looking is free.
        _ = try await collect(store, options(isDryRun: true))
    }
}

/// Reads one chunk from a pack's bytes.
struct FrameReader {
    private let context = WorkContext()

    func decode(_ pack: [UInt8], _ place: ChunkPlace, _ name: ChunkName) throws -> [UInt8] {
        context.frame.resize(0)
        context.frame.append(pack[place.offset..<place.offset + place.stored].span)
        try context.decoder.decode(
            context.frame, range: 0..<context.frame.count, rawLength: name.length, into: context.chunk, subject: "pack")
        return context.chunk.bytes(0..<context.chunk.count)
    }
}
