import Foundation
import Testing
import WaybillTestSupport

/// Pulls from several remotes, some of which are bad.
@Suite("From many sources", .serialized)
struct ManySourcesTests {
    private typealias Rule = FaultyNetwork.Rule

    private func scene(_ megabytes: Int) throws -> Scene {
        let scene = try Scene()
        _ = try ModelMaker.write(scene.folder, "model", megabytes: megabytes, seed: 11)
        let push = try scene.push("model", "acme/tiny")
        #expect(push.status == 0, "\(push.shown)")
        return scene
    }

    private func verdicts(_ result: ToolResult) -> [String] {
        (result.json?["sources"] as? [[String: Any]] ?? []).map { $0["verdict"] as? String ?? "" }
    }

    private func bytes(_ result: ToolResult) -> [Int] {
        (result.json?["sources"] as? [[String: Any]] ?? []).map { $0["bytes"] as? Int ?? -1 }
    }

    @Test("the work is shared, and no chunk is counted twice")
    func shared() throws {
        let scene = try scene(48)
        let networks = try (0..<2).map { try FaultyNetwork(before: scene.mirror.url, seed: $0) }
        let pull = try scene.pull("acme/tiny", "out", "--from", networks[0].url, "--from", networks[1].url)
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try scene.differences("model", "out") == [])
        #expect(verdicts(pull).count == 3 && bytes(pull).allSatisfy { $0 > 0 }, "\(pull.shown)")
        let moved = try #require(pull.int("bytesTransferred"))
        #expect(bytes(pull).reduce(0, +) <= moved)
        for network in networks { #expect(!network.requests("GET", "/packs/").isEmpty) }
    }

    @Test(
        "a source that never gives a pack fails no pull, and is named",
        arguments: [
            ("flip", ["banned", "wrongBytes"]), ("stall", ["stalled", "unavailable"]), ("silence", ["stalled", "unavailable"]),
            ("reset", ["stalled", "unavailable"]), ("html", ["missing", "stalled", "unavailable"]),
        ])
    func bad(fault: String, allowed: [String]) throws {
        let scene = try scene(24)
        let network = try FaultyNetwork(before: scene.mirror.url, [Rule(fault: fault, path: "/packs/")])
        // Once as the address, once as a further source.
        for (index, addresses) in [[network.url, scene.mirror.url], [scene.mirror.url, network.url]].enumerated() {
            let start = Date()
            let pull = try Bounded.run(
                ["pull", "\(addresses[0])/acme/tiny", scene.path("out\(index)"), "--from", addresses[1], "--json"], within: 60)
            #expect(pull.status == 0, "\(fault): \(pull.shown)")
            #expect(Date().timeIntervalSince(start) < 20, "\(fault)")
            #expect(try scene.differences("model", "out\(index)") == [])
            #expect(allowed.contains(verdicts(pull).count == 2 ? verdicts(pull)[index] : ""), "\(fault): \(pull.shown)")
            #expect(verdicts(pull).count == 2 && verdicts(pull)[1 - index] == "good", "\(fault): \(pull.shown)")
        }
    }

    @Test("two that answer everything wrongly beside an honest one: the pull ends, in bounded memory")
    func hostile() throws {
        let scene = try scene(48)
        let bad = try (0..<2).map { try FaultyNetwork(before: scene.mirror.url, seed: $0, [Rule(fault: "flip")]) }
        let (pull, mebibytes) = try PeakMemory.run([
            "pull", scene.address("acme/tiny"), scene.path("out"), "--from", bad[0].url, "--from", bad[1].url, "--json",
        ])
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try scene.differences("model", "out") == [])
        #expect(mebibytes <= 256)
        #expect(verdicts(pull).first == "good")
    }

    @Test("a source that is not there costs seconds")
    func dead() throws {
        let scene = try scene(24)
        let start = Date()
        let pull = try scene.pull("acme/tiny", "out", "--from", "http://127.0.0.1:9")
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(Date().timeIntervalSince(start) < 15)
        #expect(try scene.differences("model", "out") == [])
    }

    @Test("what no source has right is named, and what arrived is kept")
    func lost() throws {
        let scene = try scene(24)
        let network = try FaultyNetwork(before: scene.mirror.url, [Rule(fault: "flip", path: "/packs/")])
        let other = try FaultyNetwork(before: scene.mirror.url, seed: 5, [Rule(fault: "flip", path: "/packs/")])
        let pull = try Bounded.run(
            ["pull", "\(network.url)/acme/tiny", scene.path("out"), "--from", other.url, "--json"], within: 120)
        #expect(pull.failed(4, naming: "chunk"), "\(pull.shown)")
        #expect(pull.told.contains(network.url) && pull.told.contains(other.url), "\(pull.shown)")
        let again = try scene.pull("acme/tiny", "out")
        #expect(again.status == 0, "\(again.shown)")
        #expect(try scene.differences("model", "out") == [])
    }
}
