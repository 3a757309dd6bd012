import Foundation
import Testing
import WaybillFormat
import WaybillTestSupport

/// `waybill store check` finds every damage, a pull from a damaged store never delivers a wrong byte, and `waybill store repair`
/// brings the store back.
///
/// `WAYBILL_ROUNDS=200` tries that many random places of each kind.
@Suite(.serialized)
struct StoreCheckTests {
    private static let rounds = ProcessInfo.processInfo.environment["WAYBILL_ROUNDS"].flatMap { Int($0) } ?? 3

    enum Damage: String, CaseIterable, Sendable {
        case flippedBit, flippedBitInPack, truncated, deletedPack, manifest, list, locator, entry
    }

    /// Damages the store at a random place.
    /// - Returns: the object, and how.
    private func inflict(
        _ damage: Damage, _ sample: StoreSample, _ generator: inout SeededGenerator
    ) throws -> (object: String, how: String) {
        let candidates: [String]
        switch damage {
        case .flippedBit, .truncated: candidates = sample.objects
        case .flippedBitInPack, .deletedPack: candidates = sample.objects("packs")
        case .manifest: candidates = sample.objects("manifests")
        case .list: candidates = sample.objects("lists")
        case .locator: candidates = sample.objects("locators")
        case .entry: candidates = sample.entries
        }
        let object = try #require(candidates.sorted().randomElement(using: &generator))
        let path = sample.path(object)
        let size = try Files.read(path).count
        func flip() throws -> String {
            let (byte, bit) = (Int.random(in: 0..<size, using: &generator), Int.random(in: 0..<8, using: &generator))
            try Files.flipBit(path, byte: byte, bit: bit)
            return "bit \(bit) of byte \(byte)"
        }
        switch damage {
        case .flippedBit, .flippedBitInPack: return (object, try flip())
        case .truncated:
            let length = Int.random(in: 0..<size, using: &generator)
            try Tool.run("/usr/bin/truncate", ["-s", "\(length)", path])
            return (object, "cut to \(length)")
        case .deletedPack:
            try FileManager.default.removeItem(atPath: path)
            return (object, "deleted")
        case .manifest, .list, .locator, .entry:
            let mayBeCollected = try damage == .manifest && !sample.newestManifests().contains(object)
            if mayBeCollected || Bool.random(using: &generator) { return (object, try flip()) }
            try FileManager.default.removeItem(atPath: path)
            return (object, "deleted")
        }
    }

    @Test("found, never delivered, and repaired from another store", arguments: Damage.allCases)
    func rounds(_ damage: Damage) throws {
        let sample = try StoreSample()
        var generator = SeededGenerator(seed: damage.rawValue.utf8.reduce(UInt64(17)) { $0 &* 31 &+ UInt64($1) })
        var (found, delivered) = (0, 0)
        for round in 0..<Self.rounds {
            try sample.reset()
            let (object, how) = try inflict(damage, sample, &generator)
            let note = "\(damage.rawValue) \(round): \(object) \(how)"
            let check = try sample.check("--read-data")
            if object == "waybill.json", check.status == 1 { continue }  // Bits can make it the store of a newer Waybill.
            let problems = StoreSample.problems(check)
            #expect(check.status == 4, "\(note): \(check.shown)")
            // A lost or changed hint is told by the one that it contradicts.
            let isNamed = problems[object] != nil || object.hasPrefix("refs/") && problems.keys.contains { $0.hasPrefix("refs/acme/") }
            #expect(isNamed, "\(note): \(problems)")
            if check.status == 4, isNamed { found += 1 }
            // Without its newest entry a log is a whole log, to a reader that comes for the first time.
            let isRolledBack = how == "deleted" && object.hasSuffix("/0000000002")
            if !isRolledBack, try sample.requireHonestPulls(note, alsoAllowed: object == "waybill.json" ? [1, 3] : []) { delivered += 1 }
            let from = round % 2 == 0 ? "file://\(sample.twin)" : sample.twinMirror.url
            let repair = try sample.repair("--from", from)
            #expect(repair.status == 0 && repair.json?["unchanged"] as? Bool == false, "\(note): \(repair.shown)")
            try sample.requireWhole(note, restoring: round % 10 == 0)
            let again = try sample.repair("--from", from)
            #expect(again.status == 0 && again.json?["unchanged"] as? Bool == true, "\(note): \(again.shown)")
        }
        print("\(damage.rawValue): \(Self.rounds) rounds, \(found) found, \(delivered) pulled right before the repair")
    }

