import Foundation
import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// Chunks that stand beside the packs (Protocol/STORE.md, Evidence).
@Suite(.timeLimit(.minutes(2)))
struct EvidenceTests {
    private func store(_ test: StoreUnderTest) throws -> any EvidenceStore { try #require(test.store as? any EvidenceStore) }

    @Test("what packs hold can be kept, once or again, and reads as what it is called", arguments: StoreUnderTest.Kind.allCases)
    func kept(kind: StoreUnderTest.Kind) async throws {
        let revision = try StoredRevision.small()
        let unknown = try #require(ChunkName(digest: SHA256.digest(of: [9]), length: 1))
        try await StoreUnderTest.run(kind) { test in
            try await revision.put(in: test.store)
            let chunks = Array(revision.chunks.prefix(3))
            #expect(try await store(test).keepEvidence(chunks) == [])
            #expect(try await store(test).keepEvidence([unknown] + chunks) == [unknown])
            #expect(Files.list(test.path + "/evidence").count == 3)
            for chunk in chunks {
                let (bytes, received) = try await RevisionReader(test.store).evidence(chunk, work: Shared.work)
                #expect(bytes == revision.content[chunk])
                #expect(try received == Files.read(test.path(.evidence(chunk.digest))).count)
            }
            let absent = await code { _ = try await RevisionReader(test.store).evidence(revision.chunks[4], work: Shared.work) }
            #expect(absent == .notFound)
        }
    }

    @Test("evidence that is damaged, cut, another chunk's, or of another length is refused", arguments: StoreUnderTest.Kind.allCases)
    func damaged(kind: StoreUnderTest.Kind) async throws {
        let revision = try StoredRevision.small()
        try await StoreUnderTest.run(kind) { test in
            try await revision.put(in: test.store)
            let (chunk, other) = (revision.chunks[1], revision.chunks[2])
            #expect(try await store(test).keepEvidence([chunk, other]) == [])
            let path = test.path(.evidence(chunk.digest))
            let frame = try Files.read(path)
            for wrong in [[], Array(frame.dropLast()), frame + [0], try Files.read(test.path(.evidence(other.digest))), flipped(frame)] {
                try Data(wrong).write(to: URL(filePath: path))
                let failure = await code { _ = try await RevisionReader(test.store).evidence(chunk, work: Shared.work) }
                #expect(failure == .integrity, "\(wrong.count) bytes")
            }
            try Data(frame).write(to: URL(filePath: path))
            let shorter = try #require(ChunkName(digest: chunk.digest, length: chunk.length - 1))
            #expect(await code { _ = try await RevisionReader(test.store).evidence(shorter, work: Shared.work) } == .integrity)
            // Kept again, a damaged one is right again.
            try Data(flipped(frame)).write(to: URL(filePath: path))
            #expect(try await store(test).keepEvidence([chunk]) == [])
            #expect(try Files.read(path) == frame)
        }
    }

    /// With one bit of its payload changed.
    private func flipped(_ frame: [UInt8]) -> [UInt8] {
        var frame = frame
        frame[frame.count / 2] ^= 1
        return frame
    }

    // MARK: Check and repair

    private func sample(_ folder: TemporaryFolder) async throws -> (StoredRevision, EvidenceRule) {
        let revision = try StoredRevision.small()
        let store = try await DirectoryStore.create(folder.path("store"), work: Shared.work)
        try await revision.put(in: store)
        let item = try revision.entry()
        try await store.append(item.entry, envelope: item.envelope)
        let needed = Array(revision.chunks.prefix(2))
        #expect(try await store.keepEvidence(Array(revision.chunks.prefix(3))) == [])
        return (revision, { (_, _, _) throws(StoreError) in needed })
    }

    private func problems(_ folder: TemporaryFolder, _ rule: EvidenceRule?) async throws -> [String] {
        try await StoreCheck.open(folder.path("store"), evidence: rule, work: Shared.work).run().problems.map(\.object)
    }

    @Test("a check finds damaged and missing evidence, and a repair makes it from the packs")
    func repaired() async throws {
        let folder = TemporaryFolder("evidence")
        let (revision, rule) = try await sample(folder)
        #expect(try await problems(folder, rule) == [])
        let names = revision.chunks.prefix(3).map { ObjectName.evidence($0.digest).path }
        let frames = try names.map { try Files.read(folder.path("store/\($0)")) }
        try folder.write("store/\(names[0])", flipped(frames[0]))
        try FileManager.default.removeItem(atPath: folder.path("store/\(names[1])"))
        // Nothing needs the third: it is damage all the same, and goes.
        try folder.write("store/\(names[2])", Array("none".utf8))
        #expect(try await problems(folder, nil).sorted() == [names[0], names[2]].sorted())
        let report = try await StoreCheck.open(folder.path("store"), evidence: rule, work: Shared.work).run()
        #expect(report.problems.map(\.object).sorted() == names.sorted())
        let missing = try #require(report.problems.first { $0.object == names[1] })
        #expect(missing.cause.contains("policy") && missing.hurts.first?.manifest == revision.digest)
        let repair = try await StoreRepair(folder.path("store"), evidence: rule, work: Shared.work).run()
        #expect(repair.after.isWhole, "\(repair.after.problems)")
        #expect(try Files.read(folder.path("store/\(names[0])")) == frames[0] && Files.read(folder.path("store/\(names[1])")) == frames[1])
        #expect(!Files.exists(folder.path("store/\(names[2])")))
        #expect(try await StoreRepair(folder.path("store"), evidence: rule, work: Shared.work).run().steps == [])
    }

    @Test("where no pack holds the chunk any more, missing evidence stays missing and is named")
    func unmendable() async throws {
        let folder = TemporaryFolder("evidence")
        let (revision, rule) = try await sample(folder)
        for path in Files.list(folder.path("store")) where path.hasPrefix("packs/") || path.hasPrefix("evidence/") {
            try FileManager.default.removeItem(atPath: folder.path("store/\(path)"))
        }
        let repair = try await StoreRepair(folder.path("store"), evidence: rule, work: Shared.work).run()
        #expect(repair.after.problems.contains { $0.object == ObjectName.evidence(revision.chunks[0].digest).path })
    }
}
