import Foundation
import Synchronization
import Testing
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// What pushes keep as evidence, and what pulls with a policy read.
@Suite struct EvidenceTests {
    private let place = TemporaryFolder("evidence")
    private let work = Work(threads: 2)

    /// A store as older Waybills knew it: it keeps no evidence.
    private struct OlderStore: RevisionStore {
        let store: DirectoryStore
        var label: String { store.label }
        func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] { try await store.object(name, fresh: fresh) }
        func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
            try await store.read(name, range: range, into: slab)
        }
        func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] { try await store.lacks(chunks) }
        func put(_ pack: FinishedPack) async throws(StoreError) { try await store.put(pack) }
        func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName] {
            try await store.put(segment, digest: digest)
        }
        func put(manifest: [UInt8], digest: Digest, progress: @escaping @Sendable (Int, Int) -> Void) async throws(StoreError) {
            try await store.put(manifest: manifest, digest: digest, progress: progress)
        }
        func put(attestation bytes: [UInt8]) async throws(StoreError) { try await store.put(attestation: bytes) }
        func append(keySet envelope: [UInt8], org: OrganizationName, n: Int) async throws(StoreError) {
            try await store.append(keySet: envelope, org: org, n: n)
        }
        func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) { try await store.append(entry, envelope: envelope) }
    }

    /// As `OlderStore`, seen through a client that knows evidence; or one that counts what it is asked for.
    private final class OtherStore: RevisionStore, EvidenceStore {
        let older: OlderStore
        let isOlder: Bool
        let asked = Mutex<[[ChunkName]]>([])
        /// What it says, once, that it lacks.
        let lost = Mutex<[ChunkName]>([])
        init(_ store: DirectoryStore, isOlder: Bool) { (older, self.isOlder) = (OlderStore(store: store), isOlder) }
        var label: String { older.label }
        func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] { try await older.object(name, fresh: fresh) }
        func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
            try await older.read(name, range: range, into: slab)
        }
        func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] { try await older.lacks(chunks) }
        func put(_ pack: FinishedPack) async throws(StoreError) { try await older.put(pack) }
        func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName] {
            try await older.put(segment, digest: digest)
        }
        func put(manifest: [UInt8], digest: Digest, progress: @escaping @Sendable (Int, Int) -> Void) async throws(StoreError) {
            try await older.put(manifest: manifest, digest: digest, progress: progress)
        }
        func put(attestation bytes: [UInt8]) async throws(StoreError) { try await older.put(attestation: bytes) }
        func append(keySet envelope: [UInt8], org: OrganizationName, n: Int) async throws(StoreError) {
            try await older.append(keySet: envelope, org: org, n: n)
        }
        func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) { try await older.append(entry, envelope: envelope) }
        func keepEvidence(_ chunks: [ChunkName]) async throws(StoreError) -> [ChunkName] {
            guard !isOlder else { throw StoreError(.notFound, subject: "v1/evidence", cause: "is not here") }
            asked.withLock { $0.append(chunks) }
            let lost = lost.withLock { lost in
                defer { lost = [] }
                return lost.isEmpty ? [] : Array(chunks.prefix(1))
            }
            return try await older.store.keepEvidence(chunks) + lost
        }
    }

    private func model(_ name: String = "m") throws {
        _ = try ModelMaker.write(place, name, megabytes: 6)
        try place.write("\(name)/LICENSE", "Nothing that anybody knows.\n")
        try place.write("\(name)/disclosure.yaml", "disclosure: 1\n")
    }

    @discardableResult
    private func push(_ store: any RevisionStore, _ name: String = "m") async throws -> TransferReport {
        try await Push(
            directory: place.path(name), store: store, remote: "file:///store", model: try ModelName("acme/tiny"), ref: .main, work: work,
            progress: { _ in }
        ).run()
    }

    private func pull(_ store: any ChunkSource, _ name: String, policy: Bool) async throws -> TransferReport {
        var options = PullOptions()
        if policy {
            let text = "waybillPolicy: 1\nname: open\nrules:\n  - {id: all, effect: allow, reason: everything}\n"
            let read = try #require(PolicyReader.read(Array(text.utf8), digest: SHA256.digest(of: Array(text.utf8))).policy)
            let log = DecisionLog(path: place.path("decisions.jsonl"))
            options.policy = PolicyEnforcement([read], command: "pull", log: log) { "2026-01-01T00:00:00Z" }
        }
        return try await Pull(
            source: store, remote: "file:///store", model: try ModelName("acme/tiny"), ref: .main, directory: place.path(name),
            options: options, work: work, progress: { _ in }
        ).run()
    }

    private func create() async throws -> DirectoryStore { try await DirectoryStore.create(place.path("store"), work: work) }

    private func evidence() -> [String] { Files.list(place.path("store/evidence")) }

    @Test("a push keeps exactly the chunks that papers are read from, and one that changes nothing asks for nothing")
    func kept() async throws {
        try model()
        let store = OtherStore(try await create(), isOlder: false)
        let first = try await push(store)
        let small = try ["README.md", "LICENSE", "disclosure.yaml"].map { SHA256.digest(of: try Files.read(place.path("m/\($0)"))) }
        #expect(Set(store.asked.withLock { Array($0.joined()) }.map(\.digest)) == Set(small))
        #expect(Set(evidence().map { String($0.suffix(64)) }) == Set(small.map(\.hex)))
        #expect(try await push(store).unchanged)
        #expect(store.asked.withLock { $0.count } == 1)
        let rule = try await RevisionEvidence.rule(first.manifest, store.older.store, work)
        #expect(Set(rule.map(\.digest)) == Set(small))
        // A changed model asks again for all, so that a collector sees that they are relied upon.
        try place.write("m/notes.txt", "more")
        try await push(store)
        #expect(store.asked.withLock { $0.map(\.count) } == [3, 3])
    }

    @Test("of a large GGUF file the header's chunks are kept, and hardly more")
    func gguf() async throws {
        func number(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        func text(_ text: String) -> [UInt8] { number(text.utf8.count, 8) + Array(text.utf8) }
        // Two megabytes of words, then a tensor of 16.
        let words = (0..<150_000).map { "word-\($0 &* 2_654_435_761 % 1_000_003)" }
        var header = Array("GGUF".utf8)
        for part in [
            number(3, 4), number(1, 8), number(2, 8), text("general.license"), number(8, 4), text("mit"), text("tokenizer.ggml.tokens"),
            number(9, 4), number(8, 4), number(words.count, 8),
        ] { header += part }
        for word in words { header += text(word) }
        for part in [text("t"), number(1, 4), number(4 << 20, 8), number(0, 4), number(0, 8)] { header += part }
        header += [UInt8](repeating: 0, count: (32 - header.count % 32) % 32)
        var generator = SeededGenerator(seed: 5)
        try place.write("m/model.gguf", header + generator.bytes(16 << 20))
        let store = try await create()
        let report = try await push(store)
        let chunks = try await RevisionEvidence.rule(report.manifest, store, work)
        let total = chunks.reduce(0) { $0 + $1.length }
        #expect(total >= header.count && total <= header.count + (3 << 20), "\(total) of \(header.count)")
        // What was kept is what the gate reads.
        #expect(try await pull(store, "out", policy: true).bytesTotal == report.bytesTotal)
    }

    @Test("what an older Waybill pushed is pulled without a policy, refused with one, and mended by a repair")
    func olderPusher() async throws {
        try model()
        let store = try await create()
        try await push(OlderStore(store: store))
        #expect(evidence() == [])
        _ = try await pull(store, "free", policy: false)
        do {
            _ = try await pull(store, "out", policy: true)
            Issue.record("was not refused")
        } catch let error as TransferError {
            #expect(error.code == .policy && error.cause.contains("rule claims") && error.cause.contains("withholds"), "\(error)")
            #expect(error.remedy.contains("store repair"))
        }
        #expect(Files.list(place.path("out")).allSatisfy { $0.hasPrefix(".waybill/") })
        let repair = try await StoreRepair(place.path("store"), evidence: RevisionEvidence.rule, work: work).run()
        #expect(repair.after.isWhole && evidence().count == 3)
        _ = try await pull(store, "out", policy: true)
        #expect(try Files.differences(place.path("m"), place.path("out")) == [])
    }

    @Test("a push to an older mirror is done, and says what it lacks")
    func olderMirror() async throws {
        try model()
        let store = OtherStore(try await create(), isOlder: true)
        let report = try await push(store)
        #expect(report.entry == 1 && report.notices.contains { $0.contains("keeps no evidence") }, "\(report.notices)")
    }

    @Test("a store that lost a chunk meanwhile gets it again")
    func lost() async throws {
        try model()
        let store = OtherStore(try await create(), isOlder: false)
        store.lost.withLock { $0 = [ChunkName(digest: SHA256.digest(of: [1]), length: 1)].compactMap { $0 } }
        let report = try await push(store)
        #expect(report.entry == 1 && store.asked.withLock { $0.count } == 2)
    }

    @Test("damaged evidence ends a pull with a policy, as damage")
    func damaged() async throws {
        try model()
        let store = try await create()
        try await push(store)
        let readme = SHA256.digest(of: try Files.read(place.path("m/README.md")))
        let path = place.path("store/\(ObjectName.evidence(readme).path)")
        try Files.flipBit(path, byte: try Files.read(path).count / 2)
        do {
            _ = try await pull(store, "out", policy: true)
            Issue.record("was not refused")
        } catch let error as TransferError {
            #expect(error.code == .integrity, "\(error)")
        }
        // Whoever may read packs does.
        _ = try await pull(store, "free", policy: false)
        let evidence = try await ModelEvidence.revision(
            source: store, model: try ModelName("acme/tiny"), ref: .main, revision: nil, work: work)
        let claims = try await evidence.read { PapersDerivation.derive($0).papers[.licenses].map(\.value) }
        #expect(claims == ["apache-2.0"])
    }
}
