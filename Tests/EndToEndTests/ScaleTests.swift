import Foundation
import Testing
import WaybillTestSupport

@Suite("Many files, large files, moved tensors", .serialized)
struct ScaleTests {
    private static let names = [
        "plain", "with space", "it's", "say \"hi\"", "模型-权重", "モデル", "e\u{301}te\u{301}", "\u{E9}t\u{E9}", "🦊 model 🚀", "мир", "سلام",
        "a,b;c", "#hash", "per%20cent", "back`tick", "$HOME", "-dash", "[brackets]", "{braces}", "tab&amp",
    ]

    /// 2,000 small files, every name of its own, a seventeenth of them empty, one empty one ten folders deep.
    private func writeTree(_ scene: Scene) throws {
        for number in 0..<1_999 {
            var path = "tree/"
            for level in 0..<number % 4 { path += "folder \(level) 目 \(number / 100 % 5)/" }
            let text = number % 17 == 0 ? "" : String(repeating: "file \(number) ", count: number % 60 + 1)
            try scene.folder.write("\(path)\(Self.names[number % Self.names.count]) \(number).txt", text)
        }
        try scene.folder.write("tree/" + (0..<10).map { "level\($0)/" }.joined() + "empty", [UInt8]())
    }

    @Test("2,000 small files with names of every script move in seconds and in few requests")
    func smallFiles() throws {
        let scene = try Scene()
        try writeTree(scene)
        let push = try scene.push("tree", "acme/tree")
        #expect(push.status == 0 && push.int("filesTotal") == 2_000, "\(push.shown)")
        #expect(try #require(push.json?["seconds"] as? Double) < 30)
        let pushRequests = try scene.metric("waybill_requests_total")
        #expect(pushRequests < 40)
        let pull = try scene.pull("acme/tree", "out")
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try #require(pull.json?["seconds"] as? Double) < 30)
        #expect(try scene.metric("waybill_requests_total") - pushRequests < 40)
        #expect(try scene.differences("tree", "out") == [])
        #expect(Files.list(scene.path("out")).count == 2_000)
        #expect(try scene.verify("out").int("filesVerified") == 2_000)
        if NginxMirror.isInstalled {
            let nginx = try NginxMirror(store: scene.store)
            let plain = try Bounded.run(["pull", "\(nginx.url)/acme/tree", scene.path("plain"), "--json"])
            #expect(plain.status == 0, "\(plain.shown)")
            #expect(try scene.differences("tree", "plain") == [])
            #expect(String(decoding: try Files.read(nginx.accessLog), as: UTF8.self).split(separator: "\n").count < 40)
        }
        let restored = try Tool.run(
            "/usr/bin/env", ["python3", Repository.path("Scripts/restore.py"), scene.store, "acme/tree", scene.path("restored")])
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try scene.differences("tree", "restored") == [])
    }

    @Test("names in NFC and NFD that look alike are refused, not mixed up")
    func lookAlikes() throws {
        let scene = try Scene()
        try scene.folder.write("model/caf\u{E9}.txt", "composed")
        try scene.folder.write("model/cafe\u{301}.txt", "decomposed")
        let push = try scene.push("model", "acme/tiny")
        #expect(push.failed(2, naming: "caf") && push.told.contains("normalisation"), "\(push.shown)")
        #expect(!Files.exists(scene.store + "/refs/acme"))
    }

    @Test("a sparse file of 4 GiB: memory is bounded, and it stays sparse, also when the pull was killed")
    func sparseFile() throws {
        let scene = try Scene()
        let file = try scene.folder.write("model/weights.bin", [UInt8]())
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        var generator = SeededGenerator(seed: 20)
        for offset in [0, 1 << 30, 5 << 29 + 12_345, 4 << 30 - 70_000] {
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: Data(generator.bytes(70_000)))
        }
        try handle.close()
        let push = try PeakMemory.run(["push", scene.path("model"), scene.address("acme/sparse"), "--json"])
        #expect(push.result.status == 0 && push.result.int("bytesTotal") == 4 << 30, "\(push.result.shown)")
        #expect(push.mebibytes > 0 && push.mebibytes <= 256)
        #expect(try #require(push.result.int("bytesTransferred")) < 1 << 20)
        let pull = try PeakMemory.run(["pull", scene.address("acme/sparse"), scene.path("out"), "--json"])
        #expect(pull.result.status == 0, "\(pull.result.shown)")
        #expect(pull.mebibytes > 0 && pull.mebibytes <= 256)
        #expect(try #require(PeakMemory.now(scene.mirror.running.process)) <= 256)
        #expect(try Tool.run("/usr/bin/cmp", [file, scene.path("out/weights.bin")]).status == 0)
        #expect(try occupied(scene.path("out/weights.bin")) < 64 << 20)
        try scene.remove("out")

        let killed = try Waybill.start(["pull", scene.address("acme/sparse"), scene.path("out"), "--json"])
        while killed.process.isRunning, !journalHasRows(scene.path("out")) { Thread.sleep(forTimeInterval: 0.002) }
        killed.signal(SIGKILL)
        _ = killed.wait()
        let second = try scene.pull("acme/sparse", "out")
        #expect(second.status == 0, "\(second.shown)")
        #expect(try occupied(scene.path("out/weights.bin")) < 64 << 20)
        #expect(try scene.verify("out").status == 0)
    }

    /// Whether a pull has journalled chunks: records follow the header of 64 bytes.
    private func journalHasRows(_ directory: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/.waybill/journal")
        return (attributes?[.size] as? Int ?? 0) > 64
    }

    /// Bytes that a file occupies on the disk.
    private func occupied(_ path: String) throws -> Int {
        let result = try Tool.run("/usr/bin/du", ["-B1", path])
        return try #require(result.output.split(separator: "\t").first.flatMap { Int($0) })
    }

    @Test("tensors that move into other files are not sent again, nor fetched again")
    func reshard() throws {
        let scene = try Scene()
        var generator = SeededGenerator(seed: 3)
        let tensors = (0..<24).map { number in
            Tensor("block.\(number).weight", "BF16", [700, 768], generator.weights(700 * 768))
        }
        let shards: [[Tensor]] = stride(from: 0, to: 24, by: 8).map { Array(tensors[$0..<$0 + 8]) }
        try scene.folder.write("one/model.safetensors", ModelMaker.safetensors(tensors))
        for (number, shard) in shards.enumerated() {
            try scene.folder.write("three/model-0000\(number + 1)-of-00003.safetensors", ModelMaker.safetensors(shard))
        }
        for (first, second) in [("one", "three"), ("three", "one")] {
            let model = "acme/from-\(first)"
            #expect(try scene.push(first, model).status == 0)
            #expect(try scene.pull(model, "work-\(first)").status == 0)
            let push = try scene.push(second, model, "--expect", "1")
            #expect(push.status == 0, "\(push.shown)")
            let total = try #require(push.int("bytesTotal"))
            #expect(total > 24 << 20)
            #expect(try #require(push.int("bytesTransferred")) * 100 < total)
            let pull = try scene.pull(model, "work-\(first)")
            #expect(pull.status == 0, "\(pull.shown)")
            #expect(try #require(pull.int("bytesTransferred")) * 100 < total)
            #expect(try scene.differences(second, "work-\(first)") == [])
        }
    }

    @Test("MiniLM in three shards", .enabled(if: RealModel.miniLM != nil, "the model was not fetched"))
    func reshardRealModel() throws {
        let scene = try Scene()
        let original = try SafetensorsFile(Files.read(try #require(RealModel.miniLM) + "/model.safetensors"))
        let third = (original.tensors.count + 2) / 3
        try scene.folder.write("one/model.safetensors", ModelMaker.safetensors(original.tensors))
        for (number, start) in stride(from: 0, to: original.tensors.count, by: third).enumerated() {
            let shard = Array(original.tensors[start..<min(start + third, original.tensors.count)])
            try scene.folder.write("three/model-0000\(number + 1)-of-00003.safetensors", ModelMaker.safetensors(shard))
        }
        #expect(try scene.push("one", "acme/minilm").status == 0)
        #expect(try scene.pull("acme/minilm", "work").status == 0)
        let push = try scene.push("three", "acme/minilm", "--expect", "1")
        #expect(push.status == 0, "\(push.shown)")
        let total = try #require(push.int("bytesTotal"))
        #expect(try #require(push.int("bytesTransferred")) * 100 < total)
        let pull = try scene.pull("acme/minilm", "work")
        #expect(try #require(pull.int("bytesTransferred")) * 100 < total)
        #expect(try scene.differences("three", "work") == [])
    }
}
