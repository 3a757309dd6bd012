import Foundation
import Testing
import WaybillTestSupport

/// Commands and mirrors that are killed at random instants, drawn from a seed. What must hold holds at every instant.
@Suite("After SIGKILL", .serialized)
struct ResumeTests {
    private static let mebibyte = 1 << 20

    /// Starts a command and kills it after `delay` seconds, unless it has ended by then.
    private func kill(_ arguments: [String], after delay: Double) throws {
        let running = try Waybill.start(arguments)
        Thread.sleep(forTimeInterval: delay)
        running.signal(SIGKILL)
        _ = running.wait()
    }

    /// Seconds that `body` takes.
    private func duration(_ body: () throws -> Void) rethrows -> Double {
        let start = Date()
        try body()
        return Date().timeIntervalSince(start)
    }

    /// Revisions A and B of a model, in `a` and `b`: many small files that change, appear and go, and large ones of which a part
    /// changes, so that a kill finds every phase of an update.
    private func writeTwoRevisions(_ scene: Scene) throws {
        for (name, version) in [("a", 1), ("b", 2)] {
            for number in 0..<3 {
                let tensors = (0..<6).map { tensor in
                    var generator = SeededGenerator(seed: UInt64(number * 100 + tensor + (tensor < 3 ? version * 10_000 : 0)))
                    return Tensor("t\(tensor)", "BF16", [512, 1024], generator.weights(512 * 1024))
                }
                try scene.folder.write("\(name)/weights-\(number).safetensors", ModelMaker.safetensors(tensors))
            }
            for number in 0..<300 {
                let changes = number % 3 == 0
                try scene.folder.write("\(name)/small/\(number % 20)/file \(number)", "\(number) \(changes ? version : 0)")
            }
            for number in 0..<40 { try scene.folder.write("\(name)/only-in-\(name)/\(number)", "\(name) \(number)") }
        }
    }

    @Test("an update killed at any instant leaves A, or the next command makes it B")
    func killedUpdate() throws {
        let scene = try Scene()
        try writeTwoRevisions(scene)
        #expect(try scene.push("a", "acme/tiny:a").status == 0)
        #expect(try scene.push("b", "acme/tiny:b").status == 0)
        func pullFirst() throws {
            let pull = try scene.pull("acme/tiny:a", "work")
            #expect(pull.status == 0, "\(pull.shown)")
            try scene.folder.write("work/untracked.txt", "mine")
        }
        let update = ["pull", scene.address("acme/tiny:b"), scene.path("work"), "--json"]
        try pullFirst()
        let whole = try duration {
            let pull = try Bounded.run(update)
            #expect(pull.status == 0, "\(pull.shown)")
        }
        try scene.remove("work")
        var generator = SeededGenerator(seed: 2_026)
        var interrupted = 0
        for round in 0..<25 {
            try pullFirst()
            // The switch is the last and shortest part: most kills aim there.
            try kill(update, after: Double.random(in: (round % 3 == 0 ? 0 : 0.6)...1.05, using: &generator) * whole)
            let isPending = Files.exists(scene.path("work/.waybill/switch"))
            if !isPending {
                let (isFirst, isSecond) = (try isTree(scene, "a"), try isTree(scene, "b"))
                #expect(isFirst || isSecond, "round \(round): a mix without a record")
                if isFirst { interrupted += 1 }
            }
            let verify = try scene.verify("work")
            #expect(verify.status == 0 && verify.int("untracked") == 1, "round \(round): \(verify.shown)")
            let now = verify.text("ref") ?? ""
            #expect(isPending ? now == "b" : ["a", "b"].contains(now))
            #expect(try isTree(scene, now), "round \(round): neither")
            let again = try Bounded.run(update)
            #expect(again.status == 0, "round \(round): \(again.shown)")
            #expect(try isTree(scene, "b"), "round \(round)")
            #expect(try Files.read(scene.path("work/untracked.txt")) == Array("mine".utf8))
            try scene.remove("work")
        }
        // Kills that came too late would have tested nothing.
        #expect(interrupted > 3)
    }

