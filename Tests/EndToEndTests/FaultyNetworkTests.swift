import Foundation
import Testing
import WaybillTestSupport

/// Pushes and pulls over networks that lose, delay, cut, repeat and change what they carry.
@Suite("Over a bad network", .serialized)
struct FaultyNetworkTests {
    private typealias Rule = FaultyNetwork.Rule

    /// One model on its way out and back through a network of its own.
    private struct Journey {
        let name: String
        let network: FaultyNetwork
        var model: String { "acme/\(name)" }
        var address: String { "\(network.url)/\(model)" }
    }

    private func journey(_ scene: Scene, _ name: String, megabytes: Int = 3, seed: Int) throws -> Journey {
        _ = try ModelMaker.write(scene.folder, name, megabytes: megabytes, seed: UInt64(seed))
        return Journey(name: name, network: try FaultyNetwork(before: scene.mirror.url, seed: seed))
    }

    /// Pushes models straight to the mirror, all at once.
    private func publish(_ scene: Scene, _ journeys: [Journey]) throws {
        let pushes = try journeys.map { try TimedCommand(["push", scene.path($0.name), scene.address($0.model), "--json"]) }
        for push in pushes {
            let result = push.wait().result
            #expect(result.status == 0, "\(result.shown)")
        }
    }

    /// Pushes all models at once, then pulls them all at once; everything must arrive, in bounded time and memory.
    private func travel(_ scene: Scene, _ journeys: [(journey: Journey, out: [Rule], back: [Rule])], minimumFaults: Int) throws {
        for isPush in [true, false] {
            var counts: [Int] = []
            for (journey, out, back) in journeys {
                counts.append(journey.network.faults)
                try journey.network.set(isPush ? out : back)
            }
            let commands = try journeys.map { item in
                let name = item.journey.name
                return try TimedCommand(
                    isPush
                        ? ["push", scene.path(name), item.journey.address, "--json"]
                        : ["pull", item.journey.address, scene.path("\(name)-out"), "--json"])
            }
            for (index, command) in commands.enumerated() {
                let (journey, ended) = (journeys[index].journey, command.wait())
                let what = "\(isPush ? "push" : "pull") through \(journey.name)"
                #expect(ended.result.status == 0, "\(what): \(ended.result.shown)")
                if let mebibytes = ended.mebibytes { #expect(mebibytes <= 256, "\(what)") }
                if let seconds = ended.seconds { #expect(seconds < 90, "\(what)") }
                let rules = isPush ? journeys[index].out : journeys[index].back
                if !rules.isEmpty { #expect(journey.network.faults - counts[index] >= minimumFaults, "\(what) met no fault") }
            }
        }
        for (journey, _, _) in journeys { #expect(try scene.differences(journey.name, "\(journey.name)-out") == [], "\(journey.name)") }
    }

    @Test("every kind of fault, at every third request: a push and a pull get through")
    func everyFault() throws {
        let scene = try Scene()
        let both = [
            "lost", "refuse", "lose-answer", "truncate", "reset", "flip", "duplicate", "late", "swap", "html", "noise", "endless",
            "long-head",
        ]
        var cases = both.map { fault in (name: fault, out: [Rule(fault: fault, every: 3)], back: [Rule(fault: fault, every: 3)]) }
        for fault in ["drop-body", "cut-body", "flip-body"] {
            cases.append((fault, [Rule(fault: fault, path: "/v1/", every: 2)], []))
        }
        for fault in ["whole", "wrong-range", "no-range"] { cases.append((fault, [], [Rule(fault: fault, path: "/packs/", every: 2)])) }
        for (status, after) in [(500, nil), (502, nil), (503, 1), (429, 0)] {
            let storm = [Rule(fault: "status", first: after == 1 ? 2 : 4, status: status, retryAfter: after)]
            cases.append(("storm-\(status)", storm, storm))
        }
        try travel(
            scene, try cases.enumerated().map { (try journey(scene, $1.name, seed: 100 + $0), $1.out, $1.back) }, minimumFaults: 1)
    }

    @Test("all kinds together, by chance")
    func mixture() throws {
        let scene = try Scene()
        let kinds = [
            "lost", "refuse", "lose-answer", "truncate", "reset", "flip", "flip-body", "cut-body", "drop-body", "duplicate", "late", "swap",
            "html", "noise", "whole", "wrong-range", "no-range",
        ]
        var rules = kinds.map { Rule(fault: $0, probability: 0.02) }
        rules.append(Rule(fault: "status", probability: 0.04, status: 503, retryAfter: 0))
        let journeys = try (0..<4).map { try journey(scene, "mixture-\($0)", megabytes: 16, seed: $0) }
        try travel(scene, journeys.map { ($0, rules, rules) }, minimumFaults: 1)
    }

    @Test("what hangs or drips, up or down, is broken off after half a minute and done again")
    func stalls() throws {
        let scene = try Scene()
        let cases: [(name: String, isPush: Bool, rule: Rule)] = [
            ("stall", false, Rule(fault: "stall", path: "/packs/", first: 1)),
            ("drip", false, Rule(fault: "drip", path: "/lists/", first: 1, seconds: 9)),
            ("silence", false, Rule(fault: "silence", path: "/manifests/", first: 1)),
            ("unread", true, Rule(fault: "unread", path: "/v1/packs/", first: 1)),
            ("slow-read", true, Rule(fault: "slow-read", path: "/v1/packs/", first: 1, seconds: 7)),
            ("silent-answer", true, Rule(fault: "silence", path: "/v1/server", first: 1)),
        ]
        let journeys = try cases.enumerated().map { try journey(scene, $1.name, megabytes: 16, seed: 200 + $0) }
        try publish(scene, zip(cases, journeys).filter { !$0.0.isPush }.map(\.1))
        for (item, journey) in zip(cases, journeys) { try journey.network.set([item.rule]) }
        let commands = try zip(cases, journeys).map { item, journey in
            try TimedCommand(
                item.isPush
                    ? ["push", scene.path(journey.name), journey.address, "--json"]
                    : ["pull", journey.address, scene.path("\(journey.name)-out"), "--json"])
        }
        for ((item, journey), command) in zip(zip(cases, journeys), commands) {
            let ended = command.wait()
            #expect(ended.result.status == 0, "\(item.name): \(ended.result.shown)")
            if let seconds = ended.seconds { #expect((25...75).contains(seconds), "\(item.name): \(seconds)") }
            #expect(journey.network.faults == 1, "\(item.name)")
            if item.isPush { #expect(try scene.pull(journey.model, "\(journey.name)-out").status == 0) }
            #expect(try scene.differences(journey.name, "\(journey.name)-out") == [], "\(item.name)")
        }
    }

    @Test("what does not pass is given up when patience ends, with the right code, and leaves nothing wrong behind")
    func givenUp() throws {
        let scene = try Scene()
        let cases: [(name: String, isPush: Bool, status: Int32, subject: String, rule: Rule)] = [
            ("refuse", false, 7, "http://", Rule(fault: "refuse", path: "/packs/")),
            ("cut", false, 7, "lists/", Rule(fault: "truncate", path: "/lists/")),
            ("errors", false, 7, "packs/", Rule(fault: "status", path: "/packs/", status: 500)),
            ("busy", false, 7, "packs/", Rule(fault: "status", path: "/packs/", status: 503, retryAfter: 3_600)),
            ("flip", false, 4, "packs/", Rule(fault: "flip", path: "/packs/")),
            ("flip-manifest", false, 4, "manifests/", Rule(fault: "flip", path: "/manifests/")),
            ("flip-list", false, 4, "lists/", Rule(fault: "flip", path: "/lists/")),
            ("page", false, 4, "waybill.json", Rule(fault: "html")),
            ("range", false, 4, "packs/", Rule(fault: "wrong-range", path: "/packs/")),
            ("endless", false, 4, "locators/", Rule(fault: "endless", path: "/locators/")),
            ("push-refuse", true, 7, "http://", Rule(fault: "refuse", path: "/v1/refs/")),
            ("push-lost", true, 7, "http://", Rule(fault: "lost", path: "/v1/packs/")),
            ("push-flip", true, 4, "pack", Rule(fault: "flip-body", path: "/v1/packs/")),
            ("push-page", true, 4, "v1/have", Rule(fault: "html", path: "/v1/have")),
        ]
        let journeys = try cases.enumerated().map { try journey(scene, $1.name, seed: 300 + $0) }
        try publish(scene, zip(cases, journeys).filter { !$0.0.isPush }.map(\.1))
        for (item, journey) in zip(cases, journeys) { try journey.network.set([item.rule]) }
        let commands = try zip(cases, journeys).map { item, journey in
            try TimedCommand(
                (item.isPush
                    ? ["push", scene.path(journey.name), journey.address] : ["pull", journey.address, scene.path("\(journey.name)-out")])
                    + ["--json", "--wait", "4s"])
        }
        for ((item, journey), command) in zip(zip(cases, journeys), commands) {
            let ended = command.wait()
            #expect(ended.result.failed(item.status, naming: item.subject), "\(item.name): \(ended.result.shown)")
            if let mebibytes = ended.mebibytes { #expect(mebibytes <= 256, "\(item.name)") }
            if let seconds = ended.seconds { #expect(seconds < 40, "\(item.name): \(seconds)") }
            if item.status == 7 { #expect(ended.result.told.contains(" tries in "), "\(item.name): \(ended.result.shown)") }
            // One outage, however many requests met it.
            let notices = ended.result.errors.split(separator: "\n").filter { $0.contains("trying again for up to") }
            #expect(notices.count <= 1 && (item.status == 4 || notices.count == 1), "\(item.name): \(ended.result.errors)")
            if item.isPush {
                #expect(!Files.exists(scene.store + "/refs/\(journey.model)/main/0000000001"), "\(item.name)")
            } else {
                #expect(Files.list(scene.path("\(journey.name)-out")) == [], "\(item.name)")
            }
        }
        // What arrived is kept, and the next command goes on.
        try journeys[0].network.set([])
        let again = try withExtendedLifetime(journeys) {
            try Bounded.run(["pull", journeys[0].address, scene.path("refuse-out"), "--wait", "0", "--json"])
        }
        #expect(again.status == 0, "\(again.shown)")
        #expect(try scene.differences("refuse", "refuse-out") == [])
    }

    @Test("--wait 0 gives up at once; a stranger is given up in a few seconds")
    func impatience() throws {
        let scene = try Scene()
        let journey = try journey(scene, "model", seed: 400)
        #expect(try scene.push("model", journey.model).status == 0)
        try journey.network.set([Rule(fault: "truncate", path: "/lists/")])
        let hasty = try TimedCommand(["pull", journey.address, scene.path("out"), "--wait", "0", "--json"]).wait()
        #expect(hasty.result.failed(7, naming: "lists/"), "\(hasty.result.shown)")
        #expect(journey.network.requests("GET", "/lists/").count == 1)
        if let seconds = hasty.seconds { #expect(seconds < 3) }
        let stranger = try TimedCommand(["pull", "http://127.0.0.1:\(FreePort.next())/acme/model", scene.path("none"), "--json"]).wait()
        #expect(stranger.result.failed(7, naming: "http://127.0.0.1"), "\(stranger.result.shown)")
        if let seconds = stranger.seconds { #expect((2...10).contains(seconds)) }
    }

    @Test("an answer that is lost after the mirror acted does not make a push fail or act twice")
    func lostAnswers() throws {
        let scene = try Scene()
        let journey = try journey(scene, "model", megabytes: 40, seed: 500)
        try journey.network.set([
            Rule(fault: "lose-answer", path: "/v1/packs/", first: 1), Rule(fault: "truncate", path: "/v1/manifests/", first: 1),
            Rule(fault: "lose-answer", path: "/v1/refs/", first: 1),
        ])
        let push = try Bounded.run(["push", scene.path("model"), journey.address, "--json"])
        #expect(push.status == 0 && push.int("entry") == 1, "\(push.shown)")
        #expect(journey.network.faults == 3)
        let packs = journey.network.requests("PUT", "/v1/packs/")
        #expect(packs.count == Set(packs).count + 1)
        #expect(!Files.exists(scene.store + "/refs/acme/model/main/0000000002"))
    }

    @Test("an entry whose answer was lost counts, even if another has followed it by the time it is asked again")
    func followedEntry() throws {
        let scene = try Scene()
        let journey = try journey(scene, "model", seed: 501)
        _ = try ModelMaker.write(scene.folder, "other", megabytes: 1, seed: 502)
        try journey.network.set([
            Rule(fault: "lose-answer", path: "/v1/refs/", first: 1), Rule(fault: "status", path: "/v1/refs/", status: 503, retryAfter: 0),
        ])
        let command = try TimedCommand(["push", scene.path("model"), journey.address, "--json"])
        let end = Date().addingTimeInterval(30)
        while journey.network.requests("POST", "/v1/refs/").count < 2, Date() < end { Thread.sleep(forTimeInterval: 0.02) }
        let second = try scene.push("other", "acme/model", "--expect", "1")
        #expect(second.status == 0 && second.int("entry") == 2, "\(second.shown)")
        try journey.network.set([])
        let first = command.wait().result
        #expect(first.status == 0 && first.int("entry") == 1, "\(first.shown)")
    }

    @Test("a mirror that takes few connections is waited for, and clients make no more than they need")
    func connections() throws {
        let scene = try Scene()
        let journey = try journey(scene, "model", megabytes: 40, seed: 600)
        for limit in [nil, 2] {
            try journey.network.set(limit.map { [Rule(fault: "limit", limit: $0)] } ?? [])
            let push = try Bounded.run([
                "push", scene.path("model"), "\(journey.network.url)/acme/\(limit ?? 0)", "--expect", "0", "--json",
            ])
            #expect(push.status == 0, "\(push.shown)")
            let pull = try Bounded.run(["pull", "\(journey.network.url)/acme/\(limit ?? 0)", scene.path("out\(limit ?? 0)"), "--json"])
            #expect(pull.status == 0, "\(pull.shown)")
            if limit == nil { #expect((1...8).contains(journey.network.mostConnections), "\(journey.network.mostConnections)") }
        }
        #expect(journey.network.refused > 0)
        #expect(try scene.differences("out0", "out2") == [])
        // All 256 connections of a mirror are taken for a while, by others.
        let program = """
            import socket, time
            held = [socket.create_connection(('127.0.0.1', \(scene.mirror.port))) for _ in range(256)]
            print('full', flush=True)
            time.sleep(5)
            """
        let crowd = try Tool.start("/usr/bin/env", ["python3", "-c", program])
        #expect(crowd.line(containing: "full") != nil)
        let late = try TimedCommand(["pull", scene.address("acme/2"), scene.path("late"), "--json"]).wait()
        #expect(late.result.status == 0, "\(late.result.shown)")
        if let seconds = late.seconds { #expect((3...60).contains(seconds), "\(seconds)") }
        _ = crowd.wait()
    }
}
