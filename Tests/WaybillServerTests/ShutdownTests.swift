import Glibc
import Testing
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem

/// A signal reaches every mirror of the process that listens for it: one after the other.
@Suite(.serialized) struct ShutdownTests {
    /// Runs a mirror that ends by SIGTERM, and tells how long its end took, in seconds.
    private static func end(
        timeout: Duration, prepare: @escaping @Sendable (DirectoryStore) async throws -> Void = { _ in },
        _ client: @escaping @Sendable (Int, String) async -> RawAnswer
    ) async throws -> (answer: RawAnswer, seconds: Double) {
        var result: (RawAnswer, Double)?
        try await DirectoryStoreFixture.run { store in
            try await prepare(store)
            let tokens = TokenRegistry(store: store)
            let token = try await tokens.create(scope: .push).secret.text
            var configuration = MirrorServer.Configuration()
            configuration.port = 0
            configuration.shutdownTimeout = timeout
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let server = try MirrorServer(
                configuration: configuration, store: store, tokens: tokens, logger: DirectoryStoreFixture.silent
            ) { listening.yield($0) }
            let running = Task { try await server.run() }
            let port = await ports.first { _ in true } ?? 0
            let answer = Task { await client(port, token) }
            try await Task.sleep(for: .seconds(1))
            let begun = Host.monotonicNanoseconds()
            kill(getpid(), SIGTERM)
            _ = await running.result
            let seconds = Double(Host.monotonicNanoseconds() - begun) / 1e9
            result = (await answer.value, seconds)
        }
        return try #require(result)
    }

    @Test func aRunningUploadIsFinished() async throws {
        let revision = try RevisionFixture([("b.bin", RevisionFixture.noise(2_000_000))], cut: 400_000)
        let (answer, seconds) = try await Self.end(timeout: .seconds(20)) { port, token in
            let headers = [("Authorization", "Bearer \(token)"), ("Content-Length", "\(revision.pack.count)")]
            let head = RawClient.head("PUT", "/v1/packs/\(revision.packName)", headers)
            let half = revision.pack.count / 2
            return await RawClient.send(
                port: port, [head, Array(revision.pack[..<half]), Array(revision.pack[half...])], pause: 1.2)
        }
        #expect(answer.status == 201)
        #expect(seconds < 10)
    }

    @Test func aReaderThatStandsStillDoesNotHoldIt() async throws {
        let bytes = RevisionFixture.noise(40 << 20)
        let digest = SHA256.digest(of: bytes)
        let (answer, seconds) = try await Self.end(
            timeout: .seconds(1),
            prepare: { store in
                try Folder.open(store.path).folder(["packs", digest.shard], create: true).replace(digest.hex, with: bytes)
            },
            { port, _ in
                await RawClient.send(port: port, [RawClient.head("GET", "/packs/\(digest.shard)/\(digest)", [])], sleep: 8)
            })
        #expect(answer.status == 200)
        #expect(!answer.isComplete)
        // The reader slept for seven seconds more; the mirror was gone before.
        #expect(seconds < 6)
    }

    @Test func whoTakesNothingIsCutOff() async throws {
        try await MirrorFixture.run({ $0.idleTimeout = .milliseconds(500) }) { mirror in
            let bytes = RevisionFixture.noise(40 << 20)
            let digest = SHA256.digest(of: bytes)
            try mirror.write(bytes, ["packs", digest.shard], digest.hex)
            let head = RawClient.head("GET", "/packs/\(digest.shard)/\(digest)", [])
            let answer = await RawClient.send(port: mirror.port, [head], sleep: 3)
            #expect(answer.status == 200)
            #expect(!answer.isComplete)
            #expect(mirror.log.lines.contains { $0.contains("broke off") && $0.contains("\"route\":\"packs\"") })
            // Whoever reads steadily gets everything.
            #expect(await mirror.get("/packs/\(digest.shard)/\(digest)").body == bytes)
        }
    }
}
