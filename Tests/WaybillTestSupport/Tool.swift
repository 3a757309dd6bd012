import Foundation

/// A finished program.
public struct ToolResult: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String

    /// The object that `--json` printed; nil unless standard output is exactly one JSON object.
    public var json: [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
    }

    /// `error.code` of the JSON object.
    public var errorCode: String? { (json?["error"] as? [String: Any])?["code"] as? String }

    public func int(_ key: String) -> Int? { json?[key] as? Int }
    public func text(_ key: String) -> String? { json?[key] as? String }
}

/// Runs programs.
public enum Tool {
    /// Runs `program` and waits. Output goes through files, so that a child that lives on cannot block the test.
    @discardableResult
    public static func run(
        _ program: String, _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:], input: String? = nil
    ) throws -> ToolResult {
        let running = try start(program, arguments, in: directory, environment: environment, input: input)
        return running.wait()
    }

    public static func start(
        _ program: String, _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:], input: String? = nil
    ) throws -> RunningTool {
        let folder = TemporaryFolder("tool")
        let output = try folder.write("out", "")
        let errors = try folder.write("err", "")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        process.standardInput = FileHandle.nullDevice
        if let input {
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: try folder.write("in", input)))
        }
        try process.run()
        return RunningTool(process: process, folder: folder)
    }

    /// The path of a program, or nil if it is not installed.
    public static func find(_ name: String) -> String? {
        ["/usr/sbin/", "/usr/bin/", "/bin/", "/usr/local/bin/", "/sbin/"].map { $0 + name }.first { Files.exists($0) }
    }
}

/// A program that runs.
public final class RunningTool: @unchecked Sendable {
    public let process: Process
    private let folder: TemporaryFolder

    init(process: Process, folder: TemporaryFolder) {
        self.process = process
        self.folder = folder
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    public var output: String { String(decoding: (try? Files.read(folder.path("out"))) ?? [], as: UTF8.self) }
    public var errors: String { String(decoding: (try? Files.read(folder.path("err"))) ?? [], as: UTF8.self) }

    public func wait() -> ToolResult {
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return ToolResult(status: status, output: output, errors: errors)
    }

    public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until `text` stands in the program's output or errors; nil after `seconds`, or when it ended without.
    public func line(containing text: String, within seconds: Double = 20) -> String? {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            let all = output + "\n" + errors
            if let line = all.split(separator: "\n").first(where: { $0.contains(text) }) { return String(line) }
            if !process.isRunning { return nil }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return nil
    }
}
