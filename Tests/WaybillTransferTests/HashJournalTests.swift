import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// What a push remembers of the files that it hashed.
@Suite struct HashJournalTests {
    /// Counts what is read of model files.
    private final class Reads: DiskObserver {
        private let bytes = Counter()

        var count: Int { bytes.value }

        func fault(before operation: DiskOperation) -> DiskFault? { nil }

        func happened(_ operation: DiskOperation) {
            if case .read(_, _, let count) = operation { bytes.add(count) }
        }
    }

    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var sum = 0
        var value: Int { lock.withLock { sum } }
        func add(_ number: Int) { lock.withLock { sum += number } }
    }

    /// A directory store that takes so many packs and then fails, as if the push were killed there.
    private struct Failing: RevisionStore {
        let store: DirectoryStore
        let packs: Counter
        let limit: Int

        var label: String { store.label }
        func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] { try await store.object(name, fresh: fresh) }
        func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
            try await store.read(name, range: range, into: slab)
        }
        func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] { try await store.lacks(chunks) }
        func put(_ pack: FinishedPack) async throws(StoreError) {
            packs.add(1)
            guard packs.value <= limit else { throw StoreError(.unavailable, subject: "test", cause: "killed") }
            try await store.put(pack)
        }
        func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName] {
            try await store.put(segment, digest: digest)
        }
        func put(manifest bytes: [UInt8], digest: Digest, progress: @escaping @Sendable (Int, Int) -> Void) async throws(StoreError) {
            try await store.put(manifest: bytes, digest: digest, progress: progress)
        }
        func put(attestation bytes: [UInt8]) async throws(StoreError) { try await store.put(attestation: bytes) }
        func append(keySet envelope: [UInt8], org: OrganizationName, n: Int) async throws(StoreError) {
            try await store.append(keySet: envelope, org: org, n: n)
        }
        func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) { try await store.append(entry, envelope: envelope) }
    }

    private let place = TemporaryFolder("hashes")
    private let work = Work(threads: 2)

    private func push(_ store: any RevisionStore, rehash: Bool = false, ref: String = "main") async throws -> TransferReport {
        var options = PushOptions()
        options.rehash = rehash
        return try await Push(
            directory: place.path("model"), store: store, remote: "file:///store", model: try ModelName("acme/tiny"), ref: try RefName(ref),
            options: options, work: work, progress: { _ in }
        ).run()
    }

    /// Runs `body` and tells how many bytes of model files it read.
    private func reads(_ body: () async throws -> Void) async throws -> Int {
        let reads = Reads()
        DiskObservation.begin(reads, below: place.path("model"))
        defer { DiskObservation.end(reads) }
        try await body()
        return reads.count
    }

    /// Long enough ago that nobody can have written in the same tick.
    private func age() { Thread.sleep(forTimeInterval: 0.1) }

    @Test("an unchanged push reads no file, --rehash reads all, and both give the same revision")
    func unchanged() async throws {
        _ = try ModelMaker.write(place, "model", megabytes: 12, seed: 4)
        age()
        let store = try await DirectoryStore.create(place.path("store"), work: work)
        let first = try await push(store)
        var second: TransferReport?
        let quiet = try await reads { second = try await push(store) }
        // The record itself, and evidence for the papers.
        #expect(quiet < 4 << 20, "\(quiet) bytes were read")
        #expect(second?.manifest == first.manifest && second?.unchanged == true)
        var third: TransferReport?
        let loud = try await reads { third = try await push(store, rehash: true) }
        #expect(loud >= first.bytesTotal)
        #expect(third?.manifest == first.manifest)
    }

    @Test("an interrupted push hashes nothing twice, and reads again only what the store lacks", arguments: [0, 1])
    func interrupted(packs: Int) async throws {
        _ = try ModelMaker.write(place, "model", megabytes: 96, seed: 5)
        age()
        let store = try await DirectoryStore.create(place.path("store"), work: work)
        let failing = Failing(store: store, packs: Counter(), limit: packs)
        await #expect(throws: TransferError.self) { try await push(failing) }
        let fresh = try await DirectoryStore.create(place.path("other"), work: work)
        var second: TransferReport?
        let read = try await reads { second = try await push(store) }
        let report = try #require(second)
        #expect(try await push(fresh, rehash: true, ref: "other").manifest == report.manifest)
        // Everything once, and the packs in flight once more; without the journal the first pass would be repeated as well.
        #expect(read < report.bytesTotal + (8 << 20), "\(read) of \(report.bytesTotal)")
        let out = place.path("out")
        _ = try await Pull(
            source: store, remote: "file:///store", model: try ModelName("acme/tiny"), ref: .main, directory: out, work: work,
            progress: { _ in }
        ).run()
        #expect(try Files.differences(place.path("model"), out) == [])
    }

    @Test("a file that was written to is read again, and one whose bytes changed behind its times is noticed when they are needed")
    func changed() async throws {
        _ = try ModelMaker.write(place, "model", megabytes: 12, seed: 6)
        age()
        let store = try await DirectoryStore.create(place.path("store"), work: work)
        let first = try await push(store)
        try Files.flipBit(place.path("model/model.safetensors"), byte: 5 << 20)
        age()
        let second = try await push(store)
        #expect(second.manifest != first.manifest && second.chunksTransferred == 1)
    }

    @Test("a torn or damaged journal only costs time")
    func damaged() async throws {
        _ = try ModelMaker.write(place, "model", megabytes: 12, seed: 8)
        age()
        let store = try await DirectoryStore.create(place.path("store"), work: work)
        let first = try await push(store)
        let path = place.path("model/.waybill/hashes")
        let bytes = try Files.read(path)
        var generator = SeededGenerator(seed: 9)
        for round in 0..<30 {
            var damaged = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
            if round % 2 == 0, !damaged.isEmpty { damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= 1 << UInt8(round % 8) }
            try place.write("model/.waybill/hashes", damaged)
            #expect(try await push(store).manifest == first.manifest, "round \(round)")
        }
    }

    /// Where the records of a journal end, in order.
    private func recordEnds(_ journal: [UInt8]) throws -> [Int] {
        let headers = journal.indices.filter { journal[$0] == UInt8(ascii: "\n") }.prefix(2)
        var ends: [Int] = []
        var end = try #require(headers.last) + 1
        while end + 4 <= journal.count {
            end += 8 + (0..<4).reduce(0) { $0 | Int(journal[end + $1]) << (8 * $1) }
            ends.append(end)
        }
        return ends
    }

    @Test("a push killed between any two records of its journal can be run again")
    func cut() async throws {
        // Larger than a window, so that a state comes before the end of the file.
        _ = try ModelMaker.write(place, "model", megabytes: 80, seed: 10)
        age()
        let store = try await DirectoryStore.create(place.path("store"), work: work)
        let first = try await push(store)
        let journal = try Files.read(place.path("model/.waybill/hashes"))
        let ends = try recordEnds(journal)
        #expect(ends.count > 8 && ends.last == journal.count)
        for end in ends {
            try place.write("model/.waybill/hashes", Array(journal.prefix(end)))
            #expect(try await push(store).manifest == first.manifest, "\(end) of \(journal.count) bytes")
        }
    }

    @Test("nothing is recorded of a file that was written a moment ago")
    func racy() async throws {
        let status = try FileStatus.of(place.write("file", "text"))
        let last = max(status.modified, status.changed)
        #expect(!HashJournal.isSettled(status, now: last + 10_000_000))
        #expect(HashJournal.isSettled(status, now: last + 60_000_000))
        // A clock that went back.
        #expect(!HashJournal.isSettled(status, now: last - 60_000_000_000))
    }
}
