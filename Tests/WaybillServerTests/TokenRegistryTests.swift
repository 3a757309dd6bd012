import Testing
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem

@Suite struct TokenRegistryTests {
    @Test func theFileHoldsNoSecret() async throws {
        try await MirrorFixture.run { mirror in
            let made = try await mirror.tokens.create(scope: .push, models: ModelPattern("acme/*"), lifetime: 3_600)
            let secret = made.secret.text
            #expect(secret.hasPrefix("wb_"))
            #expect(secret.utf8.count == 46)
            #expect(
                secret.utf8.dropFirst(3).allSatisfy { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8.contains($0) }
            )
            let file = try Folder.open(mirror.store.path).folder("private").file("tokens.json", .read)
            let text = String(decoding: try file.read(at: 0, count: 1 << 16), as: UTF8.self)
            #expect(!text.contains(secret))
            #expect(text.contains(SHA256.digest(of: Array(secret.utf8)).hex))
            #expect(mirror.mode("private/tokens.json") == 0o600)
            #expect(mirror.mode("private") == 0o700)
            let listed = try #require(try await mirror.tokens.list().first { $0.id == made.token.id })
            #expect(listed == made.token)
            #expect(listed.models.text == "acme/*")
            #expect(listed.expires.flatMap(Timestamp.secondsSince1970) == Timestamp.secondsSince1970(listed.created).map { $0 + 3_600 })
        }
    }

    @Test func namesAreUnique() async throws {
        try await DirectoryStoreFixture.run { store in
            let registry = TokenRegistry(store: store)
            let first = try await registry.create(id: "ci", scope: .read)
            let taken = await #expect(throws: ServerError.self) { _ = try await registry.create(id: "ci", scope: .push) }
            #expect(taken?.code == .conflict)
            for id in ["", ".ci", "a b", "../x", String(repeating: "x", count: 65)] {
                let error = await #expect(throws: ServerError.self) { _ = try await registry.create(id: id, scope: .push) }
                #expect(error?.code == .usage, "\(id)")
            }
            let lifetime = await #expect(throws: ServerError.self) { _ = try await registry.create(scope: .push, lifetime: 0) }
            #expect(lifetime?.code == .usage)
            #expect(try await registry.list() == [first.token])
            try await registry.revoke("ci")
            #expect(try await registry.list().isEmpty)
            let gone = await #expect(throws: ServerError.self) { try await registry.revoke("ci") }
            #expect(gone?.code == .notFound)
        }
    }

    @Test func writersAtOnceLoseNothing() async throws {
        try await DirectoryStoreFixture.run { store in
            let ids = (0..<24).map { "t\($0)" }
            await withTaskGroup(of: Void.self) { group in
                for id in ids { group.addTask { _ = try? await TokenRegistry(store: store).create(id: id, scope: .read) } }
            }
            let kept = try await TokenRegistry(store: store).list()
            #expect(Set(kept.map(\.id)) == Set(ids))
        }
    }

    @Test func aDamagedFileAdmitsNobody() async throws {
        try await MirrorFixture.run { mirror in
            #expect(await mirror.get("/v1/whoami", token: mirror.push).status == 200)
            let file = try Folder.open(mirror.store.path).folder("private").file("tokens.json", .read)
            let text = String(decoding: try file.read(at: 0, count: 1 << 16), as: UTF8.self)
            for damaged in [
                "", "{}", text + "x", text.replacing("\"waybill\":1", with: "\"waybill\":2"), text.replacing("push", with: "admin"),
                text.replacing("\"expires\":null", with: "\"expires\":\"soon\""), text.replacing("\"expires\":null,", with: ""),
                text.replacing("\"id\"", with: "\"extra\":1,\"id\""),
            ] {
                try mirror.write(Array(damaged.utf8), ["private"], "tokens.json")
                try await Task.sleep(for: .milliseconds(1_050))
                let answer = await mirror.get("/v1/whoami", token: mirror.push)
                #expect(answer.status == 500, "\(damaged)")
                #expect(answer.isErrorObject)
                #expect(!answer.text.contains(mirror.store.path))
            }
            try mirror.write(Array(text.utf8), ["private"], "tokens.json")
            #expect(await mirror.get("/v1/whoami", token: mirror.push).status == 200)
        }
    }

    @Test(arguments: [
        ("*", "acme/tiny", true), ("acme/*", "acme/tiny", true), ("acme/*", "acme2/tiny", false), ("acme/*", "Acme/tiny", false),
        ("*/tiny", "acme/tiny", true), ("*/*", "a/b", true), ("acme/t?ny", "acme/tiny", true), ("acme/t?ny", "acme/tny", false),
        ("acme/*-q4*", "acme/tiny-q4_k", true), ("acme/*-q4", "acme/tiny-q4_k", false), ("a*c/*", "abc/x", true),
        ("acme/tiny", "acme/tiny2", false),
    ])
    func patterns(pattern: String, model: String, matches: Bool) throws {
        #expect(try ModelPattern(pattern).matches(ModelName(model)) == matches)
    }

    @Test(arguments: ["", "acme", "acme/", "/tiny", "a/b/c", "acme/ti ny", "acme/..%", "**/é", "acme/[a-z]"])
    func patternsThatAreNone(text: String) {
        #expect(throws: ServerError.self) { try ModelPattern(text) }
    }
}
