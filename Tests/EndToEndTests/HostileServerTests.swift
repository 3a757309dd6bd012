import Foundation
import Testing
import WaybillTestSupport

/// Servers and proxies that answer wrongly, slowly or not at all.
struct HostileServerTests {
    private struct Served {
        let sample: DamagedStore
        let mirror: ServedMirror
        let proxy: FaultyProxy
        var address: String { "\(proxy.url)/acme/tiny" }

        init(_ mode: String) throws {
            sample = try DamagedStore()
            mirror = try ServedMirror(store: sample.store)
            proxy = try FaultyProxy(mode, before: mirror.url)
        }

        /// The pull succeeds, and every byte is right.
        func requireRight(within seconds: Int = 60) throws {
            let out = sample.folder.path("out")
            let pull = try Bounded.run(["pull", address, out, "--json"], within: seconds)
            #expect(pull.status == 0, "\(pull.shown)")
            #expect(try Files.differences(sample.model, out) == [])
        }

        /// The pull fails with `status` and leaves no file under its name.
        func requireRefused(_ status: Int32, naming subject: String, within seconds: Int = 60) throws {
            let out = sample.folder.path("out")
            let pull = try Bounded.run(["pull", address, out, "--json", "--wait", "3s"], within: seconds)
            #expect(pull.failed(status, naming: subject), "\(pull.shown)")
            #expect(Files.list(out) == [])
        }
    }

    @Test("faults that a client gets over", arguments: ["none", "ignore-range", "flip-once", "flaky-first", "redirect"])
    func survived(mode: String) throws { try Served(mode).requireRight() }

    @Test("a body that stops in the middle is asked for again after 30 seconds of silence")
    func stall() throws { try Served("stall-once").requireRight(within: 120) }

    @Test(
        "faults that a client has to report",
        arguments: [
            ("wrong-range", 4, "packs/"), ("flip", 4, "packs/"), ("html", 4, "waybill.json"), ("short-body", 7, "packs/"),
            ("short-answer", 4, "less than it should"),
            ("html-packs", 4, "packs/"), ("error-500", 7, "packs/"), ("redirect-loop", 7, "redirects"), ("redirect-file", 7, "file:///etc"),
            ("html-missing", 4, "acme/tiny:main"),
        ])
    func reported(mode: String, status: Int, subject: String) throws {
        try Served(mode).requireRefused(Int32(status), naming: subject)
    }

    @Test(
        "objects without end, and lengths that lie, cost no memory", .enabled(if: Bounded.canMeasure, "/usr/bin/time is not installed"),
        arguments: [
            ("long-object", 4, "lists/"), ("lying-length", 4, "manifests/"), ("gzip-bomb", 4, "lists/"), ("long-error", 7, "packs/"),
        ])
    func lengths(mode: String, status: Int, subject: String) throws {
        let served = try Served(mode)
        let (pull, mebibytes) = try Bounded.measured(["pull", served.address, served.sample.folder.path("out"), "--json", "--wait", "3s"])
        #expect(pull.failed(Int32(status), naming: subject), "\(pull.shown)")
        #expect(mebibytes < 128)
    }

    @Test(
        "answers to a push without end cost no memory, and one without a verdict publishes nothing",
        .enabled(if: Bounded.canMeasure, "/usr/bin/time is not installed"),
        arguments: [
            ("long-answer", 4, "v1/server"), ("long-line", 4, "something else than the mirror"), ("other-server", 2, "plain web server"),
            ("cut-proof", 7, "went away"),
        ])
    func answers(mode: String, status: Int, cause: String) throws {
        let served = try Served(mode)
        let (push, mebibytes) = try Bounded.measured([
            "push", served.sample.model, "\(served.proxy.url)/acme/other", "--json", "--wait", "3s",
        ])
        #expect(push.failed(Int32(status), naming: cause) && push.told.contains(served.proxy.url), "\(push.shown)")
        #expect(mebibytes < 192)
        #expect(!Files.exists(served.sample.store + "/refs/acme/other"))
    }

    @Test("a push through faults: it is repeated, or reported")
    func pushes() throws {
        let served = try Served("flaky-first")
        try served.sample.folder.write("model/new.txt", "new")
        let push = try Bounded.run(["push", served.sample.model, "\(served.proxy.url)/acme/other", "--json"])
        #expect(push.status == 0, "\(push.shown)")
        let pull = try Bounded.run(["pull", "\(served.mirror.url)/acme/other", served.sample.folder.path("other")])
        #expect(pull.status == 0)
        #expect(try Files.differences(served.sample.model, served.sample.folder.path("other")) == [])
        let page = try Served("html")
        let refused = try Bounded.run(["push", page.sample.model, page.address, "--json"])
        #expect(refused.status == 4 || refused.status == 2, "\(refused.shown)")
        #expect(refused.told.contains(page.proxy.url), "\(refused.shown)")
    }

    @Test("a mirror that ends in the middle of a pull: exit 7, and the next pull goes on")
    func killed() throws {
        let served = try Served("none")
        served.mirror.stop()
        try served.requireRefused(7, naming: served.proxy.url)
        let again = try ServedMirror(store: served.sample.store, port: served.mirror.port)
        #expect(again.port == served.mirror.port)
        try served.requireRight()
    }

    @Test("a port where nothing listens, a name that does not resolve, TLS to a plain port")
    func nobody() throws {
        let folder = TemporaryFolder("nobody")
        let sample = try DamagedStore()
        let mirror = try ServedMirror(store: sample.store)
        let addresses = [
            "http://127.0.0.1:\(FreePort.next())", "http://waybill-no-such-host.invalid:8090", "https://127.0.0.1:\(mirror.port)",
        ]
        for url in addresses {
            for command in [["pull", "\(url)/acme/tiny", folder.path("out")], ["push", sample.model, "\(url)/acme/tiny"], ["list", url]] {
                let result = try Bounded.run(command + ["--json"], within: 60)
                #expect(result.failed(7, naming: url), "\(command): \(result.shown)")
            }
            #expect(!Files.exists(folder.path("out")), "\(url)")
        }
    }
}
