import Foundation
import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Published models as they are. What they must give was written down before they were evaluated.
@Suite struct RealModelFindingsTests {
    struct Expected: Sendable, CustomTestStringConvertible {
        let folder: String
        let licenses: [String]
        let concluded: String?
        let datasets: [String]
        let languages: [String]
        let label: OpennessLabel
        let reasons: [String]
        /// Components of MOF class III that are there under an open licence.
        let classIII: Int
        var osaid = FindingResult.undetermined

        var testDescription: String { folder }
    }

    /// What the cards of both sentence-transformers models list.
    private static let sentenceTransformersData = [
        "code_search_net", "eli5", "embedding-data/PAQ_pairs", "embedding-data/QQP", "embedding-data/SPECTER",
        "embedding-data/WikiAnswers", "embedding-data/altlex", "embedding-data/flickr30k-captions",
        "embedding-data/sentence-compression", "embedding-data/simple-wiki", "flax-sentence-embeddings/stackexchange_xml", "gooaq",
        "ms_marco", "multi_nli", "natural_questions", "s2orc", "search_qa", "snli", "trivia_qa", "wikihow", "yahoo_answers_topics",
    ]

    static let table = [
        Expected(
            folder: "mpnet", licenses: ["apache-2.0"], concluded: "Apache-2.0", datasets: sentenceTransformersData, languages: ["en"],
            label: .openWeights, reasons: ["openLicense: the weights stand under Apache-2.0, which is open"], classIII: 2),
        Expected(
            folder: "minilm", licenses: ["apache-2.0"], concluded: "Apache-2.0",
            datasets: sentenceTransformersData, languages: ["en"], label: .openWeights,
            reasons: ["openLicense: the weights stand under Apache-2.0, which is open"], classIII: 2
        ),
        Expected(
            folder: "smollm2", licenses: ["apache-2.0"], concluded: "Apache-2.0", datasets: [], languages: ["en"], label: .openWeights,
            reasons: ["openLicense: the weights stand under Apache-2.0, which is open"], classIII: 1),
        Expected(
            folder: "gemma", licenses: ["gemma"], concluded: "LicenseRef-scancode-gemma-tou-2025-03-24", datasets: [], languages: [],
            label: .restrictedWeights,
            reasons: [
                "acceptableUse: an acceptable-use policy, which the licensor may change, binds users",
                "outputTraining: training other models on outputs is restricted",
            ], classIII: 0, osaid: .fails),
    ]

    /// The files of a folder. Their digests are made up: findings do not depend on them.
    private static func files(_ folder: URL) throws -> [EvidenceFile] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        return try names.compactMap { name in
            let url = folder.appending(path: name)
            let values = try url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            guard values.isRegularFile == true else { return nil }
            let format: FileFormat = name.hasSuffix(".gguf") ? .gguf : name.hasSuffix(".safetensors") ? .safetensors : .opaque
            return EvidenceFile(
                path: try ModelPath(name), sha256: SHA256.digest(of: Array(name.utf8)), size: values.fileSize ?? 0, format: format
            ) { (offset: Int, count: Int) throws(SystemError) in
                guard let file = try? FileHandle(forReadingFrom: url), (try? file.seek(toOffset: UInt64(offset))) != nil,
                    let data = try? file.read(upToCount: count)
                else { throw SystemError(.storage, subject: name, cause: "could not be read") }
                return [UInt8](data)
            }
        }
    }

    @Test(.enabled(if: table.contains { Repository.model($0.folder) != nil }, "no real models were fetched"), arguments: table)
    func findings(_ expected: Expected) throws {
        guard let folder = Repository.model(expected.folder) else { return }
        let files = try Self.files(folder)
        let found = PapersEvaluator.evaluate(files: files)
        #expect(found.readError == nil)
        #expect(found.claims[.licenses].map(\.value) == expected.licenses)
        #expect(found.claims[.datasets].map(\.value) == expected.datasets)
        #expect(found.claims[.languages].map(\.value) == expected.languages)
        #expect(found.license == expected.concluded)
        #expect(found.label == expected.label)
        #expect(found.labelReasons.map { "\($0.code): \($0.text)" } == expected.reasons)
        #expect(found.label != .openSourceAI)
        #expect(found.mof.reached == .unclassified)
        #expect(found.mof.progress(towards: .openModel) == MOFEvaluation([]).progress(towards: .openModel).adding(expected.classIII))
        #expect(found.osaid.result == expected.osaid)
        #expect(found.euFoss.result == .undetermined)
        let draft = try DisclosureDraft.text(for: files)
        let check = try DisclosureCheck.check(files + [try ModelFiles.file("disclosure.yaml", Array(draft.utf8))])
        #expect(!check.hasErrors)
    }
}

extension MOFEvaluation.Progress {
    fileprivate func adding(_ count: Int) -> MOFEvaluation.Progress { MOFEvaluation.Progress(met: met + count, required: required) }
}