    /// Whether `work` holds the files of `name` and, beside them, only what is untracked.
    private func isTree(_ scene: Scene, _ name: String) throws -> Bool {
        let different = try scene.differences(name, "work")
        return different.allSatisfy { $0.hasPrefix("Only in") && $0.hasSuffix(": untracked.txt") }
    }

    /// A model of `megabytes`, of which about two thirds are stored.
    private func writeLarge(_ scene: Scene, _ name: String, megabytes: Int, seed: UInt64) throws {
        _ = try ModelMaker.write(scene.folder, name, megabytes: megabytes, seed: seed)
    }

    @Test("a first pull killed again and again completes, and fetches little twice")
    func killedPull() throws {
        let scene = try Scene()
        try writeLarge(scene, "model", megabytes: 110, seed: 5)
        #expect(try scene.push("model", "acme/tiny").status == 0)
        let arguments = ["pull", scene.address("acme/tiny"), scene.path("out"), "--json"]
        let before = try scene.metric("waybill_sent_bytes_total")
        var stored = 0
        let whole = try duration {
            let pull = try Bounded.run(arguments)
            #expect(pull.status == 0, "\(pull.shown)")
            stored = try #require(pull.int("bytesStored"))
        }
        let quiet = try scene.metric("waybill_sent_bytes_total") - before
        #expect(quiet >= stored && quiet < stored + Self.mebibyte)
        var generator = SeededGenerator(seed: 11)
        for round in 0..<8 {
            try scene.remove("out")
            let start = try scene.metric("waybill_sent_bytes_total")
            // One kill in most rounds, so that the bound is tight; three in the last two.
            let kills = round < 6 ? 1 : 3
            for _ in 0..<kills { try kill(arguments, after: Double.random(in: 0.05...0.95, using: &generator) * whole / Double(kills)) }
            // A recorded switch that was interrupted is finished by the next command.
            if !Files.list(scene.path("out")).isEmpty, !Files.exists(scene.path("out/.waybill/switch")) {
                #expect(try scene.differences("model", "out") == [])
            }
            let pull = try Bounded.run(arguments)
            #expect(pull.status == 0, "round \(round): \(pull.shown)")
            #expect(try scene.differences("model", "out") == [])
            #expect(try scene.verify("out").status == 0)
            try scene.settle()
            let sent = try scene.metric("waybill_sent_bytes_total") - start
            #expect(sent <= stored + (32 * kills + 1) * Self.mebibyte, "round \(round): \(sent) of \(stored)")
        }
    }

