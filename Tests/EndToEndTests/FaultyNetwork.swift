import Foundation
import WaybillTestSupport

/// A bad network in front of a mirror: `Fixtures/faulty-network.py`, which says what the faults are.
final class FaultyNetwork: @unchecked Sendable {
    struct Rule: Encodable, Sendable {
        var fault: String
        var method: String?
        /// The beginning of a path.
        var path: String?
        var first: Int?
        var every: Int?
        var probability: Double?
        var seconds: Double?
        var status: Int?
        var retryAfter: Int?
        var limit: Int?
    }

    /// Waits until it listens: several begin at once.
    var url: String {
        _ = FreePort.waitUntilOpen(port)
        return "http://127.0.0.1:\(port)"
    }

    private let port = FreePort.next()
    private let folder = TemporaryFolder("network")
    private let running: RunningTool

    init(before target: String, seed: Int = 1, _ rules: [Rule] = []) throws {
        try folder.write("rules.json", Array(JSONEncoder().encode(rules)))
        running = try Tool.start(
            "/usr/bin/env",
            [
                "python3", Repository.path("Tests/EndToEndTests/Fixtures/faulty-network.py"), target, "\(port)",
                folder.path("rules.json"), folder.path("log"), "\(seed)",
            ])
    }

    deinit {
        running.signal(SIGKILL)
        _ = running.wait()
    }

    /// Other rules from the next request on; their counts begin anew.
    func set(_ rules: [Rule]) throws {
        try folder.write("next.json", Array(JSONEncoder().encode(rules)))
        guard rename(folder.path("next.json"), folder.path("rules.json")) == 0 else { throw Waybill.Failure("rename") }
    }

    private var lines: [[String: Any]] {
        let text = String(decoding: (try? Files.read(folder.path("log"))) ?? [], as: UTF8.self)
        return text.split(separator: "\n").compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    }

    /// Requests so far whose method and path begin so.
    func requests(_ method: String = "", _ path: String = "") -> [String] {
        lines.compactMap { line in
            guard let verb = line["method"] as? String, let target = line["path"] as? String else { return nil }
            return verb.hasPrefix(method) && target.hasPrefix(path) ? target : nil
        }
    }

    /// Requests that met a fault.
    var faults: Int { lines.filter { $0["fault"] is String }.count }

    /// Connections that were reset because there were too many.
    var refused: Int { lines.filter { $0["refused"] != nil }.count }

    var mostConnections: Int { lines.compactMap { $0["open"] as? Int }.max() ?? 0 }
}

/// A command that runs beside others, with its time and its memory.
struct TimedCommand {
    private let running: RunningTool
    private let folder = TemporaryFolder("timed")
    private let home = TemporaryFolder("timed-home")

    /// - Parameter seconds: after which it is killed.
    init(_ arguments: [String], within seconds: Int = 120) throws {
        let measured = Bounded.canMeasure ? ["/usr/bin/time", "-f", "%M %e", "-o", folder.path("figures")] : ["/usr/bin/env"]
        let all = measured + ["/usr/bin/timeout", "-s", "KILL", "\(seconds)", Waybill.binary] + arguments
        running = try Tool.start(all[0], Array(all.dropFirst()), environment: ["XDG_CONFIG_HOME": home.path, "WAYBILL_TOKEN_FILE": ""])
    }

    struct Ended {
        let result: ToolResult
        /// Resident memory at its highest; nil where `time` is not installed.
        let mebibytes: Int?
        let seconds: Double?
    }

    func wait() -> Ended {
        let result = running.wait()
        // A status other than 0 stands in a line of its own, before the figures.
        let text = String(decoding: (try? Files.read(folder.path("figures"))) ?? [], as: UTF8.self)
        let figures = (text.split(separator: "\n").last ?? "").split(separator: " ")
        guard figures.count == 2 else { return Ended(result: result, mebibytes: nil, seconds: nil) }
        return Ended(result: result, mebibytes: Int(figures[0]).map { $0 / 1024 }, seconds: Double(figures[1]))
    }
}
