import Synchronization
import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

@Suite struct MergingTests {
    private func model() throws -> [EvidenceFile] {
        [
            try ModelFiles.card("license: apache-2.0\nlanguage: [en, de]\nbase_model: acme/base\nbase_model_relation: quantized"),
            try GGUFBuilder.file("b/model.gguf") {
                RealModels.smolLM2(&$0)
                $0.add("general.base_model.count", 2)
                $0.add("general.base_model.0.repo_url", "https://huggingface.co/acme/base")
                $0.add("general.base_model.1.repo_url", "https://huggingface.co/acme/other")
            },
            try GGUFBuilder.file("a.gguf") { $0.add("general.license", "mit") },
            try ModelFiles.file("model.safetensors", [1, 2, 3], format: .safetensors),
        ]
    }

    @Test func oneValueWithAllItsEvidence() throws {
        let files = try model()
        let derived = PapersDerivation.derive(files)
        #expect(derived.notices.isEmpty)
        #expect(derived.values(.licenses) == ["apache-2.0", "mit"])
        #expect(derived.evidence(.licenses, "apache-2.0") == ["README.md: license", "b/model.gguf: general.license"])
        #expect(derived.evidence(.licenses, "mit") == ["a.gguf: general.license"])
        #expect(derived.evidence(.languages, "en") == ["README.md: language", "b/model.gguf: general.languages"])
        #expect(derived.evidence(.languages, "de") == ["README.md: language"])
        #expect(derived.evidence(.baseModels, "acme/base") == ["README.md: base_model", "b/model.gguf: general.base_model.0.repo_url"])
        #expect(
            derived.baseModels
                == [BaseModel(name: "acme/base", relation: .quantized), BaseModel(name: "acme/other", relation: .noAssertion)])
        #expect(try ModelFiles.isPublishable(derived, files))
    }

    @Test func orderOfFilesDoesNotMatter() throws {
        let files = try model()
        let first = PapersDerivation.derive(files)
        for rotation in 1..<files.count {
            let derived = PapersDerivation.derive(Array(files[rotation...] + files[..<rotation]))
            #expect(derived.papers == first.papers)
            #expect(derived.baseModels == first.baseModels)
            #expect(derived.notices == first.notices)
        }
        let reversed = PapersDerivation.derive(files.reversed())
        #expect(reversed.papers == first.papers)
    }

    @Test func oneBadFileSpoilsItselfOnly() throws {
        let derived = PapersDerivation.derive([
            try ModelFiles.card("license: [mit"), try GGUFBuilder.file { RealModels.smolLM2(&$0) },
        ])
        #expect(derived.values(.licenses) == ["apache-2.0"])
        #expect(derived.notices.count == 1)
    }

    @Test func nothingAtAll() {
        let derived = PapersDerivation.derive([])
        #expect(derived.isEmpty)
        #expect(derived.notices.isEmpty)
        #expect(derived.readError == nil)
    }

    @Test func failedAndShortReads() throws {
        let cut = EvidenceFile(path: try ModelPath("README.md"), sha256: SHA256.digest(of: []), size: 100, format: .opaque) {
            (_: Int, _: Int) throws(SystemError) in Array("---\nlicense: mit\n---\n".utf8)
        }
        let broken = EvidenceFile(path: try ModelPath("z.gguf"), sha256: SHA256.digest(of: []), size: 100, format: .gguf) {
            (_: Int, _: Int) throws(SystemError) in throw SystemError(.storage, subject: "z.gguf", cause: "Input/output error\u{1B}")
        }
        let derived = PapersDerivation.derive([broken, cut, try GGUFBuilder.file("m.gguf") { $0.add("general.license", "mit") }])
        #expect(derived.readError?.code == .conflict)
        #expect(derived.readError?.subject == "README.md")
        #expect(derived.values(.licenses) == ["mit"])
        #expect(
            derived.notices == [
                "README.md: could not be read: is shorter than it was when it was hashed",
                "z.gguf: could not be read: Input/output error\\u{1B}",
            ])
    }

    @Test func readsAreBounded() throws {
        let largest = Mutex(0)
        let size = 5 << 30
        let file = EvidenceFile(path: try ModelPath("README.md"), sha256: SHA256.digest(of: []), size: size, format: .opaque) {
            (_: Int, count: Int) throws(SystemError) in
            largest.withLock { $0 = max($0, count) }
            return [UInt8](repeating: UInt8(ascii: "x"), count: count)
        }
        #expect(PapersDerivation.derive([file]).isEmpty)
        #expect(largest.withLock { $0 } == 1 << 20)
    }

    /// Many files with many claims each: more than a manifest should carry.
    @Test func fourMebibytes() throws {
        let long = String(repeating: "x", count: 1_900)
        let kinds = ["general.license", "general.license.name", "general.license.link", "general.datasets", "general.languages"]
        func files(_ count: Int) throws -> [EvidenceFile] {
            try (0..<count).map { number in
                try GGUFBuilder.file("m\(number).gguf") { builder in
                    for kind in kinds { builder.add(kind, (0..<30).map { "\(number) \($0) \(long)" }) }
                }
            }
        }
        let fits = try files(13)
        let derived = PapersDerivation.derive(fits)
        #expect(derived.values(.datasets).count == 390)
        #expect(derived.notices.isEmpty)
        #expect(try ModelFiles.isPublishable(derived, fits))
        let tooMuch = PapersDerivation.derive(try files(16))
        #expect(tooMuch.isEmpty)
        #expect(tooMuch.notices == ["papers: the claims and their evidence would take more than 4 MiB, which is no assertion"])
    }

    @Test func escapesCountForFourMebibytes() throws {
        let kinds = ["general.license", "general.license.name", "general.license.link", "general.datasets", "general.languages"]
        let files = try (0..<4).map { number in
            try GGUFBuilder.file("m\(number).gguf") { builder in
                for kind in kinds { builder.add(kind, (0..<30).map { "\(number) \($0) " + String(repeating: "\u{1}", count: 1_900) }) }
            }
        }
        let derived = PapersDerivation.derive(files)
        #expect(derived.isEmpty)
        #expect(derived.notices.count == 1)
    }
}
