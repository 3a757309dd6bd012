import Foundation
import Testing
import WaybillTestSupport

/// A store and a mirror that serves it, with room for directories beside it.
final class Scene: @unchecked Sendable {
    let folder = TemporaryFolder("scene")
    let store: String
    private(set) var mirror: ServedMirror

    init() throws {
        store = folder.path("store")
        try Waybill.makeStore(store)
        mirror = try ServedMirror(store: store)
    }

    func path(_ name: String) -> String { folder.path(name) }

    /// The address of a model at the mirror.
    func address(_ model: String) -> String { "\(mirror.url)/\(model)" }

    func push(_ name: String, _ model: String, _ more: String...) throws -> ToolResult {
        try Bounded.run(["push", path(name), address(model), "--json"] + more, within: 240)
    }

    func pull(_ model: String, _ name: String, _ more: String...) throws -> ToolResult {
        try Bounded.run(["pull", address(model), path(name), "--json"] + more, within: 240)
    }

    func verify(_ name: String, _ more: String...) throws -> ToolResult {
        try Bounded.run(["verify", path(name), "--json"] + more, within: 240)
    }

    /// What differs between two directories of the scene, papers of Waybill left out.
    func differences(_ a: String, _ b: String) throws -> [String] { try Files.differences(path(a), path(b)) }

    func copy(_ from: String, _ to: String) throws { try Tool.run("/bin/cp", ["-a", path(from), path(to)]) }
    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    /// Ends the mirror without warning and starts another one on the same port.
    func restartMirror() throws {
        mirror.stop()
        mirror = try ServedMirror(store: store, port: mirror.port)
    }

    /// A sum over the lines of `/metrics` that begin with `name`.
    func metric(_ name: String) throws -> Int {
        let text = try Tool.run("/usr/bin/curl", ["-s", "\(mirror.url)/metrics"]).output
        let lines = text.split(separator: "\n").filter { $0.hasPrefix(name) }
        return try lines.reduce(0) { $0 + (try #require(Int($1.split(separator: " ").last ?? ""))) }
    }

    /// Waits until the mirror is at rest, so that its counters hold what killed clients asked for.
    func settle() throws {
        let end = Date().addingTimeInterval(30)
        // The question itself is under way while it is answered.
        while try metric("waybill_requests_in_flight") > 1, Date() < end { Thread.sleep(forTimeInterval: 0.05) }
    }
}

/// The largest resident memory of a process, read while it runs.
enum PeakMemory {
    /// In MiB; nil where the system does not say or the process has ended.
    static func now(_ process: Process) -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes / 1024
    }

    /// Runs a command and watches it: a high-water mark, so that only what it gains in its last milliseconds is missed.
    static func run(_ arguments: [String]) throws -> (result: ToolResult, mebibytes: Int) {
        let running = try Waybill.start(arguments)
        var peak = 0
        while running.process.isRunning {
            peak = max(peak, now(running.process) ?? 0)
            Thread.sleep(forTimeInterval: 0.005)
        }
        return (running.wait(), peak)
    }
}
