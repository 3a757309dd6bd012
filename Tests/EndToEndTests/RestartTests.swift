import Foundation
import Testing
import WaybillTestSupport

/// Mirrors that are killed and come back while clients work.
@Suite("While the mirror restarts", .serialized)
struct RestartTests {
    /// Kills the mirror, and after a while starts it again on its port.
    private func restart(_ scene: Scene, after seconds: Double) throws {
        scene.mirror.stop()
        Thread.sleep(forTimeInterval: seconds)
        try scene.restartMirror()
    }

    @Test("a push goes on by itself, says so, and sends again only what was in flight")
    func push() throws {
        let scene = try Scene()
        _ = try ModelMaker.write(scene.folder, "model", megabytes: 120, seed: 31)
        let network = try FaultyNetwork(before: scene.mirror.url)
        let running = try Waybill.start(["push", scene.path("model"), "\(network.url)/acme/tiny", "--json", "--progress", "json"])
        let end = Date().addingTimeInterval(60)
        while network.requests("PUT", "/v1/packs/").count < 2, Date() < end { Thread.sleep(forTimeInterval: 0.005) }
        try restart(scene, after: 3)
        let push = running.wait()
        #expect(push.status == 0, "\(push.shown)")
        let texts = push.errors.split(separator: "\n").compactMap { line -> String? in
            let event = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
            return event?["event"] as? String == "message" ? event?["text"] as? String : nil
        }
        #expect(texts.filter { $0.contains("trying again for up to") }.count == 1, "\(texts)")
        #expect(texts.filter { $0.contains("answers again after") }.count == 1, "\(texts)")
        // Each pack in flight was tried until the mirror was back; none that was acknowledged was sent again.
        let sent = network.requests("PUT", "/v1/packs/")
        let again = Dictionary(grouping: sent, by: { $0 }).filter { $1.count > 1 }
        #expect(again.count <= 3, "\(again.keys)")
        #expect(try scene.pull("acme/tiny", "out").status == 0)
        #expect(try scene.differences("model", "out") == [])
        #expect(try scene.verify("out").status == 0)
    }

    @Test("twenty pushes while the mirror is killed: those that said done hold, the others finish")
    func pushes() throws {
        let scene = try Scene()
        for number in 0..<20 { _ = try ModelMaker.write(scene.folder, "model\(number)", megabytes: 5, seed: UInt64(700 + number)) }
        let pushes = try (0..<20).map {
            try TimedCommand(["push", scene.path("model\($0)"), scene.address("acme/model\($0)"), "--json", "--wait", "60s"])
        }
        var generator = SeededGenerator(seed: 71)
        Thread.sleep(forTimeInterval: Double.random(in: 0.5...2, using: &generator))
        try restart(scene, after: 1)
        for (number, push) in pushes.enumerated() {
            let first = push.wait().result
            #expect(first.status == 0 || first.errorCode == "unavailable", "push \(number): \(first.shown)")
            if first.status != 0 {
                let second = try scene.push("model\(number)", "acme/model\(number)")
                #expect(second.status == 0, "push \(number): \(second.shown)")
            }
        }
        for command in ["pull", "verify"] {
            let checks = try (0..<20).map { number in
                let place = scene.path("out\(number)")
                return try TimedCommand(command == "pull" ? ["pull", scene.address("acme/model\(number)"), place] : ["verify", place])
            }
            for (number, check) in checks.enumerated() {
                let result = check.wait().result
                #expect(result.status == 0, "\(command) \(number): \(result.shown)")
            }
        }
        for number in 0..<20 { #expect(try scene.differences("model\(number)", "out\(number)") == [], "push \(number)") }
    }

    @Test("fifty clients while the mirror is killed twice: all end right")
    func crowd() throws {
        let scene = try Scene()
        _ = try ModelMaker.write(scene.folder, "model", megabytes: 5, seed: 80)
        #expect(try scene.push("model", "acme/model").status == 0)
        for number in 0..<8 { _ = try ModelMaker.write(scene.folder, "new\(number)", megabytes: 2, seed: UInt64(81 + number)) }
        var clients: [(what: String, command: TimedCommand)] = []
        for number in 0..<50 {
            let push = number % 7 == 3 ? number / 7 : nil
            let arguments =
                push.map { ["push", scene.path("new\($0)"), scene.address("acme/new\($0)")] }
                ?? ["pull", scene.address("acme/model"), scene.path("out\(number)")]
            clients.append(("\(arguments[0]) \(number)", try TimedCommand(arguments + ["--json", "--wait", "90s"])))
        }
        for pause in [0.4, 0.7] {
            Thread.sleep(forTimeInterval: pause)
            try restart(scene, after: 0.7)
        }
        for (what, command) in clients {
            let ended = command.wait()
            #expect(ended.result.status == 0, "\(what): \(ended.result.shown)")
        }
        for number in 0..<50 where number % 7 != 3 { #expect(try scene.differences("model", "out\(number)") == [], "\(number)") }
        for number in 0..<7 {
            #expect(try scene.pull("acme/new\(number)", "check\(number)").status == 0)
            #expect(try scene.differences("new\(number)", "check\(number)") == [], "\(number)")
        }
    }
}
