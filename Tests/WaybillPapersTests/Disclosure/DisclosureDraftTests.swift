import Foundation
import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

@Suite struct DisclosureDraftTests {
    /// The draft of files, read again as the model's disclosure: it must have no error.
    private func draft(_ files: [EvidenceFile]) throws -> (text: String, disclosure: Disclosure) {
        let text = try DisclosureDraft.text(for: files)
        let file = try ModelFiles.file("disclosure.yaml", Array(text.utf8))
        let check = try DisclosureCheck.check(files.filter { $0.path.text != "disclosure.yaml" } + [file])
        #expect(check.problems.filter { $0.severity == .error } == [])
        return (text, try #require(Disclosure.read(Array(text.utf8)).disclosure))
    }

    private static let card = """
        ---
        license: apache-2.0
        pipeline_tag: text-generation
        language: [en, no]
        datasets: [acme/corpus, books]
        base_model: acme/base
        base_model_relation: finetune
        ---

        # Tiny

        A *small* model & more.

        It has two paragraphs.

        ## Intended uses & limitations
        For tests: [nothing] {else}.
        ```
        # not a heading
        ```
        ## Limitations
        It is small.
        ## Training procedure
        """

    private static let config =
        #"{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "rms_norm_eps": 1e-06, "_name_or_path": "acme/base"}"#

    @Test func whatTheFilesSay() throws {
        let (text, disclosure) = try draft([
            try ModelFiles.readme(Self.card), try ModelFiles.file("config.json", Array(Self.config.utf8)),
            try ModelFiles.file("LICENSE", Array("text".utf8)), try ModelFiles.file("model.bin", [1]),
        ])
        #expect(disclosure.model.name?.value == "Tiny")
        #expect(disclosure.model.description?.value == "A *small* model & more.\n\nIt has two paragraphs.")
        #expect(disclosure.model.task?.value == "text-generation")
        #expect(disclosure.model.architecture?.value == "LlamaForCausalLM")
        #expect(disclosure.model.architectureFamily?.value == "llama")
        #expect(disclosure.model.languages.map(\.value) == ["en", "no"])
        #expect(disclosure.model.intendedUse?.value == "For tests: [nothing] {else}.\n```\n# not a heading\n```")
        #expect(disclosure.model.limitations?.value == "It is small.")
        #expect(disclosure.training.information == nil)
        #expect(disclosure.license.evidence.map(\.value) == ["LICENSE"])
        #expect(disclosure.baseModels.map(\.id.value) == ["acme/base"])
        #expect(disclosure.baseModels.first?.relation?.value == .finetune)
        #expect(disclosure.data.sources.map(\.name.value) == ["acme/corpus", "books"])
        #expect(disclosure.components.count == 17)
        let released = disclosure.components.filter { $0.status.value == .released }
        #expect(released.map(\.name.value) == [.finalParameters, .modelCard])
        #expect(released.map { $0.location?.value } == ["model.bin", "README.md"])
        #expect(disclosure.components.filter { $0.status.value == .noAssertion }.count == 15)
        #expect(text.contains("# config.json: hidden_size 64"))
        #expect(text.contains("# config.json names `acme/base` as the path that it was loaded from: a base model?"))
    }

    /// Nothing but what the files say: without files every statement is a comment.
    @Test func nothingIsMadeUp() throws {
        let (text, disclosure) = try draft([])
        #expect(disclosure.components.allSatisfy { $0.status.value == .noAssertion })
        #expect(disclosure.model == Disclosure.none.model || disclosure.model.name == nil)
        #expect(disclosure.license.expression == nil)
        #expect(disclosure.baseModels.isEmpty)
        #expect(disclosure.data.sources.isEmpty)
        #expect(disclosure.data.completeness == .noAssertion)
        #expect(disclosure.model.monetisation == nil)
        #expect(disclosure.model.architectureInformation.status == .noAssertion)
        #expect(text.contains("# TODO monetisation"))
    }

    @Test func unknownLicencesAreLeftToThePublisher() throws {
        for id in ["other", "openrail", "gpl-3.0", "acme-special"] {
            let (text, disclosure) = try draft([
                try ModelFiles.card("license: \(id)\nlicense_name: special\nlicense_link: https://example.com/L")
            ])
            #expect(disclosure.license.expression == nil)
            #expect(text.contains("# claimed: \(id)\n"))
            #expect(text.contains("# claimed name: special\n"))
            #expect(disclosure.license.evidence.map(\.value) == ["https://example.com/L"])
        }
        let (text, both) = try draft([
            try ModelFiles.card("license: mit"), try GGUFBuilder.file { $0.add("general.license", "apache-2.0") },
        ])
        #expect(both.license.expression == nil)
        #expect(text.contains("# claimed: apache-2.0\n  # claimed: mit\n"))
    }

    @Test func gguf() throws {
        let (text, disclosure) = try draft([
            try GGUFBuilder.file("tiny.gguf") {
                RealModels.smolLM2(&$0)
                $0.add("general.version", "1.0")
            }
        ])
        #expect(disclosure.model.name?.value == "Smollm2 135M 8k Lc100K Mix1 Ep2")
        #expect(disclosure.model.suppliedBy?.value == "HuggingFaceTB")
        #expect(disclosure.model.architectureFamily?.value == "llama")
        #expect(disclosure.model.version?.value == "1.0")
        #expect(text.contains("# tiny.gguf: basename smollm2, finetune 8k-lc100k-mix1-ep2, size_label 135M"))
        #expect(disclosure[.finalParameters]?.location?.value == "tiny.gguf")
        #expect(disclosure[.modelCard]?.status.value == .noAssertion)
    }

    /// Texts of strangers that mean something to YAML.
    @Test(arguments: [
        "&a and *a", "R&D\n\n*D* is bold", "\"quoted\\", "tab\tand: colon", "---\n#x", "a\u{7}b", "\u{FEFF}x", "x\u{2028}y", "\u{10FFFF}",
        "emoji \u{1F600}",
        "- item\n  - deeper\n\n\ttab", "#", "null", "trailing space \nnext", "'single'", "%YAML 1.2", "\u{85}", "| > ! @ `",
    ])
    func textsComeBack(_ text: String) throws {
        let (_, disclosure) = try draft([try ModelFiles.readme("# Title &a *a\n\nx \(text) y\n")])
        #expect(disclosure.model.name?.value == "Title &a *a")
        #expect(disclosure.model.description.map { Array($0.value.utf8) } == Array("x \(text) y".utf8))
    }

    @Test func namesComeBack() throws {
        for name in ["a: b", "- x", "{a}", "no", "1.0", "~", "a # b", "\u{1F600}", "a\\n"] {
            let (_, disclosure) = try draft([try GGUFBuilder.file { $0.add("general.datasets", [name]) }])
            #expect(disclosure.data.sources.map(\.name.value) == [name])
        }
    }

    @Test func longListsEnd() throws {
        let names = (0..<400).map { "  - \($0) " + String(repeating: "x", count: 1_900) }
        let (text, disclosure) = try draft([try ModelFiles.card("datasets:\n" + names.joined(separator: "\n"))])
        #expect((10..<100).contains(disclosure.data.sources.count))
        #expect(text.contains("more, which are too long to be listed here"))
        #expect(text.utf8.count < Disclosure.maximumByteCount / 2)
    }

    @Test(arguments: [
        "{", "[]", "{\"architectures\": [7, null]}", "{\"architectures\": {}, \"model_type\": 7}", "", "{\"model_type\": \"\"}",
    ])
    func brokenConfigs(_ text: String) throws {
        let (_, disclosure) = try draft([try ModelFiles.file("config.json", Array(text.utf8))])
        #expect(disclosure.model.architecture == nil)
        #expect(disclosure.model.architectureFamily == nil)
    }

    @Test func anOldDisclosureIsNoEvidence() throws {
        let old = try ModelFiles.file("disclosure.yaml", Array("disclosure: 1\ndata: {sources: [{name: old}]}\n".utf8))
        let (text, _) = try draft([old])
        #expect(!text.contains("old"))
    }

    @Test func unreadableFilesAreErrors() throws {
        let broken = EvidenceFile(path: try ModelPath("README.md"), sha256: SHA256.digest(of: []), size: 10, format: .opaque) {
            (_: Int, _: Int) throws(SystemError) in throw SystemError(.storage, subject: "README.md", cause: "Input/output error")
        }
        #expect(throws: SystemError.self) { try DisclosureDraft.text(for: [broken]) }
    }

    @Test func sameFilesSameDraft() throws {
        let files = [try ModelFiles.readme(Self.card), try ModelFiles.file("config.json", Array(Self.config.utf8))]
        #expect(try DisclosureDraft.text(for: files) == DisclosureDraft.text(for: files.reversed()))
    }
}
