import Foundation

/// The built command.
public enum Waybill {
    /// Beside the tests, unless `WAYBILL_BINARY` names another.
    public static let binary: String = {
        if let named = ProcessInfo.processInfo.environment["WAYBILL_BINARY"] { return named }
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("waybill").path
        return Files.exists(beside) ? beside : Repository.path(".build/release/waybill")
    }()

    /// Runs a command in a home of its own, so that nobody's configuration is read or changed.
    @discardableResult
    public static func run(
        _ arguments: [String], in directory: String? = nil, home: String? = nil, environment: [String: String] = [:], input: String? = nil
    ) throws -> ToolResult {
        try start(arguments, in: directory, home: home, environment: environment, input: input).wait()
    }

    public static func start(
        _ arguments: [String], in directory: String? = nil, home: String? = nil, environment: [String: String] = [:], input: String? = nil
    ) throws -> RunningTool {
        var all = ["XDG_CONFIG_HOME": home ?? emptyHome.path, "WAYBILL_TOKEN_FILE": ""]
        all.merge(environment) { $1 }
        return try Tool.start(binary, arguments, in: directory, environment: all, input: input)
    }

    private static let emptyHome = TemporaryFolder("home")

    /// Makes an empty store.
    public static func makeStore(_ path: String) throws {
        let result = try run(["store", "init", path])
        guard result.status == 0 else { throw Failure("store init: \(result.errors)") }
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }
}

/// A `waybill serve` on a free port of this machine; ended with the value.
public final class ServedMirror: @unchecked Sendable {
    public let url: String
    public let store: String
    public let running: RunningTool

    /// - Parameter arguments: besides the store and the port.
    public init(store: String, arguments: [String] = ["--allow-anonymous-push"], port: Int = 0) throws {
        self.store = store
        running = try Waybill.start(["serve", store, "--listen", "127.0.0.1:\(port)"] + arguments)
        guard let line = running.line(containing: "http://"), let start = line.range(of: "http://") else {
            throw Waybill.Failure("waybill serve did not start: \(running.errors)")
        }
        url = String(line[start.lowerBound...].prefix { !$0.isWhitespace && $0 != "\"" && $0 != "," })
    }

    deinit { stop() }

    public var port: Int { Int(url.split(separator: ":").last.map { $0.prefix { $0.isNumber } } ?? "") ?? 0 }

    public func stop() {
        running.signal(SIGKILL)
        _ = running.wait()
    }
}

/// nginx over a store directory: a mirror without any software of ours.
public final class NginxMirror: @unchecked Sendable {
    public let url: String
    public let accessLog: String
    private let folder = TemporaryFolder("nginx")
    private let running: RunningTool

    public static var isInstalled: Bool { Tool.find("nginx") != nil }

    public init(store: String) throws {
        guard let nginx = Tool.find("nginx") else { throw Waybill.Failure("nginx is not installed") }
        let port = FreePort.next()
        accessLog = folder.path("access.log")
        let user = getuid() == 0 ? "user root;" : ""
        let configuration = """
            \(user)
            daemon off; pid \(folder.path)/pid; error_log \(folder.path)/error.log;
            events {}
            http {
              access_log \(accessLog);
              client_body_temp_path \(folder.path)/a; proxy_temp_path \(folder.path)/b; fastcgi_temp_path \(folder.path)/c;
              uwsgi_temp_path \(folder.path)/d; scgi_temp_path \(folder.path)/e;
              server { listen 127.0.0.1:\(port); root \(store); location /private/ { deny all; } }
            }
            """
        try folder.write("nginx.conf", configuration)
        running = try Tool.start(nginx, ["-p", folder.path, "-c", folder.path("nginx.conf")])
        url = "http://127.0.0.1:\(port)"
        guard FreePort.waitUntilOpen(port) else { throw Waybill.Failure("nginx did not start: \(running.errors)") }
    }

    deinit {
        running.signal(SIGTERM)
        _ = running.wait()
    }
}

/// A fault-making proxy in front of a mirror: `Tests/EndToEndTests/Fixtures/faulty-proxy.py MODE`.
public final class FaultyProxy: @unchecked Sendable {
    public let url: String
    /// Headers of every request, one a line.
    public let log: String
    private let folder = TemporaryFolder("proxy")
    private let running: RunningTool

    public init(_ mode: String, before target: String) throws {
        let port = FreePort.next()
        log = folder.path("requests.log")
        running = try Tool.start(
            "/usr/bin/env", ["python3", Repository.path("Tests/EndToEndTests/Fixtures/faulty-proxy.py"), mode, target, "\(port)", log])
        url = "http://127.0.0.1:\(port)"
        guard FreePort.waitUntilOpen(port) else { throw Waybill.Failure("the proxy did not start: \(running.errors)") }
    }

    deinit {
        running.signal(SIGKILL)
        _ = running.wait()
    }

    public var requests: String { String(decoding: (try? Files.read(log)) ?? [], as: UTF8.self) }

    /// Waits until something with `text` was asked for.
    public func wasAsked(for text: String, within seconds: Double = 30) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while !requests.contains(text) {
            guard Date() < end else { return false }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return true
    }

    /// Lets go what the modes `gate` and `gate-late` hold.
    public func release() throws { try Data().write(to: URL(fileURLWithPath: log + ".go")) }
}

/// Ports of this machine.
public enum FreePort {
    /// A port that nobody listens on now.
    public static func next() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        return bound ? Int(UInt16(bigEndian: address.sin_port)) : 0
    }

    public static func waitUntilOpen(_ port: Int, within seconds: Double = 15) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            if isOpen(port) { return true }
            Thread.sleep(forTimeInterval: 0.03)
        }
        return false
    }

    private static func isOpen(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
