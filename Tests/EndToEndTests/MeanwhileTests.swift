import Foundation
import Testing
import WaybillTestSupport

/// What others do to the files while a command runs, and to what an interrupted one left. A proxy holds the command at a known place.
@Suite(.serialized)
struct MeanwhileTests {
    private struct Held {
        let sample: DamagedStore
        let mirror: ServedMirror
        let proxy: FaultyProxy

        init(_ mode: String = "gate") throws {
            sample = try DamagedStore()
            mirror = try ServedMirror(store: sample.store)
            proxy = try FaultyProxy(mode, before: mirror.url)
        }

        /// Runs a command to where it asks for `place`, then `body`, then the rest.
        func run(_ arguments: [String], to place: String, _ body: () throws -> Void) throws -> ToolResult {
            let running = try Waybill.start(arguments)
            #expect(proxy.wasAsked(for: place))
            try body()
            try proxy.release()
            return running.wait()
        }
    }

    @Test("what appears in the destination while a pull runs stays", arguments: ["file", "link to a file", "link to a folder"])
    func destination(kind: String) throws {
        let held = try Held()
        let folder = held.sample.folder
        let out = folder.path("out")
        try folder.write("victim/words.txt", "precious")
        let name = kind == "link to a folder" ? "text" : "config.json"
        let pull = try held.run(["pull", "\(held.proxy.url)/acme/tiny", out, "--json"], to: "/packs/") {
            switch kind {
            case "file": try folder.write("out/config.json", "precious")
            case "link to a file": try Tool.run("/bin/ln", ["-s", folder.path("victim/words.txt"), out + "/config.json"])
            default: try Tool.run("/bin/ln", ["-s", folder.path("victim"), out + "/text"])
            }
        }
        #expect(pull.failed(6, naming: name), "\(pull.shown)")
        #expect(try Snapshot.of(folder.path("victim")).keys.sorted() == ["words.txt"])
        #expect(try Files.read(folder.path("victim/words.txt")) == Array("precious".utf8))
        if kind == "file" {
            #expect(try Files.read(out + "/config.json") == Array("precious".utf8))
        } else {
            #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: out + "/" + name)) != nil)
        }
        #expect(!Files.list(out).contains("model.safetensors"))
        try FileManager.default.removeItem(atPath: out + "/" + name)
        let again = try Bounded.run(["pull", "\(held.mirror.url)/acme/tiny", out, "--json"])
        #expect(again.status == 0, "\(again.shown)")
        #expect(try Files.differences(held.sample.model, out) == [])
    }

    @Test("papers come from the bytes that were hashed, or the push ends")
    func papers() throws {
        let held = try Held()
        let card = held.sample.model + "/README.md"
        let before = try Files.read(card)
        let push = try held.run(["push", held.sample.model, "\(held.proxy.url)/acme/other", "--json"], to: "/v1/have") {
            let text = String(decoding: before, as: UTF8.self).replacingOccurrences(of: "license: mit", with: "license: gpl")
            try held.sample.folder.write("model/README.md", text)
            #expect(text.utf8.count == before.count)
        }
        #expect(push.failed(6, naming: "README.md"), "\(push.shown)")
        #expect(!Files.exists(held.sample.store + "/refs/acme/other"))
    }

    @Test("a large file that changes in its middle while it is pushed", arguments: [false, true])
    func largeSource(isCut: Bool) throws {
        let held = try Held()
        var generator = SeededGenerator(seed: 21)
        let size = 20 << 20
        let path = try held.sample.folder.write("model/large.bin", generator.bytes(size))
        let push = try held.run(["push", held.sample.model, "\(held.proxy.url)/acme/other", "--json"], to: "/v1/have") {
            if isCut { #expect(truncate(path, size - 100) == 0) } else { try Files.flipBit(path, byte: size - 1) }
        }
        #expect(push.failed(6, naming: "large.bin") && push.told.contains("changed"), "\(push.shown)")
        #expect(!Files.exists(held.sample.store + "/refs/acme/other"))
    }

    /// Kills a pull of which some chunks are journalled.
    private func interrupted() throws -> (held: Held, model: String, out: String, part: String) {
        let held = try Held("gate-late")
        var generator = SeededGenerator(seed: 22)
        try held.sample.folder.write("big/weights.bin", generator.bytes(40 << 20))
        let model = held.sample.folder.path("big")
        #expect(try Bounded.run(["push", model, "\(held.mirror.url)/acme/big"]).status == 0)
        let out = held.sample.folder.path("big-out")
        let running = try Waybill.start(["pull", "\(held.proxy.url)/acme/big", out, "--json"])
        let journal = out + "/.waybill/journal"
        let end = Date().addingTimeInterval(30)
        while Date() < end, ((try? Files.read(journal)) ?? []).count < 64 + 48 * 6 { Thread.sleep(forTimeInterval: 0.02) }
        running.signal(SIGKILL)
        _ = running.wait()
        let parts = try FileManager.default.contentsOfDirectory(atPath: out + "/.waybill/parts")
        return (held, model, out, out + "/.waybill/parts/" + (try #require(parts.first)))
    }

    @Test("a part that the disk lost after a power loss is hashed and fetched again")
    func powerLoss() throws {
        let (held, model, out, part) = try interrupted()
        // Another boot, no barrier, and zeros where the bytes were.
        var journal = try Files.read(out + "/.waybill/journal")
        let records = stride(from: 64, to: journal.count - 47, by: 48).map { Array(journal[$0..<$0 + 48]) }.filter { $0[0] == 1 }
        #expect(records.count >= 6)
        journal = Array("WBJRNL1\nanother-boot".utf8)
        journal += [UInt8](repeating: 0, count: 64 - journal.count)
        try held.sample.folder.write("big-out/.waybill/journal", journal + records.flatMap { $0 })
        #expect(truncate(part, 0) == 0 && truncate(part, 40 << 20) == 0)
        let pull = try Bounded.run(["pull", "\(held.mirror.url)/acme/big", out, "--json"])
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try Files.differences(model, out) == [])
    }

    @Test("a part of another length is begun anew", arguments: [0, 20 << 20, (40 << 20) + 1])
    func partLength(length: Int) throws {
        let (held, model, out, part) = try interrupted()
        #expect(truncate(part, length) == 0)
        let pull = try Bounded.run(["pull", "\(held.mirror.url)/acme/big", out, "--json"])
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try Files.differences(model, out) == [])
    }

    @Test("chunks of an old file that the disk damaged silently are fetched instead of copied")
    func silentDamage() throws {
        let sample = try DamagedStore()
        let (first, out) = try sample.pull()
        #expect(first.status == 0, "\(first.shown)")
        // The new revision has the old file's chunks, and more.
        try sample.folder.write("model/copy.bin", try Files.read(sample.model + "/noise.bin"))
        var longer = try Files.read(sample.model + "/noise.bin")
        longer.append(1)
        try sample.folder.write("model/noise.bin", longer)
        #expect(try Bounded.run(["push", sample.model, sample.address]).status == 0)
        // Damage that nothing tells of: the record has the times of the damaged file.
        let path = out + "/noise.bin"
        try Files.flipBit(path, byte: 1_000)
        try CheckoutRecord.forgive("noise.bin", in: out)
        let verify = try Bounded.run(["verify", out, "--json"])
        #expect(verify.status == 4 && verify.output.contains("\"damaged\""), "\(verify.shown)")
        let pull = try Bounded.run(["pull", sample.address, out, "--json"])
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try Files.differences(sample.model, out) == [])
    }
}
