import Foundation
import Testing
import WaybillTestSupport

/// What people mistype: the documented code, and a hint that helps.
@Suite(.serialized)
struct MistakeTests {
    @Test(
        "addresses that are wrong",
        arguments: [
            ("localhost:8090/acme/tiny", "http://localhost:8090/acme/tiny"),
            ("127.0.0.1:8090/acme/tiny", "http://127.0.0.1:8090/acme/tiny"),
            ("models.example.com/acme/tiny", "https://models.example.com/acme/tiny"), ("http:/localhost:8090/acme/tiny", "http://"),
            ("http://localhost:8090/tiny", "org/name"), ("https://user:secret@example.com/acme/tiny", "waybill login"),
            ("http://localhost:8090/acme/tiny@abc", "64"), ("ftp://example.com/acme/tiny", "http"),
            ("http://localhost:99999/acme/tiny", "port"),
            ("http://localhost:8090/acme/../tiny", "acme"), ("http://localhost:8090/acme/tiny:ma in", "spaces"),
        ])
    func addresses(address: String, hint: String) throws {
        let folder = TemporaryFolder("mistakes")
        let pull = try Bounded.run(["pull", address, folder.path("out"), "--json"], within: 20)
        #expect(pull.status == 2 && pull.errorCode == "usage", "\(address): \(pull.shown)")
        #expect(pull.told.contains(hint), "\(address): \(pull.told)")
        // A password does not end up in a log.
        #expect(!(pull.output + pull.errors).contains("secret"), "\(pull.shown)")
        #expect(!Files.exists(folder.path("out")))
    }

    @Test("an alias that nobody declared, and one that is nearly right")
    func aliases() throws {
        let folder = TemporaryFolder("mistakes")
        let home = folder.path("home")
        let unknown = try Bounded.run(["pull", "hub/acme/tiny", folder.path("out"), "--json"], home: home)
        #expect(unknown.failed(2, naming: "hub") && unknown.told.contains("waybill remote add"), "\(unknown.shown)")
        #expect(try Bounded.run(["remote", "add", "hub", "http://127.0.0.1:9"], home: home).status == 0)
        let near = try Bounded.run(["pull", "hbu/acme/tiny", folder.path("out"), "--json"], home: home)
        #expect(near.failed(2, naming: "hub/acme/tiny"), "\(near.shown)")
    }

    @Test("a ref, model, revision or store that does not exist")
    func missing() throws {
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store)
        for base in ["file://\(sample.store)", mirror.url] {
            let ref = try Bounded.run(["pull", "\(base)/acme/tiny:mian", sample.folder.path("out"), "--json"])
            #expect(ref.failed(3, naming: "acme/tiny:mian"), "\(ref.shown)")
            #expect(ref.told.contains("waybill list") || ref.told.contains("Did you mean"), "\(ref.told)")
            let model = try Bounded.run(["pull", "\(base)/acme/tyni", sample.folder.path("out"), "--json"])
            #expect(model.failed(3, naming: "acme/tyni"), "\(model.shown)")
            let digest = String(repeating: "0", count: 64)
            let revision = try Bounded.run(["pull", "\(base)/acme/tiny@\(digest)", sample.folder.path("out"), "--json"])
            #expect(revision.status == 3 || revision.status == 4, "\(revision.shown)")
            #expect(revision.told.contains(digest), "\(revision.shown)")
            #expect(!Files.exists(sample.folder.path("out")))
        }
        let store = try Bounded.run(["pull", "file://\(sample.folder.path("nowhere"))/acme/tiny", sample.folder.path("out"), "--json"])
        #expect(store.failed(3, naming: "nowhere"), "\(store.shown)")
        let plain = try Bounded.run(["pull", "file://\(sample.model)/acme/tiny", sample.folder.path("out"), "--json"])
        #expect(plain.failed(3, naming: "waybill store init"), "\(plain.shown)")
    }

    @Test("JSON and nothing else on standard output, whatever fails")
    func json() throws {
        for arguments in [
            ["pull"], ["pull", "x"], ["nonsense"], ["push", "/nonexistent", "file:./x/a/b"], ["verify", "/nonexistent"], ["show", "x:y:z"],
        ] {
            let result = try Bounded.run(arguments + ["--json"], within: 20)
            #expect(result.status != 0)
            #expect(result.json?["ok"] as? Bool == false, "\(arguments): \(result.shown)")
            #expect(result.output.split(separator: "\n").count == 1, "\(arguments): \(result.output)")
        }
    }
}
