import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Five models that disclose differently, and one whose every text is hostile.
struct ExportSample: Sendable, CustomStringConvertible {
    let description: String
    var card: String?
    var disclosure: String?
    var gguf: [(key: String, value: String)] = []
    var hasWeights = true
    var license: String?
    /// Whether a store published it.
    var isPublished = false

    var files: [EvidenceFile] {
        get throws {
            var files: [EvidenceFile] = []
            if hasWeights { files.append(try ModelFiles.file("model.safetensors", [1, 2, 3])) }
            if let card { files.append(try ModelFiles.readme("---\n\(card)\n---\n# Model\nWhat it does.\n")) }
            if let disclosure { files.append(try ModelFiles.file("disclosure.yaml", Array(("disclosure: 1\n" + disclosure).utf8))) }
            if let license { files.append(try ModelFiles.file("LICENSE", Array(license.utf8))) }
            if !gguf.isEmpty {
                files.append(
                    try GGUFBuilder.file("tiny.Q4_K_M.gguf") { builder in
                        for (key, value) in gguf { builder.add(key, value) }
                        builder.add("general.base_model.count", 1)
                    })
            }
            return files
        }
    }

    static let time = "2026-11-24T12:00:00Z"

    func subject(at time: String = time, determinations: [Determination] = []) throws -> ExportSubject {
        let files = try files
        let manifest = SHA256.digest(of: Array("manifest".utf8))
        let findings = PapersEvaluator.evaluate(files: files, determinations: determinations, manifest: manifest, at: time)
        return ExportSubject(
            findings: findings, files: files, model: isPublished ? try ModelName("acme/tiny") : nil, ref: isPublished ? "main" : nil,
            published: isPublished ? "2026-10-01T08:00:00Z" : nil,
            location: isPublished ? "https://models.example.com/acme/tiny" : nil, time: time)
    }

    func bytes(_ format: PapersExport.Format) throws -> [UInt8] { try PapersExport.bytes(format, of: try subject()) }

    func json(_ format: PapersExport.Format) throws -> JSONValue {
        try JSONValue(parsing: try bytes(format), maximumDepth: 32, subject: description)
    }

    func text(_ format: PapersExport.Format) throws -> String { String(decoding: try bytes(format), as: UTF8.self) }
}

extension ExportSample {
    private static let model = """
        model:
          name: Tiny
          version: 1.0
          suppliedBy: Example Labs
          releaseTime: 2026-01-31
          downloadLocation: https://example.com/tiny

        """

    static let bare = ExportSample(description: "bare weights", isPublished: true)

    static let card = ExportSample(
        description: "card with an SPDX licence", card: "license: apache-2.0\nlanguage: en\ndatasets:\n- squad\n- c4", isPublished: true)

    static let full = ExportSample(
        description: "full disclosure", card: "license: mit",
        disclosure: """
            model:
              name: Tiny
              version: 1.0
              description: "Answers questions.\\nIn two lines."
              suppliedBy: Example Labs
              contact: papers@example.com
              releaseTime: 2026-01-31
              downloadLocation: https://huggingface.co/example/tiny
              homepage: https://example.com/tiny
              approach: self-supervised
              task: text-generation
              typeOfModel: [transformer]
              architectureFamily: llama
              architecture: LlamaForCausalLM
              parameterCount: 135000000
              inputModalities: [text]
              outputModalities: [text]
              languages: [en, de]
              domains: [education]
              intendedUse: Teaching.
              limitations: It errs.
              explainability: None known.
              autonomy: no
              sensitivePersonalInformation: no
              safetyRisk: low
              standards: [ISO 42001]
              architectureInformation: {status: public, location: README.md}
              usageInformation: {status: public, location: README.md}
              monetisation: none
            license: {expression: MIT}
            data:
              completeness: complete
              terms: CC-BY-4.0
              latestCollection: 2025-06
              continuousTraining: no
              sources:
                - name: Books
                  category: publicDataset
                  access: open
                  roles: [pretrain]
                  location: https://example.com/books
                  license: CC0-1.0
                  digest: 0000000000000000000000000000000000000000000000000000000000000001
                  provenance: Public domain books.
                  scope: English prose.
                  selection: All of the archive.
                  labeling: None.
                  processing: Headers were cut.
                  datasetTypes: [text]
                  availability: directDownload
                  modalities: [text]
                  suppliedBy: Archive
                  releaseTime: 2024-02-29
                  builtTime: 2024-02-01T10:00:00Z
                  size: {value: 2.5e9, unit: bytes}
                  sensitivePersonalInformation: no
                  knownBias: [old spelling]
                - name: Newspapers
                  category: licensed
                  access: obtainable
                  obtainedFrom: News Ltd.
                  fee: yes
                  license: LicenseRef-news-1.0
                  suppliedBy: News Ltd.
                  datasetTypes: [text]
                - name: Letters
                  category: userData
                  access: unshareable
                  provenance: Letters of customers.
                  sensitivePersonalInformation: yes
                  datasetTypes: [text]
                - name: Pages
                  category: crawled
                  access: public
                  periodFrom: 2025-01
                  periodTo: 2025-06
                  crawler: {names: [ExampleBot], purposes: training, behaviour: heeds robots.txt}
                - name: Questions
                  category: publicDataset
                  access: open
                  roles: [evaluation]
                  location: https://example.com/questions
                  license: CC-BY-SA-4.0 OR MIT
                  datasetTypes: [text]
                  suppliedBy: Archive
                  releaseTime: 2025-03-01
                  builtTime: 2025-02-01
            training:
              information: In one run.
              computeFlop: 2.1e21
              hardware: 8 accelerators
              energy: {training: 1.5e3, inference: 0.25, unit: kilowattHour}
              preprocessing: [tokenisation]
              hyperparameters: [{name: learning rate, value: "3e-4"}]
              metrics: [{name: accuracy, value: "0.7", dataset: Questions, threshold: "0.5"}]
            euSummary:
              version: 1
              lastUpdate: 2026-02-01
              provider: {name: Example Labs, contact: papers@example.com}
              text: {band: 1BTo10T, content: prose}
              publicDatasets: {used: yes, modalities: [text]}
              syntheticData: {used: no}
              crawledData: {used: no}
              codeOfPractice: yes
              optOutMeasures: robots.txt is heeded.
            """)

