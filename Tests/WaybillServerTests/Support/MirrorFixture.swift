import Logging
import Synchronization
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// A mirror that runs on a free port over a store of its own.
struct MirrorFixture: Sendable {
    let port: Int
    let store: DirectoryStore
    let tokens: TokenRegistry
    let log: Log
    /// A token that may push everything.
    let push: String

    static let work = Work(threads: 2)

    /// The lines that the mirror logged.
    final class Log: Sendable {
        private let collected = Mutex<[String]>([])
        var lines: [String] { collected.withLock { $0 } }
        func append(_ line: String) { collected.withLock { $0.append(line) } }
    }

    /// Runs `body` against a new mirror, and ends it.
    static func run(
        _ change: (inout MirrorServer.Configuration) -> Void = { _ in }, _ body: @Sendable (MirrorFixture) async throws -> Void
    ) async throws {
        let folder = TemporaryFolder("waybill-server-tests")
        defer { withExtendedLifetime(folder) {} }
        let store = try await DirectoryStore.create(folder.path("store"), work: work, proof: .byStore)
        let tokens = TokenRegistry(store: store)
        let push = try await tokens.create(scope: .push).secret.text
        var configuration = MirrorServer.Configuration()
        configuration.port = 0
        configuration.handlesSignals = false
        configuration.shutdownTimeout = .seconds(2)
        change(&configuration)
        let log = Log()
        let logger = Logger(label: "test") { _ in JSONLogHandler { log.append($0) } }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try MirrorServer(configuration: configuration, store: store, tokens: tokens, logger: logger) { port in
            listening.yield(port)
            listening.finish()
        }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        guard let port = await ports.first(where: { _ in true }) else { throw NoPort() }
        do {
            try await body(MirrorFixture(port: port, store: store, tokens: tokens, log: log, push: push))
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
        running.cancel()
        _ = await running.result
    }

    struct NoPort: Error {}

    /// One request; with the push token unless told otherwise.
    func send(
        _ method: String, _ path: String, _ body: [UInt8]? = nil, token: String? = "push", headers: [(String, String)] = [],
        chunked: Bool = false
    ) async -> RawAnswer {
        var headers = headers
        if let token { headers.append(("Authorization", "Bearer \(token == "push" ? push : token)")) }
        if let body {
            headers.append(chunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", "\(body.count)"))
        }
        let payload = body.map { chunked ? RawClient.chunked($0) : $0 } ?? []
        return await RawClient.send(port: port, [RawClient.head(method, path, headers) + payload], isHead: method == "HEAD")
    }

    func get(_ path: String, _ headers: [(String, String)] = [], token: String? = nil) async -> RawAnswer {
        await send("GET", path, token: token, headers: headers)
    }

    /// Files below a folder of the store; hidden ones too.
    func names(_ folder: String...) throws -> [String] {
        guard let open = try? Folder.open(store.path).folder(folder) else { return [] }
        return try open.names().sorted()
    }

    func write(_ bytes: [UInt8], _ folder: [String], _ name: String) throws {
        try Folder.open(store.path).folder(folder, create: true).replace(name, with: bytes)
    }
}

extension RawAnswer {
    var json: JSONValue? { try? JSONValue(parsing: body, maximumDepth: 8) }
    /// `error.code` of the error object.
    var errorCode: String? { json?["error"]?["code"]?.text }

    /// An error object with all its members, and nothing that a browser would show as a page.
    var isErrorObject: Bool {
        guard case .object(let top) = json, case .object(let error)? = top["error"], top.count == 1 else { return false }
        return Set(error.keys).subtracting(["incomplete"]) == ["cause", "code", "remedy", "subject"]
            && headers["content-type"] == "application/json"
            && !text.lowercased().contains("<html") && headers["x-content-type-options"] == "nosniff"
    }
}
