import Foundation
import Testing
import WaybillTestSupport

@Suite("Several at once", .serialized)
struct ConcurrencyTests {
    @Test("twenty pulls and four pushes at one mirror all end right")
    func crowd() throws {
        let scene = try Scene()
        for number in 0..<5 { _ = try ModelMaker.write(scene.folder, "model\(number)", megabytes: 6, seed: UInt64(number)) }
        #expect(try scene.push("model0", "acme/model0").status == 0)
        // All are under way before the first is awaited.
        let pulls = try (0..<20).map { try Waybill.start(["pull", scene.address("acme/model0"), scene.path("out\($0)"), "--json"]) }
        let pushes = try (1...4).map { try Waybill.start(["push", scene.path("model\($0)"), scene.address("acme/model\($0)"), "--json"]) }
        for (number, push) in pushes.enumerated() {
            let result = push.wait()
            #expect(result.status == 0, "push \(number + 1): \(result.shown)")
        }
        for (number, pull) in pulls.enumerated() {
            let result = pull.wait()
            #expect(result.status == 0, "pull \(number): \(result.shown)")
            #expect(try scene.differences("model0", "out\(number)") == [])
        }
        for number in 1...4 {
            #expect(try scene.pull("acme/model\(number)", "check\(number)").status == 0)
            #expect(try scene.differences("model\(number)", "check\(number)") == [])
        }
        #expect(try #require(PeakMemory.now(scene.mirror.running.process)) <= 256)
        // The listing for readers without a server missed none of them.
        let catalog = String(decoding: try Files.read(scene.store + "/catalog.json"), as: UTF8.self)
        for number in 0..<5 { #expect(catalog.contains("acme/model\(number)")) }
    }

    @Test("four pushes of shared chunks at once, to a directory store, by processes that know nothing of each other")
    func sharedDirectory() throws {
        let folder = TemporaryFolder()
        try Waybill.makeStore(folder.path("store"))
        for number in 0..<4 {
            _ = try ModelMaker.write(folder, "model\(number)", megabytes: 6, seed: 9)
            try folder.write("model\(number)/own.txt", "\(number)")
        }
        let pushes = try (0..<4).map {
            try Waybill.start(["push", folder.path("model\($0)"), "file://\(folder.path("store"))/acme/model\($0)", "--json"])
        }
        for push in pushes {
            let result = push.wait()
            #expect(result.status == 0, "\(result.shown)")
        }
        for number in 0..<4 {
            let pull = try Bounded.run([
                "pull", "file://\(folder.path("store"))/acme/model\(number)", folder.path("out\(number)"), "--json",
            ])
            #expect(pull.status == 0, "\(pull.shown)")
            #expect(try Files.differences(folder.path("model\(number)"), folder.path("out\(number)")) == [])
        }
    }

    @Test("of two pushes that race for one ref one wins and one meets a conflict", arguments: [true, false])
    func race(served: Bool) throws {
        let scene = try Scene()
        for side in ["left", "right"] { _ = try ModelMaker.write(scene.folder, side, megabytes: 4, seed: side == "left" ? 1 : 2) }
        for round in 0..<4 {
            // Round by round the ref moves on; both are based on the same entry.
            for side in ["left", "right"] { try scene.folder.write("\(side)/round.txt", "\(side) \(round)") }
            let address = served ? scene.address("acme/raced") : "file://\(scene.store)/acme/raced"
            let racers = try ["left", "right"].map {
                try Waybill.start(["push", scene.path($0), address, "--expect", "\(round)", "--json"])
            }
            let results = racers.map { $0.wait() }
            #expect(results.map(\.status).sorted() == [0, 6], "\(results.map(\.shown))")
            let winner = results[0].status == 0 ? "left" : "right"
            let loser = try #require(results.first { $0.status == 6 })
            #expect(loser.errorCode == "conflict")
            let pull = try Bounded.run(["pull", address, scene.path("out"), "--json"])
            #expect(pull.status == 0 && pull.int("entry") == round + 1, "\(pull.shown)")
            #expect(try scene.differences(winner, "out") == [])
        }
        #expect(!Files.exists(scene.store + "/refs/acme/raced/main/0000000005"))
    }

    @Test("the same bytes raced by two clones give one revision, and no one an error")
    func raceOfEqualPushes() throws {
        let scene = try Scene()
        _ = try ModelMaker.write(scene.folder, "left", megabytes: 4)
        try scene.copy("left", "right")
        let racers = try ["left", "right"].map { try Waybill.start(["push", scene.path($0), scene.address("acme/raced"), "--json"]) }
        let results = racers.map { $0.wait() }
        #expect(results.map(\.status) == [0, 0], "\(results.map(\.shown))")
        #expect(results.map { $0.int("entry") } == [1, 1])
        #expect(results[0].text("manifest") == results[1].text("manifest"))
    }

    @Test("a second puller or pusher in a directory is told so, and harms nothing")
    func twoInOneDirectory() throws {
        let scene = try Scene()
        _ = try ModelMaker.write(scene.folder, "model", megabytes: 4)
        #expect(try scene.push("model", "acme/tiny").status == 0)
        let stalling = try FaultyProxy("stall-once", before: scene.mirror.url)
        let first = try Waybill.start(["pull", "\(stalling.url)/acme/tiny", scene.path("out"), "--json"])
        let end = Date().addingTimeInterval(30)
        while !stalling.requests.contains("/packs/"), Date() < end { Thread.sleep(forTimeInterval: 0.02) }
        let second = try scene.pull("acme/tiny", "out")
        #expect(second.failed(6, naming: "out"), "\(second.shown)")
        let pusher = try scene.push("out", "acme/other")
        #expect(pusher.failed(6, naming: "out"), "\(pusher.shown)")
        #expect(first.process.isRunning)
        first.signal(SIGKILL)
        _ = first.wait()
        let third = try scene.pull("acme/tiny", "out")
        #expect(third.status == 0, "\(third.shown)")
        #expect(try scene.differences("model", "out") == [])
    }

    @Test("with --json every command prints one object, and a failed one its error")
    func oneObject() throws {
        let scene = try Scene()
        _ = try ModelMaker.write(scene.folder, "model", megabytes: 1)
        let places = [
            "GOOD": scene.address("acme/tiny"), "GOOD:prod": scene.address("acme/tiny:prod"), "GOOD:no": scene.address("acme/tiny:no"),
            "BAD": scene.address("acme/none"), "REMOTE": scene.mirror.url, "STORE": scene.store, "MODEL": scene.path("model"),
            "OUT": scene.path("out"), "OTHER": scene.path("other"), "NONE": scene.path("none"), "NEW": scene.path("new"),
        ]
        let cases: [(line: String, status: Int32)] = [
            ("push MODEL GOOD", 0), ("push NONE GOOD", 3), ("push MODEL x", 2), ("pull GOOD OUT", 0), ("pull BAD OTHER", 3),
            ("pull GOOD OUT --jobs x", 2), ("verify OUT", 0), ("verify NONE", 3), ("show GOOD", 0), ("show BAD", 3), ("show OUT", 0),
            ("list REMOTE", 0), ("list http://127.0.0.1:1", 7), ("diff GOOD OUT", 0), ("diff GOOD BAD", 3), ("ref list GOOD", 0),
            ("ref list BAD", 3), ("ref log GOOD", 0), ("ref log BAD", 3), ("ref set GOOD:prod :main", 0),
            ("ref set GOOD:prod :nothing", 3), ("ref withdraw GOOD:prod --reason test", 0), ("ref withdraw GOOD:no --reason test", 3),
            ("serve NONE", 3), ("store init NEW", 0), ("store init MODEL", 6), ("store stats STORE", 0), ("store stats NONE", 3),
            ("store gc STORE", 0), ("store gc NONE", 3), ("store gc STORE --grace 1", 2), ("store gc STORE --keep-ref v*", 2),
            ("remote add hub REMOTE", 0), ("remote add bad/name REMOTE", 2), ("remote list", 0), ("remote remove hub", 0),
            ("remote remove hub", 2), ("token create STORE", 0), ("token create NONE", 3), ("token list STORE", 0),
            ("token list NONE", 3), ("token revoke STORE none", 3), ("login REMOTE", 2), ("logout REMOTE", 0), ("completions bash", 0),
            ("completions tcl", 2), ("--version", 0), ("--help", 0), ("pull --help", 0), ("nonsense", 2),
        ]
        for (line, status) in cases {
            let arguments = line.split(separator: " ").map { places[String($0)] ?? String($0) }
            let result = try Bounded.run(arguments + ["--json"], within: 60, home: scene.path("home"))
            #expect(result.status == status, "\(line): \(result.shown)")
            let object = try #require(result.json, "\(line): \(result.shown)")
            #expect(result.output.split(separator: "\n").count == 1, "\(line)")
            #expect(object["schema"] as? Int == 1 && object["command"] is String, "\(line): \(result.output)")
            #expect(object["ok"] as? Bool == (status == 0), "\(line): \(result.output)")
            let error = object["error"] as? [String: String]
            #expect((error == nil) == (status == 0), "\(line): \(result.output)")
            if let error { #expect(Set(error.keys) == ["cause", "code", "remedy", "subject"], "\(line)") }
        }
    }
}
