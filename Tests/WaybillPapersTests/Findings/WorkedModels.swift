import WaybillFormat
import WaybillPapers
import WaybillSystem

/// The fifteen worked models of Protocol/PAPERS.md. What is expected of them was written before the rules were run.
struct WorkedModel: Sendable, CustomStringConvertible {
    let number: Int
    /// What is disclosed, for people.
    let disclosed: String
    let label: OpennessLabel
    let mof: MOFClass
    let osaid: FindingResult
    let euFoss: FindingResult
    /// Why, for people.
    let why: String
    /// The codes of the label's reasons.
    let codes: [String]

    var card: String?
    var disclosure: String?
    var gguf: String?
    var hasWeights = true
    var ancestors: [Ancestor] = []
    var isDetermined = false

    var description: String { "\(number)" }

    /// Its row in Protocol/PAPERS.md.
    var row: String {
        let mofText =
            switch mof {
            case .unclassified: "-"
            case .openModel: "III"
            case .openTooling: "II"
            case .openScience: "I"
            }
        return "| \(number) | \(disclosed) | `\(label.rawValue)` | \(mofText) | \(osaid.rawValue) | \(euFoss.rawValue) | \(why) |"
    }

    var files: [EvidenceFile] {
        get throws {
            var files: [EvidenceFile] = []
            if hasWeights { files.append(try ModelFiles.file("model.bin", [1, 2, 3])) }
            if let card { files.append(try ModelFiles.readme("---\n\(card)\n---\n# Model\nWhat it does.\n")) }
            if let disclosure { files.append(try ModelFiles.file("disclosure.yaml", Array(("disclosure: 1\n" + disclosure).utf8))) }
            if let gguf { files.append(try GGUFBuilder.file { $0.add("general.license", gguf) }) }
            return files
        }
    }

    func evaluated() throws -> PapersFindings {
        let files = try files
        let plain = PapersEvaluator.evaluate(files: files, ancestors: ancestors)
        guard isDetermined else { return plain }
        let determination = try Determination(
            contentId: plain.contentId, manifest: nil, definition: .osaid, result: .meets, reviewer: "Rita Reviewer",
            reason: "Read it all.",
            date: "2026-11-01T00:00:00Z", expires: nil)
        return PapersEvaluator.evaluate(files: files, determinations: [determination], ancestors: ancestors)
    }
}

extension WorkedModel {
    private static let llama = "LicenseRef-scancode-llama-3.1-license-2024"

    private static func components(_ names: [MOFComponent], _ status: String = "released") -> String {
        names.map { "  - {name: \($0.rawValue), status: \(status), location: \"https://example.com/\"}\n" }.joined()
    }

    private static let dataInformation = """
        data:
          completeness: complete
          terms: MIT
          sources:
            - name: Books
              access: open
              location: https://example.com/books
              provenance: Public domain books.
              scope: English prose.
              selection: All of the archive.
              labeling: None.
              processing: Headers were cut.
            - name: Letters
              access: unshareable
              provenance: Letters of customers.
              scope: English letters.
              selection: With consent.
              labeling: By two people.
              processing: Names were replaced.

        """

    private static let classIII: [MOFComponent] = [.modelArchitecture, .evaluationResults, .modelCard, .dataCard, .technicalReport]
    private static let classII: [MOFComponent] = [.trainingCode, .inferenceCode, .evaluationCode, .evaluationData]
    private static let classI: [MOFComponent] = [.datasets, .dataPreprocessingCode, .intermediateParameters, .researchPaper]

    private static let everything =
        "license: {expression: Apache-2.0}\ncomponents:\n" + components(classIII + classII + classI)
        + "  - {name: Model parameters (Final), status: released, location: model.bin}\n" + dataInformation

