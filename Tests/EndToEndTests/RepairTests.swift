import Foundation
import Testing
import WaybillTestSupport

/// `waybill repair`: a directory that a disk or a person damaged is right again, for the price of what was wrong.
@Suite(.serialized)
struct RepairTests {
    private static let mebibyte = 1 << 20

    /// A pulled directory of 24 MiB in large and small files; the weights' chunks are 1 MiB.
    private func checkout() throws -> Scene {
        let scene = try Scene()
        _ = try ModelMaker.write(scene.folder, "model", megabytes: 20, seed: 4)
        var generator = SeededGenerator(seed: 6)
        try scene.folder.write("model/noise.bin", generator.bytes(4 * Self.mebibyte))
        for number in 0..<30 { try scene.folder.write("model/small/\(number).txt", "number \(number)\n") }
        #expect(try scene.push("model", "acme/tiny").status == 0)
        #expect(try scene.pull("acme/tiny", "work").status == 0)
        return scene
    }

    private func repair(_ scene: Scene, _ more: String...) throws -> ToolResult {
        try Bounded.run(["repair", scene.path("work"), "--json"] + more, within: 240)
    }

    private func kept(_ result: ToolResult) -> [String: String] {
        let rows = result.json?["kept"] as? [[String: Any]] ?? []
        return Dictionary(rows.compactMap { row in (row["path"] as? String).map { ($0, row["place"] as? String ?? "") } }) { first, _ in
            first
        }
    }

    /// Changes a file's bytes and gives it back the times that it had, but for the change time, which nobody can set: so the record is
    /// brought up to date by hand, as after damage that no program did.
    private func damageSilently(_ scene: Scene, _ name: String, at bytes: [Int]) throws {
        let path = scene.path("work/\(name)")
        for byte in bytes { try Files.flipBit(path, byte: byte, bit: byte % 8) }
        try CheckoutRecord.forgive(name, in: scene.path("work"))
    }

    private func requireWhole(_ scene: Scene, _ note: String = "") throws {
        #expect(try scene.differences("model", "work") == [], "\(note)")
        let verify = try scene.verify("work")
        #expect(verify.status == 0, "\(note) \(verify.shown)")
        #expect(try scene.verify("work", "--quick").status == 0, "\(note): the record is not up to date")
    }

    @Test("nothing is wrong: it says so and asks nobody")
    func nothing() throws {
        let scene = try checkout()
        scene.mirror.stop()
        let result = try repair(scene)
        #expect(result.status == 0 && result.int("bytesTransferred") == 0 && result.json?["unchanged"] as? Bool == true, "\(result.shown)")
        let text = try Bounded.run(["repair", scene.path("work")])
        #expect(text.output.contains("nothing to repair"))
    }

    @Test("flipped bits: only their chunks are fetched, nothing is kept of what a disk did")
    func flippedBits() throws {
        let scene = try checkout()
        let places = [5, 3 * Self.mebibyte, 17 * Self.mebibyte + 11]
        try damageSilently(scene, "model.safetensors", at: places)
        let verify = try scene.verify("work")
        #expect(verify.status == 4 && verify.told.contains("waybill repair"), "\(verify.shown)")
        let result = try repair(scene)
        #expect(result.status == 0, "\(result.shown)")
        #expect(result.int("filesMended") == 1 && result.int("chunksTransferred") == 3)
        #expect((result.int("bytesTransferred") ?? .max) <= 3 * Self.mebibyte)
        #expect(kept(result).isEmpty && !Files.exists(scene.path("work/.waybill/replaced")))
        try requireWhole(scene)
    }

