import Foundation
import Testing
import WaybillTestSupport

/// Runs of the command against bad input: one that hangs is killed and fails its test instead of stopping all.
enum Bounded {
    private static let home = TemporaryFolder("bounded-home")

    static func run(
        _ arguments: [String], within seconds: Int = 90, in directory: String? = nil, home: String? = nil, tokenFile: String? = nil,
        user: String? = nil
    ) throws -> ToolResult {
        let (program, rest) = wrapped(["-s", "KILL", "\(seconds)", Waybill.binary] + arguments, user: user)
        return try Tool.run(
            program, rest, in: directory,
            environment: ["XDG_CONFIG_HOME": home ?? Self.home.path, "WAYBILL_TOKEN_FILE": tokenFile ?? ""])
    }

    private static func wrapped(_ arguments: [String], user: String?) -> (String, [String]) {
        guard let user else { return ("/usr/bin/timeout", arguments) }
        return ("/usr/bin/setpriv", ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", "/usr/bin/timeout"] + arguments)
    }

    static let canMeasure = Tool.find("time") != nil

    /// As `run`, and the largest resident memory of the command in MiB.
    static func measured(_ arguments: [String], within seconds: Int = 90) throws -> (result: ToolResult, mebibytes: Int) {
        let folder = TemporaryFolder("measured")
        let result = try Tool.run(
            "/usr/bin/time",
            ["-f", "%M", "-o", folder.path("rss"), "/usr/bin/timeout", "-s", "KILL", "\(seconds)", Waybill.binary] + arguments,
            environment: ["XDG_CONFIG_HOME": home.path, "WAYBILL_TOKEN_FILE": ""])
        // A status other than 0 stands in a line of its own, before the figure.
        let text = String(decoding: try Files.read(folder.path("rss")), as: UTF8.self)
        let kibibytes = try #require(text.split(separator: "\n").last.flatMap { Int($0) })
        return (result, kibibytes / 1024)
    }
}

extension ToolResult {
    /// A part of the error that `--json` names.
    func error(_ key: String) -> String? { (json?["error"] as? [String: Any])?[key] as? String }

    /// Subject, cause and remedy of the error object.
    var told: String {
        guard let error = json?["error"] as? [String: Any] else { return "" }
        return ["subject", "cause", "remedy"].compactMap { error[$0] as? String }.joined(separator: " | ")
    }

    /// Whether the command failed with `status`, with the code that belongs to it and with a message that names `subject`.
    func failed(_ status: Int32, naming subject: String) -> Bool {
        let codes: [Int32: String] = [
            1: "failure", 2: "usage", 3: "notFound", 4: "integrity", 6: "conflict", 7: "unavailable", 8: "storage", 9: "authentication",
        ]
        return self.status == status && errorCode == codes[status] && told.contains(subject)
    }

    /// For the message of a failed check.
    var shown: String { "status \(status): \(output.prefix(600)) \(errors.prefix(600))" }
}

/// Everything below a folder: kind, and bytes or target.
enum Snapshot {
    static func of(_ root: String, leavingOut: [String] = []) throws -> [String: String] {
        var found: [String: String] = [:]
        let manager = FileManager.default
        guard let walker = manager.enumerator(atPath: root) else { return [:] }
        for case let name as String in walker {
            if leavingOut.contains(where: { name == $0 || name.hasPrefix($0 + "/") }) { continue }
            let path = root + "/" + name
            let attributes = try manager.attributesOfItem(atPath: path)
            switch attributes[.type] as? FileAttributeType {
            case .typeSymbolicLink: found[name] = "link to " + (try manager.destinationOfSymbolicLink(atPath: path))
            case .typeDirectory: found[name] = "folder"
            case .typeRegular: found[name] = "file \(try Data(contentsOf: URL(fileURLWithPath: path)).hashValue)"
            default: found[name] = "other"
            }
        }
        return found
    }
}
