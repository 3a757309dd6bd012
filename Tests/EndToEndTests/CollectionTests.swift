import Foundation
import Testing
import WaybillTestSupport

/// `store gc` beside everything else that uses a store, with real processes. `WAYBILL_ROUNDS` raises the number of rounds of the
/// random ones.
@Suite("Collection", .serialized)
struct CollectionTests {
    private static let rounds = Int(ProcessInfo.processInfo.environment["WAYBILL_ROUNDS"] ?? "") ?? 4
    /// The collector that waits for nobody: only locks and the commit's own check are left.
    private static let ruthless = ["--keep-last", "1", "--grace", "0s", "--abandon-after", "0s"]

    private func collect(_ scene: Scene, _ options: [String]) throws -> ToolResult {
        try Bounded.run(["store", "gc", scene.store, "--json"] + options, within: 120)
    }

    private func amount(_ result: ToolResult, _ key: String, _ member: String = "packs") -> Int? {
        (result.json?[key] as? [String: Any])?[member] as? Int
    }

    private func packBytes(_ scene: Scene) throws -> Int {
        let stats = try Bounded.run(["store", "stats", scene.store, "--json"])
        return try #require(stats.int("packBytes"), "\(stats.shown)")
    }

    /// A directory of a few files whose bytes nobody compresses.
    private func write(_ scene: Scene, _ name: String, megabytes: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for file in 0..<4 { try scene.folder.write("\(name)/\(file).bin", generator.bytes(megabytes << 18)) }
        try scene.folder.write("\(name)/config.json", "{\"seed\":\(seed)}")
    }

    /// The newest revision of a ref, pulled and compared.
    private func expectPull(_ scene: Scene, _ model: String, equals name: String, _ note: String) throws {
        let out = "pulled-\(UInt64.random(in: .min ... .max))"
        let pull = try Bounded.run(["pull", "file://\(scene.store)/\(model)", scene.path(out), "--json"], within: 120)
        #expect(pull.status == 0, "\(note): \(model): \(pull.shown)")
        guard pull.status == 0 else { return }
        #expect(try scene.differences(name, out) == [], "\(note): \(model)")
        try scene.remove(out)
    }

    /// Everything that is left is whole; what was let go is not taken for lost.
    private func expectWhole(_ scene: Scene, _ note: String) throws {
        let check = try Bounded.run(["store", "check", scene.store, "--read-data", "--json"], within: 120)
        #expect(check.status == 0, "\(note): \(check.shown)")
    }