    static let all: [WorkedModel] = [
        WorkedModel(
            number: 1, disclosed: "A card under MIT; the weights are stated to be withheld (an API)", label: .closed, mof: .unclassified,
            osaid: .fails, euFoss: .fails, why: "there are no weights", codes: ["noWeights"], card: "license: mit",
            disclosure: "components:\n  - {name: Model parameters (Final), status: withheld}\n", hasWeights: false),
        WorkedModel(
            number: 2, disclosed: "Weights, and nothing else", label: .undetermined, mof: .unclassified, osaid: .undetermined,
            euFoss: .undetermined, why: "no licence is asserted: that is not a no", codes: ["openQuestion"]),
        WorkedModel(
            number: 3, disclosed: "Weights and a card with `license: mit`", label: .openWeights, mof: .unclassified, osaid: .undetermined,
            euFoss: .undetermined, why: "an open licence; nothing is said of data and code", codes: ["openLicense"], card: "license: mit"),
        WorkedModel(
            number: 4, disclosed: "Weights and a card with `license: llama3.1`", label: .restrictedWeights, mof: .unclassified,
            osaid: .fails,
            euFoss: .fails, why: "an acceptable-use policy, and a threshold of 700 million users",
            codes: ["acceptableUse", "thresholds"], card: "license: llama3.1"),
        WorkedModel(
            number: 5, disclosed: "Weights and a card with `license: creativeml-openrail-m`", label: .restrictedWeights, mof: .unclassified,
            osaid: .fails, euFoss: .undetermined, why: "an acceptable-use policy; whether the EU's test bears it is for a reviewer",
            codes: ["acceptableUse", "outputTraining"], card: "license: creativeml-openrail-m"),
        WorkedModel(
            number: 6, disclosed: "Weights and a card with `license: cc-by-nc-4.0`", label: .restrictedWeights, mof: .unclassified,
            osaid: .fails, euFoss: .fails, why: "commercial use is prohibited", codes: ["commercialUse", "outputTraining"],
            card: "license: cc-by-nc-4.0"),
        WorkedModel(
            number: 7, disclosed: "Weights and a card with `license: openrail`", label: .undetermined, mof: .unclassified,
            osaid: .undetermined, euFoss: .undetermined, why: "a family of licences: which one, only a text can say",
            codes: ["openQuestion"], card: "license: openrail"),
        WorkedModel(
            number: 8, disclosed: "A card with `license: mit`, GGUF weights with `general.license: apache-2.0`", label: .undetermined,
            mof: .unclassified, osaid: .undetermined, euFoss: .undetermined, why: "the claims contradict each other",
            codes: ["openQuestion"],
            card: "license: mit", gguf: "apache-2.0", hasWeights: false),
        WorkedModel(
            number: 9, disclosed: "Weights under Apache-2.0, fine-tuned from a model under the Llama 3.1 licence, which is known",
            label: .restrictedWeights, mof: .unclassified, osaid: .fails, euFoss: .fails,
            why: "the ancestor's terms bind; the label is more permissive than its parent's", codes: ["acceptableUse", "thresholds"],
            card: "license: apache-2.0\nbase_model: acme/base\nbase_model_relation: finetune",
            ancestors: [Ancestor(name: "Acme/Base", license: llama)]),
        WorkedModel(
            number: 10, disclosed: "Weights under Apache-2.0, quantised from a model whose papers are not known", label: .undetermined,
            mof: .unclassified, osaid: .undetermined, euFoss: .undetermined, why: "an unresolved ancestor leaves the terms undetermined",
            codes: ["openQuestion"], card: "license: apache-2.0\nbase_model: acme/base\nbase_model_relation: quantized"),
        WorkedModel(
            number: 11, disclosed: "Weights, card, data card, report, architecture and evaluation results under Apache-2.0",
            label: .openWeightsWithDisclosure, mof: .openModel, osaid: .undetermined, euFoss: .undetermined, why: "MOF class III",
            codes: ["openLicense", "mofClass"], card: "license: apache-2.0",
            disclosure: "license: {expression: Apache-2.0}\ncomponents:\n" + components(classIII)),
        WorkedModel(
            number: 12,
            disclosed: "Weights under MIT, all sources of data described, architecture and usage public, no monetisation, 10^21 FLOP",
            label: .openWeightsWithDisclosure, mof: .unclassified, osaid: .undetermined, euFoss: .meets,
            why: "complete data information; every element of the EU's test is stated", codes: ["openLicense", "dataInformation"],
            disclosure: """
                license: {expression: MIT}
                model:
                  architectureInformation: {status: public, location: "https://example.com/a"}
                  usageInformation: {status: public}
                  monetisation: none
                training: {computeFlop: 1e21}

                """ + dataInformation),
        WorkedModel(
            number: 13, disclosed: "All seventeen components but the optional ones, all data described, Apache-2.0; nobody reviewed it",
            label: .openWeightsWithDisclosure, mof: .openScience, osaid: .undetermined, euFoss: .undetermined,
            why: "everything is stated, but the author never judges itself", codes: ["openLicense", "mofClass", "dataInformation"],
            disclosure: everything),
        WorkedModel(
            number: 14, disclosed: "The same, with a trusted reviewer's determination for exactly these files", label: .openSourceAI,
            mof: .openScience, osaid: .meets, euFoss: .undetermined, why: "a named reviewer determined it; the EU's questions are others",
            codes: ["openLicense", "osaidMet"], disclosure: everything, isDetermined: true),
        WorkedModel(
            number: 15, disclosed: "The same determination, but the training code is stated to be withheld",
            label: .openWeightsWithDisclosure, mof: .openModel, osaid: .fails, euFoss: .undetermined,
            why: "no determination overrides what the publisher states", codes: ["openLicense", "mofClass", "dataInformation"],
            disclosure: everything.replacing(
                "{name: Training code, status: released", with: "{name: Training code, status: withheld"),
            isDetermined: true),
    ]
}
