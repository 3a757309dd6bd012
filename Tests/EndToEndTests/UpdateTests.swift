import Foundation
import Testing
import WaybillTestSupport

@Suite("Updates")
struct UpdateTests {
    /// A scene whose directory `work` holds revision 1 of `model`, which has `tensors` tensors of a megabyte.
    private func scene(tensors: Int = 12) throws -> Scene {
        let scene = try Scene()
        try write(scene, tensors: tensors)
        try scene.folder.write("model/dropped/old.txt", "goes with revision 2")
        try scene.folder.write("model/kept.txt", "in both")
        #expect(try scene.push("model", "acme/tiny").status == 0)
        let pull = try scene.pull("acme/tiny", "work")
        #expect(pull.status == 0, "\(pull.shown)")
        return scene
    }

    /// The weights of `model`; tensor `changed` has other values than usual.
    private func write(_ scene: Scene, tensors: Int, changed: Int? = nil) throws {
        let all = (0..<tensors).map { number in
            var generator = SeededGenerator(seed: UInt64(number == changed ? 1_000 + number : number))
            return Tensor("layer.\(number).weight", "BF16", [512, 1024], generator.weights(512 * 1024))
        }
        try scene.folder.write("model/model.safetensors", ModelMaker.safetensors(all))
    }

    /// Publishes revision 2: one tensor differs, one file is new, one is gone.
    private func publishSecond(_ scene: Scene, tensors: Int = 12) throws {
        try write(scene, tensors: tensors, changed: 5)
        try scene.folder.write("model/new/file.txt", "comes with revision 2")
        try scene.remove("model/dropped")
        let push = try scene.push("model", "acme/tiny")
        #expect(push.status == 0, "\(push.shown)")
        #expect(try #require(push.int("bytesTransferred")) < 1_100_000)
        #expect(push.int("entry") == 2)
    }

    @Test("only what differs moves; what is dropped goes, what is untracked stays")
    func update() throws {
        let scene = try scene()
        try scene.folder.write("work/notes.txt", "mine")
        try scene.folder.write("work/dropped/mine.txt", "mine too")
        try publishSecond(scene)
        let pull = try scene.pull("acme/tiny", "work")
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try #require(pull.int("bytesTransferred")) < 1_100_000)
        #expect(try #require(pull.int("bytesReused")) >= 11 << 20)
        #expect(!Files.exists(scene.path("work/dropped/old.txt")))
        #expect(try Files.read(scene.path("work/notes.txt")) == Array("mine".utf8))
        #expect(try Files.read(scene.path("work/dropped/mine.txt")) == Array("mine too".utf8))
        let verify = try scene.verify("work")
        #expect(verify.status == 0 && verify.int("untracked") == 2 && verify.int("entry") == 2, "\(verify.shown)")
        try scene.remove("work/notes.txt")
        try scene.remove("work/dropped")
        #expect(try scene.differences("model", "work") == [])
        let again = try scene.pull("acme/tiny", "work")
        #expect(again.json?["unchanged"] as? Bool == true && again.int("bytesTransferred") == 0)
    }

    @Test("a folder that a revision leaves empty goes with it")
    func emptiedFolder() throws {
        let scene = try scene(tensors: 1)
        try scene.remove("model/dropped")
        #expect(try scene.push("model", "acme/tiny").status == 0)
        #expect(try scene.pull("acme/tiny", "work").status == 0)
        #expect(!Files.exists(scene.path("work/dropped")))
    }

    /// What a person may have done to a checkout, each standing in the way of revision 2.
    enum Edit: CaseIterable {
        case sameSize
        case longer
        case ofDropped
        case strangerAtNew

