import Foundation
import Testing
import WaybillTestSupport

/// Directories that are pushed and are not plain trees of files.
@Suite(.serialized)
struct SourceTests {
    private struct Source {
        let folder = TemporaryFolder("source")
        var model: String { folder.path("model") }
        var address: String { "file://\(folder.path("store"))/acme/tiny" }

        init() throws {
            try Waybill.makeStore(folder.path("store"))
            try folder.write("model/weights.bin", "the weights")
        }

        func push(within seconds: Int = 60) throws -> ToolResult { try Bounded.run(["push", model, address, "--json"], within: seconds) }

        /// The push failed, named the thing, and published nothing.
        func requireRefused(_ status: Int32, naming name: String) throws {
            let push = try push(within: 20)
            #expect(push.failed(status, naming: name), "\(push.shown)")
            #expect(!Files.exists(folder.path("store/refs/acme")))
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createDirectory(
                atPath: ((model + "/" + name) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: model + "/" + name, withDestinationPath: target)
        }
    }

    @Test("the layout of a hub's cache: snapshots of links into blobs are pushed as files")
    func hubCache() throws {
        let source = try Source()
        var generator = SeededGenerator(seed: 3)
        let cache = "hub/models--acme--tiny"
        let weights = ModelMaker.safetensors([Tensor("w", "BF16", [512, 1024], generator.weights(512 * 1024))])
        try source.folder.write(cache + "/blobs/aaaa", weights)
        try source.folder.write(cache + "/blobs/bbbb", "{}")
        let snapshot = source.folder.path(cache + "/snapshots/0123")
        try FileManager.default.createDirectory(atPath: snapshot + "/inner", withIntermediateDirectories: true)
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: snapshot + "/model.safetensors", withDestinationPath: "../../blobs/aaaa")
        try manager.createSymbolicLink(atPath: snapshot + "/config.json", withDestinationPath: "../../blobs/bbbb")
        try manager.createSymbolicLink(atPath: snapshot + "/inner/again.json", withDestinationPath: "../config.json")
        let push = try Bounded.run(["push", snapshot, source.address, "--json"])
        #expect(push.status == 0 && push.int("filesTotal") == 3, "\(push.shown)")
        let out = source.folder.path("out")
        #expect(try Bounded.run(["pull", source.address, out]).status == 0)
        #expect(try Files.read(out + "/model.safetensors") == weights)
        #expect(try Files.read(out + "/inner/again.json") == Array("{}".utf8))
        let types = try ["model.safetensors", "inner/again.json"].map {
            try manager.attributesOfItem(atPath: out + "/" + $0)[.type] as? FileAttributeType
        }
        #expect(types == [.typeRegular, .typeRegular])
        // The cache is as it was.
        #expect(try manager.destinationOfSymbolicLink(atPath: snapshot + "/config.json") == "../../blobs/bbbb")
    }

    @Test("a link that reaches nothing is named")
    func dangling() throws {
        let source = try Source()
        try source.link("config.json", to: "../blobs/gone")
        try source.requireRefused(2, naming: "config.json")
    }

    @Test("links that lead back to themselves are named")
    func cyclic() throws {
        let source = try Source()
        try source.link("sub/round", to: "about")
        try source.link("sub/about", to: "round")
        try source.requireRefused(2, naming: "sub/about")
    }

    @Test("a link to a folder is named, also one to a folder above", arguments: ["../other", "..", "."])
    func linkToFolder(target: String) throws {
        let source = try Source()
        try source.folder.write("other/file", "x")
        try source.link("linked", to: target)
        try source.requireRefused(2, naming: "linked")
    }

    @Test("a pipe, and a link to one, are named and not waited for")
    func pipe() throws {
        let source = try Source()
        #expect(mkfifo(source.model + "/queue", 0o644) == 0)
        try source.requireRefused(2, naming: "queue")
        try FileManager.default.moveItem(atPath: source.model + "/queue", toPath: source.folder.path("queue"))
        try source.link("linked", to: "../queue")
        try source.requireRefused(2, naming: "linked")
    }

    @Test("a socket and a device behind a link are named")
    func socketAndDevice() throws {
        let source = try Source()
        let script = "import socket,sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])"
        #expect(try Tool.run("/usr/bin/env", ["python3", "-c", script, "sock"], in: source.model).status == 0)
        try source.requireRefused(2, naming: "sock")
        try FileManager.default.removeItem(atPath: source.model + "/sock")
        try source.link("zero", to: "/dev/zero")
        try source.requireRefused(2, naming: "zero")
    }

    @Test("a name that is not UTF-8 is named, as far as it can be shown")
    func notUTF8() throws {
        let source = try Source()
        let made = try Tool.run("/usr/bin/env", ["python3", "-c", "open(b'caf\\xe9.txt', 'w')"], in: source.model)
        #expect(made.status == 0, "\(made.errors)")
        try source.requireRefused(2, naming: "caf")
    }

    @Test(
        "names that no manifest takes are named before anything is sent",
        arguments: ["a\\b", "con", "NUL.bin", "a.", "tab\there", "trailing "])
    func unusableName(name: String) throws {
        let source = try Source()
        try source.folder.write("model/sub/" + name, "x")
        try source.requireRefused(2, naming: name == "tab\there" ? "tab" : name)
        #expect(!Files.exists(source.folder.path("store/packs")))
    }

    @Test("names that collide where case does not count", arguments: [["Readme", "README"], ["\u{E9}", "e\u{301}"], ["A/x", "a/X"]])
    func colliding(names: [String]) throws {
        let source = try Source()
        for name in names { try source.folder.write("model/" + name, name) }
        let push = try source.push()
        #expect(push.status == 2 || push.status == 4, "\(push.shown)")
        #expect(names.contains { push.told.contains($0) }, "\(push.shown)")
        #expect(!Files.exists(source.folder.path("store/refs/acme")))
    }

    @Test("a file that grows while it is pushed", arguments: [48 << 20])
    func growing(size: Int) throws {
        let source = try Source()
        var generator = SeededGenerator(seed: 9)
        let block = generator.bytes(1 << 20)
        try source.folder.write("model/growing.log", (0..<size >> 20).flatMap { _ in block })
        let script = """
            import sys
            print("ready", flush=True)
            with open(sys.argv[1], "ab", buffering=0) as f:
                while True:
                    f.write(b"x")
            """
        let writer = try Tool.start("/usr/bin/env", ["python3", "-c", script, source.model + "/growing.log"])
        #expect(writer.line(containing: "ready") != nil)
        let push = try source.push()
        writer.signal(SIGKILL)
        _ = writer.wait()
        #expect(push.failed(6, naming: "growing.log") && push.told.contains("changed"), "\(push.shown)")
        #expect(!Files.exists(source.folder.path("store/refs/acme")))
        // Once it is quiet the push goes through.
        let again = try source.push()
        #expect(again.status == 0, "\(again.shown)")
    }

    @Test("a directory that is a file, is empty, or is not there")
    func noDirectory() throws {
        let source = try Source()
        let cases: [(String, Int32)] = [("model/weights.bin", 3), ("nothing", 3), ("empty", 2)]
        try FileManager.default.createDirectory(atPath: source.folder.path("empty"), withIntermediateDirectories: false)
        for (name, status) in cases {
            let push = try Bounded.run(["push", source.folder.path(name), source.address, "--json"])
            #expect(push.failed(status, naming: name), "\(push.shown)")
        }
    }
}
