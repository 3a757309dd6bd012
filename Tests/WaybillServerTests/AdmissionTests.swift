import Glibc
import Testing
import WaybillFormat
import WaybillServer
import WaybillSystem

@Suite struct AdmissionTests {
    /// Every request that pushes, with a body that would be understood.
    private static func pushes(_ revision: RevisionFixture) throws -> [(method: String, path: String, body: [UInt8])] {
        [
            ("POST", "/v1/have", HaveQuery(chunks: revision.chunks).encoded()), ("PUT", "/v1/packs/\(revision.packName)", revision.pack),
            ("POST", "/v1/evidence", HaveQuery(chunks: revision.chunks).encoded()),
            ("PUT", "/v1/lists/\(revision.listName)", revision.list), ("POST", "/v1/locators/\(revision.listName)", []),
            ("PUT", "/v1/manifests/\(revision.manifestName)", revision.manifest),
            ("POST", "/v1/refs/acme/tiny/main", try revision.entry()),
        ]
    }

    @Test func pushesNeedAPushToken() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let read = try await mirror.tokens.create(scope: .read).secret.text
            let expired = try await mirror.tokens.create(scope: .push, lifetime: 1).secret.text
            try await Task.sleep(for: .seconds(2))
            let wrong = "wb_" + String(repeating: "A", count: 43)
            for request in try Self.pushes(revision) {
                for (token, status) in [(nil, 401), (wrong, 401), ("nonsense", 401), (expired, 401), (read, 403)] as [(String?, Int)] {
                    let answer = await mirror.send(request.method, request.path, request.body, token: token)
                    #expect(answer.status == status, "\(request.path) with \(token ?? "none")")
                    #expect(answer.isErrorObject)
                    #expect(answer.errorCode == "authentication")
                    #expect((answer.headers["www-authenticate"] != nil) == (status == 401))
                    if let token { #expect(!answer.text.contains(token)) }
                }
            }
            #expect(try mirror.names("packs").isEmpty)
            #expect(try mirror.names("lists").isEmpty)
            #expect(try mirror.names("refs").isEmpty)
            for request in try Self.pushes(revision) {
                let answer = await mirror.send(request.method, request.path, request.body)
                #expect((200...201).contains(answer.status), "\(request.path): \(answer.text)")
            }
        }
    }

    @Test func theHeaderHasOneForm() async throws {
        try await MirrorFixture.run { mirror in
            for value in [
                mirror.push, "Basic \(mirror.push)", "Bearer", "Bearer ", "Bearer \(mirror.push) \(mirror.push)", "Bearer \(mirror.push)x",
                "Bearer \(mirror.push.dropLast())", "Bearer wb_", "Bearer \(mirror.push.uppercased())",
            ] {
                let answer = await mirror.get("/v1/whoami", [("Authorization", value)])
                #expect(answer.status == 401, "\(value.prefix(12))")
            }
            let twice = [("Authorization", "Bearer \(mirror.push)"), ("Authorization", "Bearer \(mirror.push)")]
            #expect(await mirror.get("/v1/whoami", twice).status == 401)
            #expect(await mirror.get("/v1/whoami", [("authorization", "bearer \(mirror.push)")]).status == 200)
        }
    }

    @Test func theGlobBindsWhereRefsMove() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            let limited = try await mirror.tokens.create(scope: .push, models: ModelPattern("acme/t*")).secret.text
            for (model, status) in [("acme/other", 403), ("Acme/tiny", 403), ("evil/tiny", 403), ("acme/tiny", 201)] {
                let answer = await mirror.send("POST", "/v1/refs/\(model)/main", try revision.entry(model: model), token: limited)
                #expect(answer.status == status, "\(model)")
            }
            #expect(try mirror.names("refs") == ["acme"])
            // Reading and sending bytes is not limited: a store is one read domain.
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack, token: limited).status == 200)
        }
    }

    @Test func aPrivateMirrorShowsNothingWithoutAToken() async throws {
        try await MirrorFixture.run({ $0.isPrivate = true }) { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            let read = try await mirror.tokens.create(scope: .read).secret.text
            let paths = [
                "/waybill.json", "/catalog.json", "/" + ObjectName.pack(revision.packName).path,
                "/" + ObjectName.manifest(revision.manifestName).path, "/refs/acme/none/main/latest", "/metrics",
            ]
            for path in paths {
                for method in ["GET", "HEAD"] {
                    #expect(await mirror.send(method, path, token: nil).status == 401, "\(method) \(path)")
                    let wrong = await mirror.send(method, path, token: "wb_" + String(repeating: "x", count: 43))
                    #expect(wrong.status == 401, "\(method) \(path)")
                }
                let expected = path.hasSuffix("latest") ? 404 : 200
                #expect(await mirror.get(path, token: read).status == expected, "\(path)")
                #expect(await mirror.get(path, token: mirror.push).status == expected, "\(path)")
            }
            let pack = await mirror.get("/" + ObjectName.pack(revision.packName).path, token: read)
            #expect(pack.headers["cache-control"] == "private, max-age=31536000, immutable, no-transform")
            #expect(await mirror.get("/healthz").text == "ok\n")
            #expect(await mirror.get("/v1/server").status == 200)
        }
    }

    @Test func anonymousPushes() async throws {
        try await MirrorFixture.run({ $0.allowsAnonymousPush = true }) { mirror in
            let revision = try RevisionFixture.small()
            #expect(await mirror.get("/v1/server").json?["push"]?.text == "anonymous")
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack, token: nil).status == 201)
            // A wrong token is told to its owner even so.
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack, token: "wb_x").status == 401)
            #expect(await mirror.send("GET", "/v1/whoami", token: nil).status == 401)
        }
    }

    @Test func aTokenKnowsItself() async throws {
        try await MirrorFixture.run { mirror in
            let made = try await mirror.tokens.create(id: "ci-bot", scope: .push, models: ModelPattern("acme/*"))
            let answer = await mirror.get("/v1/whoami", token: made.secret.text)
            #expect(answer.text == #"{"models":"acme/*","scope":"push","token":"ci-bot"}"# + "\n")
            let server = await mirror.get("/v1/server")
            #expect(server.json?["push"]?.text == "token")
            #expect(server.json?["waybill"]?.number == 1)
            #expect(server.json?["limits"]?["have"]?.number == 8_192)
            #expect(server.json?["limits"]?["pack"]?.number == 67_108_864)
        }
    }

    @Test func changesOfTheFileAreSeen() async throws {
        try await MirrorFixture.run { mirror in
            // As another process does it.
            let elsewhere = TokenRegistry(store: mirror.store)
            let made = try await elsewhere.create(scope: .read)
            #expect(await mirror.get("/v1/whoami", token: made.secret.text).status == 200)
            try await elsewhere.revoke(made.token.id)
            try await Task.sleep(for: .milliseconds(1_200))
            #expect(await mirror.get("/v1/whoami", token: made.secret.text).status == 401)
        }
    }

    @Test func configurationsThatContradictThemselves() async throws {
        try await DirectoryStoreFixture.run { store in
            func refuses(_ change: (inout MirrorServer.Configuration) -> Void) -> Bool {
                var configuration = MirrorServer.Configuration()
                change(&configuration)
                let server = try? MirrorServer(
                    configuration: configuration, store: store, tokens: TokenRegistry(store: store), logger: DirectoryStoreFixture.silent)
                return server == nil
            }
            #expect(!refuses { _ in })
            #expect(
                refuses {
                    $0.isPrivate = true; $0.allowsAnonymousPush = true
                })
            #expect(refuses { $0.port = 70_000 })
            #expect(refuses { $0.basePath = "hub" })
            #expect(refuses { $0.basePath = "/hub/" })
            #expect(refuses { $0.basePath = "/../hub" })
            #expect(refuses { $0.maximumConnections = 0 })
            #expect(refuses { $0.memoryPerConnection = 1 })
        }
    }
}