    @Test("a whole store, an empty one, and one that is none")
    func whole() throws {
        let sample = try StoreSample()
        for more in [[], ["--read-data"]] {
            let check = try Bounded.run(["store", "check", sample.store, "--json"] + more)
            #expect(check.status == 0 && check.json?["whole"] as? Bool == true, "\(check.shown)")
            #expect(check.int("manifests") == 4 && check.int("entries") == 4 && check.json?["notices"] as? [String] == [], "\(check.shown)")
            #expect(check.int("filesProved") == (more.isEmpty ? 0 : 13))
        }
        let repair = try sample.repair()
        #expect(repair.status == 0 && repair.json?["unchanged"] as? Bool == true, "\(repair.shown)")
        try Waybill.makeStore(sample.folder.path("empty"))
        #expect(try Bounded.run(["store", "check", sample.folder.path("empty")]).status == 0)
        let none = try Bounded.run(["store", "check", sample.files("acme/tiny"), "--json"])
        #expect(none.failed(3, naming: "files-0"), "\(none.shown)")
    }

    @Test("a damage names the revisions and files that it hurts")
    func hurts() throws {
        let sample = try StoreSample()
        // The first pack of the first model holds the weights of both its revisions.
        let packs = try sample.objects("packs").map { ($0, try Files.read(sample.path($0)).count) }
        let largest = try #require(packs.max { $0.1 < $1.1 }?.0)
        try FileManager.default.removeItem(atPath: sample.path(largest))
        let check = try sample.check()
        let problems = check.json?["problems"] as? [[String: Any]] ?? []
        let hurts = problems.first { $0["object"] as? String == largest }?["hurts"] as? [[String: Any]] ?? []
        // Both revisions of a model; the other one's too if what both models have, their header, lies there.
        let weights = hurts.filter { ($0["paths"] as? [String])?.contains("model.safetensors") == true }
        #expect(weights.count == 2 || weights.count == 4, "\(check.shown)")
        for hurt in hurts { #expect((hurt["entries"] as? [Any])?.count == 1) }
    }

    @Test("without another store: what packs still hold is saved, everything else is made anew")
    func alone() throws {
        let sample = try StoreSample()
        let packs = sample.objects("packs").sorted()
        // Footers alone: every frame is still there.
        for pack in packs { try Files.flipBit(sample.path(pack), byte: try Files.read(sample.path(pack)).count - 40) }
        for object in sample.objects("locators") { try FileManager.default.removeItem(atPath: sample.path(object)) }
        for object in sample.objects where object.hasSuffix(".wbx") { try Files.flipBit(sample.path(object), byte: 100) }
        for object in sample.objects where object.hasSuffix("index.json") || object.hasSuffix("latest") || object == "catalog.json" {
            try FileManager.default.removeItem(atPath: sample.path(object))
        }
        try Files.flipBit(sample.path("waybill.json"), byte: 0)
        let repair = try sample.repair()
        #expect(repair.status == 0 && (repair.int("framesSalvaged") ?? 0) > 8, "\(repair.shown)")
        #expect(packs.allSatisfy { !Files.exists(sample.path($0)) })
        try sample.requireWhole("footers")
    }

    @Test("a lost chunk: the rest is saved, the loss is named, and another store brings it back")
    func lostChunk() throws {
        let sample = try StoreSample()
        let packs = try sample.objects("packs").map { ($0, try Files.read(sample.path($0)).count) }
        let largest = try #require(packs.max { $0.1 < $1.1 }?.0)
        // The middle of the first mebibyte of weights.
        try Files.flipBit(sample.path(largest), byte: 500_000)
        let first = try sample.repair()
        #expect(first.status == 10 && first.errorCode == "partial" && (first.int("lostChunks") ?? 0) > 0, "\(first.shown)")
        #expect(first.told.contains("--from"))
        let second = try sample.repair()
        #expect(second.status == 4 && second.json?["unchanged"] as? Bool == true, "\(second.shown)")
        try sample.requireHonestPulls("a lost chunk")
        // It is kept for experts until nothing is lost any more.
        let aside = sample.path("private/damaged")
        #expect(try FileManager.default.contentsOfDirectory(atPath: aside).count == 1)
        let third = try sample.repair("--from", sample.twinMirror.url)
        #expect(third.status == 0 && third.int("chunksFetched") == 1, "\(third.shown)")
        #expect(!Files.exists(aside))
        try sample.requireWhole("a lost chunk")
    }

    @Test("the newest entry is lost: never an older one in its place")
    func lostEntry() throws {
        let sample = try StoreSample()
        let newest = "refs/acme/tiny/main/0000000002"
        try FileManager.default.removeItem(atPath: sample.path(newest))
        let check = try sample.check()
        #expect(check.status == 4 && StoreSample.problems(check)[newest] != nil, "\(check.shown)")
        let repair = try sample.repair()
        #expect(repair.status == 10, "\(repair.shown)")
        let pull = try Bounded.run(["pull", "file://\(sample.store)/acme/tiny", sample.folder.path("out"), "--json"])
        #expect(pull.failed(4, naming: "0000000002"), "\(pull.shown)")
        let restored = try sample.repair("--from", "file://\(sample.twin)")
        #expect(restored.status == 0, "\(restored.shown)")
        try sample.requireWhole("entry")
        // The same history with other bytes is no replacement.
        let fork = sample.folder.path("fork")
        try Tool.run("/bin/cp", ["-a", sample.twin, fork])
        try FileManager.default.removeItem(atPath: fork + "/" + newest)
        try FileManager.default.removeItem(atPath: fork + "/refs/acme/tiny/main/latest")
        let forked = try Bounded.run(["push", sample.files("acme/other"), "file://\(fork)/acme/tiny", "--json", "--expect", "1"])
        #expect(forked.status == 0, "\(forked.shown)")
        try FileManager.default.removeItem(atPath: sample.path(newest))
        let refused = try sample.repair("--from", "file://\(fork)")
        #expect(refused.status == 10, "\(refused.shown)")
        #expect(try Files.read(sample.path(newest)) != Files.read(fork + "/" + newest))
    }

    @Test("a repair that is killed at any instant leaves the store no worse, and the next one ends it")
    func killed() throws {
        let sample = try StoreSample()
        var generator = SeededGenerator(seed: 77)
        func damage() throws {
            try sample.reset()
            let packs = sample.objects("packs").sorted()
            try Files.flipBit(sample.path(packs[0]), byte: try Files.read(sample.path(packs[0])).count - 60)
            try Files.flipBit(sample.path(packs[1]), byte: 200_000)
            try FileManager.default.removeItem(atPath: sample.path(packs[2]))
            try Files.flipBit(sample.path(sample.objects("lists").sorted()[0]), byte: 50)
            try FileManager.default.removeItem(atPath: sample.path("refs/acme/other/main/0000000001"))
        }
        let arguments = ["store", "repair", sample.store, "--from", "file://\(sample.twin)", "--json"]
        try damage()
        let start = Date()
        #expect(try Bounded.run(arguments).status == 0)
        let whole = Date().timeIntervalSince(start)
        for round in 0..<8 {
            try damage()
            let running = try Waybill.start(arguments)
            Thread.sleep(forTimeInterval: Double.random(in: 0.1...1, using: &generator) * whole)
            running.signal(SIGKILL)
            _ = running.wait()
            try sample.requireHonestPulls("killed \(round)")
            let again = try Bounded.run(arguments)
            #expect(again.status == 0, "killed \(round): \(again.shown)")
            try sample.requireWhole("killed \(round)", restoring: round == 0)
        }
    }
}