    static let derivative = ExportSample(
        description: "derivative under the Llama 3.1 licence", card: "license: llama3.1",
        disclosure: model + """
            license: {expression: LicenseRef-scancode-llama-3.1-license-2024}
            baseModels:
              - id: meta-llama/Llama-3.1-8B
                revision: 0123456789abcdef0123456789abcdef01234567
                relation: finetune
                license: LicenseRef-scancode-llama-3.1-license-2024
              - id: https://huggingface.co/example/base
                revision: 0123456789abcdef0123456789abcdef01234567
                relation: merge
                license: Apache-2.0 AND MIT

            """)

    static let quantisation = ExportSample(
        description: "GGUF quantisation",
        gguf: [
            ("general.license", "apache-2.0"), ("general.base_model.0.organization", "Acme"), ("general.base_model.0.name", "Tiny"),
            ("general.base_model.0.repo_url", "https://huggingface.co/acme/tiny"),
        ], hasWeights: false, isPublished: true)

    static let hostileText =
        "</script><script>alert(1)</script> & \"'\\ \u{0}\u{1B}[31m\u{7F}\u{202E}\u{2028} %zz ]]> ${x} {{x}} *b* _i_ [a](b) `c` | # é 🙂"

    static let hostile = ExportSample(
        description: "hostile texts",
        card: """
            license: other
            license_name: "--- \\"quoted\\" : # & * ! | > ' % @ ` { [ , ? \\e[31m </script>"
            license_link: "https://exa mple/\\u202e<x>"
            datasets: ["</script><script>alert(1)</script>", "- x: &a *b", "\\U0001F642 \\0"]
            base_model: ["a: {b}", "https://huggingface.co/a/b\\"><script>"]
            language: ["no", "~", "null "]
            """,
        disclosure: """
            model:
              name: \(quoted(hostileText))
              version: \(quoted(hostileText))
              description: \(quoted(hostileText + "\n\n# Heading\n---\n1. x\n    code\n" + String(repeating: "x<", count: 4_000)))
              suppliedBy: \(quoted(hostileText))
              contact: \(quoted(hostileText))
              releaseTime: 2026-01-31
              downloadLocation: \(quoted("https://example.com/\u{202E}<a href=\"x\"> %zz#a#b"))
              homepage: \(quoted("javascript:alert(1)"))
              task: \(quoted(hostileText))
              domains: [\(quoted(hostileText))]
              limitations: \(quoted(hostileText))
            data:
              sources:
                - name: \(quoted(hostileText))
                  category: publicDataset
                  location: \(quoted("https://[::1]/\(hostileText)"))
                  provenance: \(quoted(hostileText))
                  license: LicenseRef-x.-y
                  suppliedBy: \(quoted(hostileText))
                  datasetTypes: [text]
                  releaseTime: 2024-02-29
                  builtTime: 2024-02-29
            training:
              metrics: [{name: \(quoted(hostileText)), value: \(quoted(hostileText))}]
            euSummary:
              illegalContent: \(quoted(hostileText))
            """)

    static let five = [bare, card, full, derivative, quantisation]
    static let all = five + [hostile]

    /// As YAML, every scalar that is not a plain character of ASCII as an escape.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            guard scalar.value < 0x20 || scalar.value > 0x7E || scalar == "\"" || scalar == "\\" else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"" + escaped.joined() + "\""
    }
}
