import Foundation
import Testing
import WaybillTestSupport

/// Push, pull and compare, with the built command and real servers.
@Suite(.serialized)
struct RoundTripTests {
    @Test("a model goes through a served mirror and comes back equal")
    func servedMirror() throws {
        let folder = TemporaryFolder()
        let model = try ModelMaker.write(folder, "model")
        try Waybill.makeStore(folder.path("store"))
        let mirror = try ServedMirror(store: folder.path("store"))
        let address = "\(mirror.url)/acme/tiny"
        let push = try Waybill.run(["push", model, address, "--json"])
        #expect(push.status == 0, "\(push.errors)")
        let pull = try Waybill.run(["pull", address, folder.path("out"), "--json"])
        #expect(pull.status == 0, "\(pull.errors)")
        #expect(try Files.differences(model, folder.path("out")) == [])
        #expect(pull.text("manifest") == push.text("manifest"))
        #expect(pull.text("contentId") == push.text("contentId"))
        let verify = try Waybill.run(["verify", folder.path("out"), "--json"])
        #expect(verify.status == 0)
        let show = try Waybill.run(["show", address])
        #expect(show.output.contains("apache-2.0"))
        #expect(show.output.contains("acme/corpus"))
    }

    @Test("a directory address and a served mirror hold the same objects")
    func directoryAndServer() throws {
        let folder = TemporaryFolder()
        let model = try ModelMaker.write(folder, "model")
        try Waybill.makeStore(folder.path("store"))
        let push = try Waybill.run(["push", model, "file://\(folder.path("store"))/acme/tiny", "--json"])
        #expect(push.status == 0, "\(push.errors)")
        let mirror = try ServedMirror(store: folder.path("store"), arguments: [])
        let pull = try Waybill.run(["pull", "\(mirror.url)/acme/tiny", folder.path("out"), "--json"])
        #expect(pull.status == 0, "\(pull.errors)")
        #expect(pull.text("manifest") == push.text("manifest"))
        #expect(try Files.differences(model, folder.path("out")) == [])
    }

    @Test("nginx over the store directory serves pulls", .enabled(if: NginxMirror.isInstalled, "nginx is not installed"))
    func plainWebServer() throws {
        let folder = TemporaryFolder()
        let model = try ModelMaker.write(folder, "model")
        try Waybill.makeStore(folder.path("store"))
        for version in 1...3 {
            try folder.write("model/config.json", "{\"version\":\(version)}")
            #expect(try Waybill.run(["push", model, "file://\(folder.path("store"))/acme/tiny"]).status == 0)
        }
        let nginx = try NginxMirror(store: folder.path("store"))
        let pull = try Waybill.run(["pull", "\(nginx.url)/acme/tiny", folder.path("out"), "--json"])
        #expect(pull.status == 0, "\(pull.errors)")
        #expect(pull.int("entry") == 3)
        #expect(try Files.differences(model, folder.path("out")) == [])
        // A hint that is behind, or gone, is only a hint.
        let hint = folder.path("store/refs/acme/tiny/main/latest")
        try Data("0000000001\n".utf8).write(to: URL(fileURLWithPath: hint))
        #expect(try Waybill.run(["pull", "\(nginx.url)/acme/tiny", folder.path("out2"), "--json"]).int("entry") == 3)
        try FileManager.default.removeItem(atPath: hint)
        #expect(try Waybill.run(["pull", "\(nginx.url)/acme/tiny", folder.path("out3"), "--json"]).int("entry") == 3)
        let listed = try Waybill.run(["list", nginx.url])
        #expect(listed.output.contains("acme/tiny"))
        let push = try Waybill.run(["push", model, "\(nginx.url)/acme/other", "--json"])
        #expect(push.status == 2)
        #expect(
            try Tool.run("/usr/bin/curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "\(nginx.url)/private/tokens.json"]).output
                != "200")
    }

    @Test("two clones give one manifest, and the second push moves no chunk")
    func clones() throws {
        let folder = TemporaryFolder()
        let model = try ModelMaker.write(folder, "model")
        try Tool.run("/bin/cp", ["-r", model, folder.path("clone")])
        try Waybill.makeStore(folder.path("store"))
        let mirror = try ServedMirror(store: folder.path("store"))
        let first = try Waybill.run(["push", model, "\(mirror.url)/acme/tiny", "--json"])
        #expect(first.status == 0, "\(first.errors)")
        let second = try Waybill.run(["push", folder.path("clone"), "\(mirror.url)/acme/tiny", "--json"])
        #expect(second.status == 0, "\(second.errors)")
        #expect(first.text("manifest") != nil && first.text("manifest") == second.text("manifest"))
        #expect(second.int("chunksTransferred") == 0)
        #expect(second.int("bytesTransferred") == 0)
        let third = try Waybill.run(["push", folder.path("clone"), "\(mirror.url)/acme/other", "--json"])
        #expect(third.status == 0)
        #expect(third.int("chunksTransferred") == 0)
    }

    @Test("restore.py restores what Swift wrote")
    func restoreWithoutWaybill() throws {
        let folder = TemporaryFolder()
        let model = try ModelMaker.write(folder, "model")
        try Waybill.makeStore(folder.path("store"))
        #expect(try Waybill.run(["push", model, "file://\(folder.path("store"))/acme/tiny:v1"]).status == 0)
        let restore = try Tool.run(
            "/usr/bin/env", ["python3", Repository.path("Scripts/restore.py"), folder.path("store"), "acme/tiny:v1", folder.path("out")])
        #expect(restore.status == 0, "\(restore.errors)")
        #expect(try Files.differences(model, folder.path("out")) == [])
    }
}