    @Test("a push killed again and again completes, and sends little twice")
    func killedPush() throws {
        let scene = try Scene()
        try writeLarge(scene, "warm", megabytes: 110, seed: 99)
        let whole = try duration {
            let push = try scene.push("warm", "acme/warm")
            #expect(push.status == 0, "\(push.shown)")
        }
        var generator = SeededGenerator(seed: 12)
        for round in 0..<5 {
            try writeLarge(scene, "model", megabytes: 110, seed: UInt64(200 + round))
            try? scene.remove("model/.waybill")
            let start = try scene.metric("waybill_received_bytes_total")
            let arguments = ["push", scene.path("model"), scene.address("acme/model\(round)"), "--json"]
            let kills = round < 3 ? 1 : 2
            for _ in 0..<kills { try kill(arguments, after: Double.random(in: 0.1...0.95, using: &generator) * whole / Double(kills)) }
            let push = try Bounded.run(arguments)
            #expect(push.status == 0, "round \(round): \(push.shown)")
            let stored = try #require(push.int("bytesStored"))
            try scene.settle()
            let received = try scene.metric("waybill_received_bytes_total") - start
            // A few small files are the first model's already, so that a little less than everything arrives.
            #expect(
                received > stored / 2 && received <= stored + (64 * kills + 1) * Self.mebibyte, "round \(round): \(received) of \(stored)")
            #expect(try scene.pull("acme/model\(round)", "out\(round)").status == 0)
            #expect(try scene.differences("model", "out\(round)") == [])
        }
    }

    @Test("a push to a directory store, killed, completes and leaves a store that restores")
    func killedPushToDirectory() throws {
        let scene = try Scene()
        var generator = SeededGenerator(seed: 13)
        for round in 0..<6 {
            try writeLarge(scene, "model", megabytes: 40, seed: UInt64(300 + round))
            try? scene.remove("model/.waybill")
            let address = "file://\(scene.store)/acme/model\(round)"
            try kill(["push", scene.path("model"), address], after: Double.random(in: 0.02...0.6, using: &generator))
            let push = try Bounded.run(["push", scene.path("model"), address, "--json"])
            #expect(push.status == 0, "round \(round): \(push.shown)")
            let restored = try Tool.run(
                "/usr/bin/env",
                ["python3", Repository.path("Scripts/restore.py"), scene.store, "acme/model\(round)", scene.path("out\(round)")])
            #expect(restored.status == 0, "\(restored.errors)")
            #expect(try scene.differences("model", "out\(round)") == [])
        }
    }

    @Test("a mirror killed while it takes a push: restarted, it takes the rest")
    func killedMirror() throws {
        let scene = try Scene()
        try writeLarge(scene, "warm", megabytes: 110, seed: 98)
        let whole = try duration {
            let push = try scene.push("warm", "acme/warm")
            #expect(push.status == 0, "\(push.shown)")
        }
        var generator = SeededGenerator(seed: 14)
        for round in 0..<4 {
            try writeLarge(scene, "model", megabytes: 110, seed: UInt64(400 + round))
            try? scene.remove("model/.waybill")
            let arguments = ["push", scene.path("model"), scene.address("acme/model\(round)"), "--json", "--wait", "3s"]
            let running = try Waybill.start(arguments)
            Thread.sleep(forTimeInterval: Double.random(in: 0.1...0.9, using: &generator) * whole)
            scene.mirror.stop()
            // Odd rounds: back at once, so that the push itself goes on; even ones: only after it gave up.
            if round % 2 == 1 { try scene.restartMirror() }
            let first = running.wait()
            #expect(first.status == 0 || first.errorCode == "unavailable", "round \(round): \(first.shown)")
            if round % 2 == 0 { try scene.restartMirror() }
            let second = try Bounded.run(arguments)
            #expect(second.status == 0, "round \(round): \(second.shown)")
            if first.status == 0 { #expect(second.int("chunksTransferred") == 0) }
            #expect(try scene.pull("acme/model\(round)", "out\(round)").status == 0)
            #expect(try scene.differences("model", "out\(round)") == [])
        }
    }

    @Test(
        "SIGINT and SIGTERM end with their exit codes, and the next run goes on", arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func interrupted(signal: Int32, status: Int32) throws {
        let scene = try Scene()
        try writeLarge(scene, "model", megabytes: 20, seed: 8)
        #expect(try scene.push("model", "acme/tiny").status == 0)
        let stalling = try FaultyProxy("stall-once", before: scene.mirror.url)
        let running = try Waybill.start(["pull", "\(stalling.url)/acme/tiny", scene.path("out"), "--json"])
        let end = Date().addingTimeInterval(30)
        while !stalling.requests.contains("/packs/"), Date() < end { Thread.sleep(forTimeInterval: 0.02) }
        running.signal(signal)
        let result = running.wait()
        #expect(result.status == status && result.errorCode == "interrupted", "\(result.shown)")
        #expect(Files.list(scene.path("out")).isEmpty)
        #expect(try scene.pull("acme/tiny", "out").status == 0)
        #expect(try scene.differences("model", "out") == [])
    }
}
