import Foundation
import Testing
import WaybillTestSupport

/// Who may push, and where a token goes.
@Suite(.serialized)
struct TokenTests {
    private let folder = TemporaryFolder("tokens")

    /// A store with a token of the given scope.
    private func token(_ scope: String, of store: String) throws -> (file: String, secret: String) {
        let made = try Waybill.run(["token", "create", store, "--scope", scope, "--json"])
        let secret = try #require(made.text("token"), "\(made.shown)")
        return (try folder.write("token-\(scope)-\(UInt64.random(in: .min ... .max))", secret + "\n"), secret)
    }

    @Test("pushes without a token, with a wrong one and with one that only reads end with 9 and change nothing")
    func pushes() throws {
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store, arguments: [])
        let read = try token("read", of: sample.store)
        let push = try token("push", of: sample.store)
        let wrong = try folder.write("wrong", "wb_" + String(repeating: "A", count: 43) + "\n")
        let before = sample.objects
        for file in [nil, wrong, read.file] {
            let refused = try Bounded.run(["push", sample.model, "\(mirror.url)/acme/new", "--json"], tokenFile: file)
            #expect(refused.status == 9 && refused.errorCode == "authentication", "\(file ?? "none"): \(refused.shown)")
            #expect(!refused.told.isEmpty)
        }
        #expect(sample.objects == before)
        let allowed = try Bounded.run(["push", sample.model, "\(mirror.url)/acme/new", "--json"], tokenFile: push.file)
        #expect(allowed.status == 0, "\(allowed.shown)")
        for file in ["/nonexistent/token", try folder.write("empty", ""), try folder.write("broken", "no token\n")] {
            let refused = try Bounded.run(["push", sample.model, "\(mirror.url)/acme/new", "--token-file", file, "--json"])
            #expect([2, 3, 8, 9].contains(refused.status), "\(file): \(refused.shown)")
            #expect(refused.told.contains(file), "\(refused.shown)")
        }
    }

    @Test("a private mirror gives nothing without a token")
    func privateMirror() throws {
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store, arguments: ["--private"])
        let read = try token("read", of: sample.store)
        let out = folder.path("out")
        let refused = try Bounded.run(["pull", "\(mirror.url)/acme/tiny", out, "--json"])
        #expect(refused.status == 9, "\(refused.shown)")
        #expect(!Files.exists(out))
        let allowed = try Bounded.run(["pull", "\(mirror.url)/acme/tiny", out, "--json"], tokenFile: read.file)
        #expect(allowed.status == 0, "\(allowed.shown)")
    }

    @Test("a redirect to another origin does not carry the token")
    func redirect() throws {
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store, arguments: [])
        let read = try token("read", of: sample.store)
        let other = try FaultyProxy("none", before: mirror.url)
        let named = try FaultyProxy("redirect", before: other.url)
        let pull = try Bounded.run(["pull", "\(named.url)/acme/tiny", folder.path("out"), "--json"], tokenFile: read.file)
        #expect(pull.status == 0, "\(pull.shown)")
        let toNamed = named.requests.split(separator: "\n")
        #expect(!toNamed.isEmpty && toNamed.allSatisfy { $0.contains(read.secret) })
        let redirected = other.requests.split(separator: "\n").filter { $0.contains(" /packs/") }
        #expect(!redirected.isEmpty)
        #expect(!redirected.contains { $0.contains(read.secret) || $0.lowercased().contains("authorization") })
    }

    @Test("a token goes over plain HTTP only to this machine's own addresses")
    func plainHTTP() throws {
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store, arguments: [])
        let push = try token("push", of: sample.store)
        let proxy = try FaultyProxy("none", before: mirror.url)
        // Reaches this machine, and is no loopback address.
        let beyond = proxy.url.replacingOccurrences(of: "127.0.0.1", with: "0.0.0.0")
        let pull = try Bounded.run(["pull", "\(beyond)/acme/tiny", folder.path("out"), "--json"], tokenFile: push.file)
        #expect(pull.status == 0, "\(pull.shown)")
        let refused = try Bounded.run(["push", sample.model, "\(beyond)/acme/new", "--json"], tokenFile: push.file)
        #expect(refused.status == 9, "\(refused.shown)")
        let login = try Bounded.run(["login", beyond, "--token-file", push.file, "--json"], home: folder.path("home"))
        #expect(login.status == 9 || login.status == 2, "\(login.shown)")
        #expect(!proxy.requests.isEmpty)
        #expect(!proxy.requests.contains(push.secret))
        let near = try Bounded.run(["push", sample.model, "\(proxy.url)/acme/new", "--json"], tokenFile: push.file)
        #expect(near.status == 0, "\(near.shown)")
        #expect(proxy.requests.contains(push.secret))
    }

    @Test("a stored token is for its origin: not for another port, and not for the mirrors behind --from")
    func otherOrigin() throws {
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store, arguments: [])
        let read = try token("read", of: sample.store)
        let home = folder.path("home2")
        let login = try Bounded.run(["login", mirror.url, "--token-file", read.file, "--json"], home: home)
        #expect(login.status == 0, "\(login.shown)")
        let other = try FaultyProxy("none", before: mirror.url)
        let flipped = try FaultyProxy("flip", before: mirror.url)
        #expect(try Bounded.run(["pull", "\(other.url)/acme/tiny", folder.path("a")], home: home).status == 0)
        let pull = try Bounded.run(
            ["pull", "\(flipped.url)/acme/tiny", folder.path("b"), "--from", other.url, "--token-file", read.file, "--json"], home: home)
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(flipped.requests.contains(read.secret))
        #expect(other.requests.contains("/packs/"))
        #expect(!other.requests.contains(read.secret))
    }

    @Test("secrets do not stand in messages or in the mirror's log")
    func silence() throws {
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store, arguments: [])
        let read = try token("read", of: sample.store)
        let refused = try Bounded.run(["push", sample.model, "\(mirror.url)/acme/new", "--json"], tokenFile: read.file)
        #expect(refused.status == 9)
        #expect(mirror.running.line(containing: "403") != nil, "\(mirror.running.errors)")
        for text in [refused.output, refused.errors, mirror.running.errors, mirror.running.output] { #expect(!text.contains(read.secret)) }
        let stored = String(decoding: try Files.read(sample.store + "/private/tokens.json"), as: UTF8.self)
        #expect(!stored.contains(read.secret))
    }
}
