import Foundation
import Testing
import WaybillTestSupport

@Suite("Real models", .serialized, .enabled(if: RealModel.miniLM != nil && RealModel.smolLM2 != nil, "the models were not fetched"))
struct RealModelTests {
    /// A model on its way out and back, over every kind of store.
    private func roundTrip(_ source: String?, maximumRatio: Double, weights: String) throws -> Scene {
        let scene = try Scene()
        // A copy: a push leaves its record in the directory.
        try Tool.run("/bin/cp", ["-r", try #require(source), scene.path("model")])
        try? FileManager.default.removeItem(atPath: scene.path("model/.waybill"))

        let push = try PeakMemory.run(["push", scene.path("model"), scene.address("acme/real"), "--json"])
        #expect(push.result.status == 0, "\(push.result.shown)")
        #expect(push.mebibytes > 0 && push.mebibytes <= 256)
        let total = try #require(push.result.int("bytesTotal"))
        let stored = try #require(push.result.int("bytesStored"))
        #expect(Double(stored) / Double(total) <= maximumRatio)
        #expect(try #require(push.result.int("bytesTransferred")) < stored + stored / 100)

        let pull = try PeakMemory.run(["pull", scene.address("acme/real"), scene.path("served"), "--json"])
        #expect(pull.result.status == 0, "\(pull.result.shown)")
        #expect(pull.mebibytes > 0 && pull.mebibytes <= 256)
        #expect(try scene.differences("model", "served") == [])
        #expect(try #require(PeakMemory.now(scene.mirror.running.process)) <= 256)

        let direct = try Bounded.run(["pull", "file://\(scene.store)/acme/real", scene.path("direct"), "--json"])
        #expect(direct.status == 0, "\(direct.shown)")
        #expect(try scene.differences("model", "direct") == [])

        if NginxMirror.isInstalled {
            let nginx = try NginxMirror(store: scene.store)
            let plain = try Bounded.run(["pull", "\(nginx.url)/acme/real", scene.path("plain"), "--json"])
            #expect(plain.status == 0, "\(plain.shown)")
            #expect(try scene.differences("model", "plain") == [])
        }

        let restored = try Tool.run(
            "/usr/bin/env", ["python3", Repository.path("Scripts/restore.py"), scene.store, "acme/real", scene.path("restored")])
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try scene.differences("model", "restored") == [])

        try Files.flipBit(scene.path("served/\(weights)"), byte: 30_000_000)
        let verify = try scene.verify("served")
        #expect(verify.status == 4, "\(verify.shown)")
        return scene
    }

    /// The values of one kind of claim that `show` tells.
    private func claims(_ scene: Scene, _ kind: String) throws -> [String] {
        let show = try Bounded.run(["show", scene.address("acme/real"), "--json"])
        #expect(show.status == 0, "\(show.shown)")
        let papers = try #require(show.json?["papers"] as? [String: Any])
        let all = try #require(papers["claims"] as? [String: Any])
        let claim = try #require(all[kind] as? [String: Any])
        return (claim["values"] as? [[String: Any]] ?? []).compactMap { $0["value"] as? String }
    }

    @Test("MiniLM, fp32 safetensors")
    func miniLM() throws {
        let scene = try roundTrip(RealModel.miniLM, maximumRatio: 0.832, weights: "model.safetensors")
        #expect(try claims(scene, "licenses") == ["apache-2.0"])
        let datasets = try claims(scene, "datasets")
        #expect(datasets.count == 21 && datasets.contains("ms_marco"))
        #expect(try claims(scene, "languages") == ["en"])
        let shown = try Bounded.run(["show", scene.address("acme/real")])
        #expect(shown.output.contains("apache-2.0") && shown.output.contains("ms_marco"))
    }

    @Test("SmolLM2, GGUF Q4_1")
    func smolLM2() throws {
        let scene = try roundTrip(RealModel.smolLM2, maximumRatio: 0.94, weights: "SmolLM2-135M-Instruct.Q4_1.gguf")
        #expect(try claims(scene, "licenses") == ["apache-2.0"])
        #expect(try claims(scene, "languages") == ["en"])
    }

    @Test("MiniLM cast to 16 bits", arguments: [(Cast.bf16, 0.668), (Cast.fp16, 0.85)])
    func casts(cast: Cast, maximumRatio: Double) throws {
        let scene = try Scene()
        let original = try SafetensorsFile(Files.read(try #require(RealModel.miniLM) + "/model.safetensors"))
        let tensors = original.tensors.map(cast.apply)
        #expect(tensors.contains { $0.dtype == cast.dtype })
        try scene.folder.write("model/model.safetensors", ModelMaker.safetensors(tensors))
        let push = try scene.push("model", "acme/cast")
        #expect(push.status == 0, "\(push.shown)")
        let total = try #require(push.int("bytesTotal"))
        #expect(total < 46 << 20)
        #expect(Double(try #require(push.int("bytesStored"))) / Double(total) <= maximumRatio)
        #expect(try scene.pull("acme/cast", "out").status == 0)
        #expect(try scene.differences("model", "out") == [])
    }
}

/// fp32 tensors made into 16-bit ones, rounded to nearest, ties to even.
enum Cast: CaseIterable, Sendable {
    case bf16
    case fp16

    var dtype: String { self == .bf16 ? "BF16" : "F16" }

    func apply(_ tensor: Tensor) -> Tensor {
        guard tensor.dtype == "F32" else { return tensor }
        var bytes = [UInt8](repeating: 0, count: tensor.bytes.count / 2)
        tensor.bytes.withUnsafeBytes { source in
            for index in 0..<source.count / 4 {
                let word = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
                let half = self == .bf16 ? Self.bfloat(word) : Float16(Float(bitPattern: word)).bitPattern
                bytes[index * 2] = UInt8(truncatingIfNeeded: half)
                bytes[index * 2 + 1] = UInt8(truncatingIfNeeded: half >> 8)
            }
        }
        return Tensor(tensor.name, dtype, tensor.shape, bytes)
    }

    private static func bfloat(_ word: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: (word &+ 0x7FFF &+ (word >> 16 & 1)) >> 16)
    }
}