        func apply(_ scene: Scene) throws -> String {
            switch self {
            case .sameSize:
                try Files.flipBit(scene.path("work/model.safetensors"), byte: 3_000_000)
                return "model.safetensors"
            case .longer:
                let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: scene.path("work/model.safetensors")))
                try handle.seekToEnd()
                try handle.write(contentsOf: Data([1]))
                try handle.close()
                return "model.safetensors"
            case .ofDropped:
                try scene.folder.write("work/dropped/old.txt", "edited")
                return "dropped/old.txt"
            case .strangerAtNew:
                try scene.folder.write("work/new/file.txt", "a stranger's")
                return "new/file.txt"
            }
        }
    }

    @Test("an edited or foreign file is replaced only with --overwrite", arguments: Edit.allCases)
    func edited(edit: Edit) throws {
        let scene = try scene()
        try publishSecond(scene)
        let name = try edit.apply(scene)
        let before = try Snapshot.of(scene.path("work"), leavingOut: [".waybill"])
        let refused = try scene.pull("acme/tiny", "work")
        #expect(refused.failed(6, naming: name), "\(refused.shown)")
        #expect(try Snapshot.of(scene.path("work"), leavingOut: [".waybill"]) == before)
        let replaced = try scene.pull("acme/tiny", "work", "--overwrite")
        #expect(replaced.status == 0, "\(replaced.shown)")
        #expect(try scene.differences("model", "work") == [])
        #expect(try scene.verify("work").status == 0)
    }

    @Test("a file that was only touched, or edited into what comes next, stands in nobody's way")
    func harmlessEdits() throws {
        let scene = try scene()
        try Tool.run("/bin/touch", [scene.path("work/model.safetensors"), scene.path("work/dropped/old.txt")])
        try publishSecond(scene)
        try Tool.run("/bin/cp", [scene.path("model/kept.txt"), scene.path("work/kept.txt")])
        try scene.copy("model/new", "work/new")
        let pull = try scene.pull("acme/tiny", "work")
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(try scene.differences("model", "work") == [])
        #expect(try #require(pull.int("bytesTransferred")) < 1_100_000)
    }

    @Test("a directory with matching files is adopted; another's file is not")
    func adoption() throws {
        let scene = try scene(tensors: 3)
        try scene.folder.write("other/stranger.bin", [UInt8](repeating: 7, count: 5_000))
        try Tool.run("/bin/cp", ["-r", scene.path("model") + "/.", scene.path("other")])
        try scene.remove("other/.waybill")
        let adopted = try scene.pull("acme/tiny", "other")
        #expect(adopted.status == 0 && adopted.int("bytesTransferred") == 0, "\(adopted.shown)")
        #expect(try Files.read(scene.path("other/stranger.bin")) == [UInt8](repeating: 7, count: 5_000))
        #expect(try scene.verify("other").int("untracked") == 1)

        try scene.folder.write("third/kept.txt", "not the model's")
        try scene.folder.write("third/stranger.txt", "stays")
        let refused = try scene.pull("acme/tiny", "third")
        #expect(refused.failed(6, naming: "kept.txt"), "\(refused.shown)")
        #expect(Files.list(scene.path("third")) == ["kept.txt", "stranger.txt"])
        #expect(try Files.read(scene.path("third/kept.txt")) == Array("not the model's".utf8))
        #expect(try scene.pull("acme/tiny", "third", "--overwrite").status == 0)
        #expect(try Files.read(scene.path("third/stranger.txt")) == Array("stays".utf8))
        #expect(try Files.read(scene.path("third/kept.txt")) == Files.read(scene.path("model/kept.txt")))
    }

    @Test("--include takes some files, and is remembered")
    func include() throws {
        let scene = try scene(tensors: 3)
        let pull = try scene.pull("acme/tiny", "some", "--include", "*.txt")
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(pull.int("filesSelected") == 2 && pull.int("filesTotal") == 3)
        #expect(Files.list(scene.path("some")) == ["dropped/old.txt", "kept.txt"])
        let verify = try Bounded.run(["verify", scene.path("some")])
        #expect(verify.status == 0 && verify.output.contains("2 of 3 files"), "\(verify.shown)")
        #expect(try scene.verify("some").int("filesSelected") == 2)
        // The next revision has a file that matches and one that does not.
        try scene.folder.write("model/added.txt", "matches")
        try scene.folder.write("model/added.bin", "does not")
        #expect(try scene.push("model", "acme/tiny").status == 0)
        #expect(try scene.pull("acme/tiny", "some").status == 0)
        #expect(Files.list(scene.path("some")) == ["added.txt", "dropped/old.txt", "kept.txt"])
        #expect(try scene.pull("acme/tiny", "some", "--include", "*").status == 0)
        #expect(try scene.differences("model", "some") == [])
        let nothing = try scene.pull("acme/tiny", "none", "--include", "*.gguf")
        #expect(nothing.failed(3, naming: "*.gguf"), "\(nothing.shown)")
    }

    @Test("a push that is based on an older entry is a conflict; --expect decides knowingly")
    func stalePush() throws {
        let scene = try scene(tensors: 1)
        // Another clone publishes entry 2.
        try scene.folder.write("work/kept.txt", "by another")
        #expect(try scene.push("work", "acme/tiny").int("entry") == 2)
        try scene.folder.write("model/kept.txt", "by us")
        let stale = try scene.push("model", "acme/tiny")
        #expect(stale.failed(6, naming: "acme/tiny:main") && stale.told.contains("--expect 2"), "\(stale.shown)")
        #expect(try scene.push("model", "acme/tiny", "--expect", "1").status == 6)
        #expect(try scene.push("model", "acme/tiny", "--expect", "0").status == 6)
        #expect(try scene.push("model", "acme/tiny", "--expect", "3").status == 6)
        #expect(!Files.exists(scene.store + "/refs/acme/tiny/main/0000000003"))
        let knowing = try scene.push("model", "acme/tiny", "--expect", "2")
        #expect(knowing.status == 0 && knowing.int("entry") == 3, "\(knowing.shown)")
        // A clone that was never here must say what it means.
        try scene.copy("model", "stranger")
        try scene.remove("stranger/.waybill")
        try scene.folder.write("stranger/kept.txt", "by a third")
        #expect(try scene.push("stranger", "acme/tiny").status == 6)
        #expect(try scene.push("stranger", "acme/new", "--expect", "1").status == 6)
        #expect(try scene.push("stranger", "acme/new", "--expect", "0").int("entry") == 1)
    }
}