    @Test("an edit is undone, and what it wrote is kept: ranges, or the whole file")
    func edits() throws {
        let scene = try checkout()
        let path = scene.path("work/model.safetensors")
        try Files.flipBit(path, byte: 9 * Self.mebibyte)
        let edited = try Files.read(path)
        try scene.folder.write("work/config.json", "{\"mine\":true}")
        try scene.folder.write("work/notes.txt", "untracked")
        let result = try repair(scene)
        #expect(result.status == 0 && result.int("filesMended") == 2, "\(result.shown)")
        let kept = kept(result)
        #expect(Set(kept.keys) == ["model.safetensors", "config.json"])
        #expect(try Files.read(kept["config.json"] ?? "") == Array("{\"mine\":true}".utf8))
        let ranges = try FileManager.default.contentsOfDirectory(atPath: kept["model.safetensors"] ?? "")
        #expect(ranges.count == 1)
        let offset = try #require(Int(ranges[0]))
        let bytes = try Files.read((kept["model.safetensors"] ?? "") + "/" + ranges[0])
        #expect(bytes == Array(edited[offset..<offset + bytes.count]) && (offset..<offset + bytes.count).contains(9 * Self.mebibyte))
        #expect(try Files.read(scene.path("work/notes.txt")) == Array("untracked".utf8))
        #expect(try scene.differences("model", "work") == ["Only in \(scene.path("work")): notes.txt"])
        // The next run keeps its bytes beside the first ones.
        try scene.folder.write("work/config.json", "{\"mine\":2}")
        let again = try repair(scene)
        #expect(try again.status == 0 && Files.read(self.kept(again)["config.json"] ?? "") == Array("{\"mine\":2}".utf8))
        #expect(try Files.read(kept["config.json"] ?? "") == Array("{\"mine\":true}".utf8))
    }

    @Test("missing, cut and overlong files")
    func lengths() throws {
        let scene = try checkout()
        try FileManager.default.removeItem(atPath: scene.path("work/small"))
        try FileManager.default.removeItem(atPath: scene.path("work/a/b/empty.txt"))
        try FileManager.default.removeItem(atPath: scene.path("work/noise.bin"))
        try Tool.run("/usr/bin/truncate", ["-s", "\(12 * Self.mebibyte)", scene.path("work/model.safetensors")])
        let garbage = Array("appended\n".utf8)
        let vocabulary = try Files.read(scene.path("work/tokenizer/vocab.txt"))
        try scene.folder.write("work/tokenizer/vocab.txt", vocabulary + garbage)
        let result = try repair(scene)
        #expect(result.status == 0 && result.int("filesMended") == 34, "\(result.shown)")
        // Eight chunks of weights, one of them cut, and the noise.
        #expect((result.int("bytesTransferred") ?? .max) < 15 * Self.mebibyte)
        #expect(try Files.read((kept(result)["tokenizer/vocab.txt"] ?? "") + "/\(vocabulary.count)") == garbage)
        try requireWhole(scene)
        // A second copy of the same bytes is taken from the first.
        try FileManager.default.removeItem(atPath: scene.path("work/noise.bin"))
        let second = try repair(scene)
        #expect(second.status == 0)
    }

    @Test("what stands in the way is named, and the rest is mended")
    func conflicts() throws {
        let scene = try checkout()
        let manager = FileManager.default
        try manager.removeItem(atPath: scene.path("work/config.json"))
        try manager.createSymbolicLink(atPath: scene.path("work/config.json"), withDestinationPath: "README.md")
        try manager.removeItem(atPath: scene.path("work/noise.bin"))
        try manager.createDirectory(atPath: scene.path("work/noise.bin"), withIntermediateDirectories: false)
        try manager.removeItem(atPath: scene.path("work/small"))
        try scene.folder.write("work/small", "a file where a folder was")
        let alone = try repair(scene)
        #expect(alone.failed(6, naming: "config.json"), "\(alone.shown)")
        #expect((alone.json?["problems"] as? [Any])?.count == 32)
        try manager.removeItem(atPath: scene.path("work/README.md"))
        let partly = try repair(scene)
        #expect(partly.status == 10 && partly.errorCode == "partial" && partly.int("filesMended") == 1, "\(partly.shown)")
        #expect(try Files.read(scene.path("work/small")) == Array("a file where a folder was".utf8))
        #expect(try manager.destinationOfSymbolicLink(atPath: scene.path("work/config.json")) == "README.md")
        for name in ["config.json", "noise.bin", "small"] { try manager.removeItem(atPath: scene.path("work/\(name)")) }
        #expect(try repair(scene).status == 0)
        try requireWhole(scene)
    }