    @Test("what retention lets go frees its space, live revisions stay whole, and restore.py restores them")
    func freesSpace() throws {
        let scene = try Scene()
        for round in 1...3 {
            try write(scene, "model", megabytes: 8, seed: UInt64(round))
            #expect(try scene.push("model", "acme/tiny").status == 0)
        }
        let full = try packBytes(scene)
        let dry = try collect(scene, ["--keep-last", "1", "--dry-run"])
        #expect(amount(dry, "condemned", "revisions") == 2, "\(dry.shown)")
        #expect(try packBytes(scene) == full)
        let condemned = try collect(scene, ["--keep-last", "1"])
        #expect(condemned.status == 0 && amount(condemned, "condemned", "revisions") == 2, "\(condemned.shown)")
        #expect((condemned.json?["waiting"] as? [Any])?.count == 1)
        #expect(try packBytes(scene) == full)
        let freed = try collect(scene, ["--keep-last", "1", "--grace", "0s"])
        #expect(amount(freed, "freed", "revisions") == 2, "\(freed.shown)")
        #expect(try packBytes(scene) < full / 2)
        try expectPull(scene, "acme/tiny", equals: "model", "after gc")
        let served = try scene.pull("acme/tiny", "served")
        #expect(served.status == 0, "\(served.shown)")
        #expect(try scene.differences("model", "served") == [])
        let restored = try Tool.run(
            "/usr/bin/env", ["python3", Repository.path("Scripts/restore.py"), scene.store, "acme/tiny", scene.path("restored")])
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try scene.differences("model", "restored") == [])
        try expectWhole(scene, "after gc")
        // An old entry is told of as before; what it named is gone.
        let log = try Bounded.run(["ref", "log", scene.address("acme/tiny"), "--json"])
        #expect((log.json?["entries"] as? [Any])?.count == 3, "\(log.shown)")
    }

    @Test("part of a pack that lives is packed anew while a mirror serves it, and readers follow")
    func repacks() throws {
        let scene = try Scene()
        try write(scene, "model", megabytes: 12, seed: 1)
        #expect(try scene.push("model", "acme/tiny").status == 0)
        for file in 1..<4 { try scene.remove("model/\(file).bin") }
        #expect(try scene.push("model", "acme/tiny").int("chunksTransferred") ?? 99 <= 1)
        let result = try collect(scene, ["--keep-last", "1", "--grace", "0s"])
        #expect((amount(result, "repacked") ?? 0) >= 1, "\(result.shown)")
        #expect(try packBytes(scene) < 4 << 20)
        #expect(try scene.pull("acme/tiny", "out").status == 0)
        #expect(try scene.differences("model", "out") == [])
        // The mirror knows where the chunks are now: nothing is sent again.
        try scene.copy("model", "copy")
        try? scene.remove("copy/.waybill")
        let again = try scene.push("copy", "acme/again")
        #expect(again.status == 0 && again.int("chunksTransferred") == 0, "\(again.shown)")
    }

    @Test("a pull that began before the packs moved reads the new locators", arguments: [true, false])
    func pullBesideCollection(served: Bool) throws {
        let scene = try Scene()
        try write(scene, "model", megabytes: 24, seed: 5)
        #expect(try scene.push("model", "acme/tiny").status == 0)
        try scene.remove("model/0.bin")
        try scene.remove("model/1.bin")
        #expect(try scene.push("model", "acme/tiny").status == 0)
        let address = served ? scene.address("acme/tiny") : "file://\(scene.store)/acme/tiny"
        let pull = try Waybill.start(["pull", address, scene.path("out"), "--json", "--jobs", "1"])
        Thread.sleep(forTimeInterval: 0.03)
        pull.signal(SIGSTOP)
        let result = try collect(scene, ["--keep-last", "1", "--grace", "0s"])
        pull.signal(SIGCONT)
        #expect(result.status == 0, "\(result.shown)")
        let pulled = pull.wait()
        #expect(pulled.status == 0, "\(pulled.shown)")
        #expect(try scene.differences("model", "out") == [])
    }

    @Test("an unchanged push and one that fails leave no intent behind", arguments: [true, false])
    func noIntentIsLeft(served: Bool) throws {
        let scene = try Scene()
        try write(scene, "model", megabytes: 1, seed: 1)
        let address = served ? scene.address("acme/tiny") : "file://\(scene.store)/acme/tiny"
        for status in [0, 0] as [Int32] { #expect(try Bounded.run(["push", scene.path("model"), address]).status == status) }
        try write(scene, "other", megabytes: 1, seed: 2)
        #expect(try Bounded.run(["push", scene.path("other"), address]).status == 6)
        #expect(Files.list(scene.store + "/intents") == [])
    }

    @Test("a push that is stopped anywhere while everything around it is collected commits nothing that dangles", arguments: [true, false])
    func stoppedWriter(served: Bool) throws {
        var outcomes: [String: Int] = [:]
        for round in 0..<Self.rounds {
            let seed = UInt64(round) &+ (served ? 1_000_000 : 0)
            outcomes[try stopWriter(served: served, seed: seed), default: 0] += 1
        }
        if Self.rounds > 20 { print("stopped writers, served \(served): \(outcomes)") }
    }

    /// - Returns: what became of the round.
    private func stopWriter(served: Bool, seed: UInt64) throws -> String {
        var generator = SeededGenerator(seed: seed)
        let scene = try Scene()
        try write(scene, "old", megabytes: 12, seed: seed * 2 + 1)
        try write(scene, "new", megabytes: 2, seed: seed * 2 + 2)
        let mixed = Bool.random(using: &generator)
        // The revision that the stopped push sends is garbage in the store when it begins, in part or whole.
        #expect(try Bounded.run(["push", scene.path("old"), "file://\(scene.store)/acme/tiny", "--json"]).status == 0)
        #expect(try Bounded.run(["push", scene.path("new"), "file://\(scene.store)/acme/tiny", "--expect", "1", "--json"]).status == 0)
        try? scene.remove("old/.waybill")
        if mixed { try scene.folder.write("old/1.bin", generator.bytes(3 << 20)) }
        let address = served ? scene.address("acme/other") : "file://\(scene.store)/acme/other"
        let push = try Waybill.start(["push", scene.path("old"), address, "--json", "--jobs", "1"])
        Thread.sleep(forTimeInterval: Double.random(in: 0.005...0.45, using: &generator))
        push.signal(SIGSTOP)
        let options = Bool.random(using: &generator) ? Self.ruthless : ["--keep-last", "1", "--grace", "0s"]
        let gc = try Waybill.start(["store", "gc", scene.store, "--json"] + options)
        let isKilled = Int.random(in: 0..<3, using: &generator) == 0
        if isKilled {
            Thread.sleep(forTimeInterval: Double.random(in: 0.0...0.12, using: &generator))
            gc.signal(SIGKILL)
        } else {
            // A writer that was stopped inside its commit holds the lock.
            let end = Date().addingTimeInterval(2)
            while gc.process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.005) }
        }
        push.signal(SIGCONT)
        let collected = gc.wait()
        #expect(isKilled || collected.status == 0, "seed \(seed): \(collected.shown)")
        let pushed = push.wait()
        #expect(pushed.status == 0, "seed \(seed): \(pushed.shown)")
        try expectPull(scene, "acme/tiny", equals: "new", "seed \(seed)")
        if pushed.status == 0 { try expectPull(scene, "acme/other", equals: "old", "seed \(seed)") }
        // Whatever was left behind, a later run ends it, and nothing live goes.
        for _ in 0..<2 {
            let last = try collect(scene, Self.ruthless + ["--repack-above", "0"])
            #expect(last.status == 0, "seed \(seed): \(last.shown)")
        }
        #expect(Files.list(scene.store + "/gc") == [], "seed \(seed)")
        try expectPull(scene, "acme/tiny", equals: "new", "seed \(seed), later")
        if pushed.status == 0 { try expectPull(scene, "acme/other", equals: "old", "seed \(seed), later") }
        try expectWhole(scene, "seed \(seed)")
        let stats = try Bounded.run(["store", "stats", scene.store, "--json"])
        #expect((stats.int("deadBytes") ?? .max) < 1 << 17, "seed \(seed): \(stats.shown)")
        let sent = pushed.int("chunksTransferred") ?? 0
        return "\(isKilled ? "gc killed" : "gc done"), \(sent == 0 ? "nothing sent" : "chunks sent again")"
    }

    @Test("a collector that is killed anywhere is continued by the next one")
    func killedCollector() throws {
        for round in 0..<Self.rounds {
            var generator = SeededGenerator(seed: UInt64(round) &+ 77)
            let scene = try Scene()
            for revision in 0..<3 {
                try write(scene, "model", megabytes: 6, seed: UInt64(round * 10 + revision))
                // Half of the pack stays alive, so that there is something to move.
                try scene.folder.write("model/same.bin", SeededBytes.make(2 << 20, seed: UInt64(round)))
                #expect(try scene.push("model", "acme/tiny").status == 0)
            }
            for _ in 0..<4 {
                let gc = try Waybill.start(["store", "gc", scene.store, "--json"] + Self.ruthless)
                Thread.sleep(forTimeInterval: Double.random(in: 0.0...0.08, using: &generator))
                gc.signal(SIGKILL)
                _ = gc.wait()
                try expectPull(scene, "acme/tiny", equals: "model", "round \(round), killed")
            }
            for _ in 0..<2 {
                let last = try collect(scene, Self.ruthless)
                #expect(last.status == 0, "round \(round): \(last.shown)")
            }
            #expect(Files.list(scene.store + "/gc") == [])
            #expect(try packBytes(scene) < 9 << 20, "round \(round)")
            try expectPull(scene, "acme/tiny", equals: "model", "round \(round), later")
            try expectWhole(scene, "round \(round)")
            let again = try scene.push("model", "acme/again")
            #expect(again.status == 0 && again.int("chunksTransferred") == 0, "round \(round): \(again.shown)")
        }
    }

    @Test("pushes and collectors at once, through a mirror and beside it: every push is whole in the end")
    func crowd() throws {
        let scene = try Scene()
        for number in 0..<4 { try write(scene, "model\(number)", megabytes: 6, seed: UInt64(number)) }
        for round in 0..<3 {
            let pushes = try (0..<4).map { number -> RunningTool in
                try scene.folder.write("model\(number)/round.bin", SeededBytes.make(1 << 20, seed: UInt64(round * 4 + number)))
                let address = number % 2 == 0 ? scene.address("acme/m\(number)") : "file://\(scene.store)/acme/m\(number)"
                return try Waybill.start(["push", scene.path("model\(number)"), address, "--json"])
            }
            while pushes.contains(where: { $0.process.isRunning }) {
                // Heeding intents: one that waits for nobody, again and again, would let no push end.
                let result = try collect(scene, ["--keep-last", "1", "--grace", "0s"])
                #expect(result.status == 0, "\(result.shown)")
                Thread.sleep(forTimeInterval: 0.1)
            }
            for push in pushes {
                let result = push.wait()
                #expect(result.status == 0, "\(result.shown)")
            }
            for number in 0..<4 { try expectPull(scene, "acme/m\(number)", equals: "model\(number)", "round \(round)") }
        }
    }
}

/// Bytes that are the same for the same seed.
enum SeededBytes {
    static func make(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.bytes(count)
    }
}
