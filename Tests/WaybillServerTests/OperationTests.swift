import Testing
import WaybillFormat
import WaybillServer
import WaybillSystem

@Suite struct OperationTests {
    @Test func metricsCountWhatHappened() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", try revision.entry()).status == 201)
            #expect(await mirror.send("PUT", "/v1/lists/\(revision.packName)", revision.list).status == 422)
            #expect(await mirror.send("GET", "/nothing").status == 404)
            let answer = await mirror.get("/metrics")
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = answer.text.split(separator: "\n").map(String.init)
            for line in [
                #"waybill_requests_total{route="v1/packs",status="201"} 1"#, #"waybill_requests_total{route="v1/lists",status="422"} 1"#,
                #"waybill_requests_total{route="unknown",status="404"} 1"#, #"waybill_refused_total{code="integrity"} 1"#,
                "waybill_packs_admitted_total 1", "waybill_chunks_verified_total \(revision.chunks.count)",
                "waybill_revisions_proved_total 1", "waybill_entries_appended_total 1", "waybill_requests_in_flight 1",
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            #expect(!answer.text.contains("acme") && !answer.text.contains(revision.packName.hex))
            let received = lines.first { $0.hasPrefix("waybill_received_bytes_total ") }
            let sum = revision.pack.count + 2 * revision.list.count + revision.manifest.count + (try revision.entry()).count
            #expect(received == "waybill_received_bytes_total \(sum)")
        }
    }

    @Test func theLogNamesRequestsAndTokensButShowsNone() async throws {
        try await MirrorFixture.run { mirror in
            let made = try await mirror.tokens.create(id: "robot", scope: .push)
            let revision = try RevisionFixture.small()
            let answer = await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack, token: made.secret.text)
            let id = try #require(answer.headers["waybill-request"])
            #expect(answer.headers["waybill-path"] == "/v1/packs/\(revision.packName)")
            #expect(await mirror.get("/v1/nothing?a=b").headers["waybill-path"] == "/v1/nothing")
            _ = await mirror.get("/missing\"\n\u{7f}", [("Authorization", "Bearer wb_wrong")])
            let lines = mirror.log.lines
            let entries = try lines.map { try JSONValue(parsing: Array($0.utf8), maximumDepth: 4) }
            let push = try #require(entries.first { $0["request"]?.text == id })
            #expect(push["token"]?.text == "robot")
            #expect(push["status"]?.number == 201)
            #expect(push["method"]?.text == "PUT")
            #expect(push["bytesIn"]?.number == revision.pack.count)
            #expect(!lines.contains { $0.contains(made.secret.text) || $0.contains(mirror.push) || $0.contains("wb_wrong") })
            #expect(lines.allSatisfy { $0.hasSuffix("\n") && $0.split(separator: "\n").count == 1 })
        }
    }

    @Test func aSilentConnectionIsClosed() async throws {
        try await MirrorFixture.run({ $0.idleTimeout = .milliseconds(500) }) { mirror in
            let begun = Host.monotonicNanoseconds()
            // Nothing, half a head, a head whose body never comes, and a head that drips.
            let half = Array("GET /healthz HTTP/1.1\r\nHost:".utf8)
            let headers = [("Authorization", "Bearer \(mirror.push)"), ("Content-Length", "1000")]
            let body = RawClient.head("PUT", "/v1/packs/\(SHA256.digest(of: []))", headers)
            async let first = RawClient.send(port: mirror.port, [])
            async let second = RawClient.send(port: mirror.port, [half])
            async let third = RawClient.send(port: mirror.port, [body + [1, 2, 3]])
            async let fourth = RawClient.send(port: mirror.port, half.map { [$0] } + [[10]], pause: 0.2)
            for answer in await [first, second, third, fourth] {
                #expect(answer.isClosed)
                #expect([0, 400, 408].contains(answer.status))
            }
            #expect(Host.monotonicNanoseconds() - begun < 15_000_000_000)
            #expect(await mirror.get("/healthz").status == 200)
            let left = try mirror.names("private", "tmp")
            #expect(left.isEmpty)
        }
    }

    @Test func aBodyThatDripsIsRefused() async throws {
        try await MirrorFixture.run({ $0.idleTimeout = .seconds(2) }) { mirror in
            let headers = [("Authorization", "Bearer \(mirror.push)"), ("Content-Length", "1000")]
            let head = RawClient.head("PUT", "/v1/packs/\(SHA256.digest(of: []))", headers)
            let answer = await RawClient.send(port: mirror.port, [head] + (0..<8).map { [UInt8($0)] }, pause: 0.3)
            #expect(answer.status == 408)
            #expect(answer.isErrorObject)
            #expect(answer.isClosed)
            let left = try mirror.names("private", "tmp")
            #expect(left.isEmpty)
        }
    }

    @Test func aHeadThatIsTooLargeIsRefused() async throws {
        try await MirrorFixture.run { mirror in
            let long = String(repeating: "a", count: 100_000)
            for bytes in [
                RawClient.head("GET", "/healthz", [("X", long)]), RawClient.head("GET", "/" + long, []),
                RawClient.head("GET", "/healthz", (0..<5_000).map { ("X-\($0)", "1") }), Array("nonsense\r\n\r\n".utf8),
            ] {
                let answer = await RawClient.send(port: mirror.port, [bytes])
                #expect(answer.status >= 400 || answer.status == 0, "\(answer.status)")
                #expect(!answer.text.lowercased().contains("<html"))
            }
            #expect(await mirror.get("/healthz").status == 200)
        }
    }

    @Test func aPortThatIsTakenIsSaid() async throws {
        try await MirrorFixture.run { mirror in
            var configuration = MirrorServer.Configuration()
            configuration.port = mirror.port
            configuration.handlesSignals = false
            let second = try MirrorServer(
                configuration: configuration, store: mirror.store, tokens: mirror.tokens, logger: DirectoryStoreFixture.silent)
            let error = await #expect(throws: ServerError.self) { try await second.run() }
            #expect(error?.code == .failure)
            #expect(error?.subject == "127.0.0.1:\(mirror.port)")
        }
    }

    @Test func oneConnectionServesManyRequests() async throws {
        try await MirrorFixture.run { mirror in
            let request = RawClient.head("GET", "/v1/whoami", []) + RawClient.head("GET", "/healthz", [("Connection", "close")])
            // The first answer is a refusal; the connection goes on.
            let first = await RawClient.send(port: mirror.port, [request])
            #expect(first.status == 401)
            #expect(first.isComplete)
            #expect(first.headers["connection"] == nil)
        }
    }
}