    @Test("a mirror without the chunk: named with exit 4, and another source has it")
    func sources() throws {
        let scene = try checkout()
        try scene.copy("store", "twin")
        for pack in Files.list(scene.store).filter({ $0.hasPrefix("packs/") }) {
            try FileManager.default.removeItem(atPath: scene.store + "/" + pack)
        }
        try damageSilently(scene, "noise.bin", at: [100])
        let lost = try repair(scene)
        #expect(lost.failed(4, naming: "noise.bin") && lost.told.contains("chunk") && lost.told.contains("--from"), "\(lost.shown)")
        #expect(try scene.verify("work").status == 4)
        let mended = try repair(scene, "--from", "file://\(scene.path("twin"))")
        #expect(mended.status == 0 && mended.int("chunksTransferred") == 1, "\(mended.shown)")
        try requireWhole(scene)
        // Nobody answers: not damage, but not mended either.
        try damageSilently(scene, "noise.bin", at: [100])
        scene.mirror.stop()
        let silent = try repair(scene)
        #expect(silent.failed(7, naming: "noise.bin"), "\(silent.shown)")
        #expect(try repair(scene, "--from", "file://\(scene.path("twin"))").status == 0)
        try requireWhole(scene)
    }

    @Test("a publisher's directory, and the records that it keeps")
    func publisher() throws {
        let scene = try checkout()
        try Files.flipBit(scene.path("model/noise.bin"), byte: 77)
        try scene.copy("work", "right")
        let result = try Bounded.run(["repair", scene.path("model"), "--json"])
        #expect(result.status == 0 && result.int("filesMended") == 1, "\(result.shown)")
        #expect(try scene.differences("right", "model") == [])
        // Damaged copies of manifest and lists come back from the mirror.
        for kind in ["manifests", "lists"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: scene.path("work/.waybill/\(kind)")) {
                try Files.flipBit(scene.path("work/.waybill/\(kind)/\(name)"), byte: 30)
            }
        }
        try Files.flipBit(scene.path("work/noise.bin"), byte: 1)
        #expect(try repair(scene).status == 0)
        try requireWhole(scene)
        let stranger = try Bounded.run(["repair", scene.folder.path, "--json"])
        #expect(stranger.failed(3, naming: scene.folder.path))
    }

    @Test("killed at any instant, the next run ends it")
    func killed() throws {
        let scene = try checkout()
        var generator = SeededGenerator(seed: 31)
        let arguments = ["repair", scene.path("work"), "--json"]
        func damage() throws {
            var bytes = try Files.read(scene.path("model/model.safetensors"))
            for row in 0..<10 { bytes[(row * 2) * Self.mebibyte + 4_000] ^= 1 }
            try Data(bytes).write(to: URL(fileURLWithPath: scene.path("work/model.safetensors")))
            try? FileManager.default.removeItem(atPath: scene.path("work/noise.bin"))
            try? FileManager.default.removeItem(atPath: scene.path("work/small/7.txt"))
        }
        try damage()
        let start = Date()
        #expect(try repair(scene).status == 0)
        let whole = Date().timeIntervalSince(start)
        for round in 0..<12 {
            try damage()
            let running = try Waybill.start(arguments)
            Thread.sleep(forTimeInterval: Double.random(in: 0.1...1, using: &generator) * whole)
            running.signal(SIGKILL)
            _ = running.wait()
            // A file under its name is right, or verify says that it is not.
            if try scene.verify("work").status == 0 { #expect(try scene.differences("model", "work") == []) }
            let again = try repair(scene)
            #expect(again.status == 0, "round \(round): \(again.shown)")
            try requireWhole(scene, "round \(round)")
        }
    }
}
