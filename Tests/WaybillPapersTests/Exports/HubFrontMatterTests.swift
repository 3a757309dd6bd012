import Testing
import WaybillFormat
import WaybillPapers

struct HubFrontMatterTests {
    private func reread(_ sample: ExportSample) throws -> DerivedPapers {
        PapersDerivation.derive([try ModelFiles.readme(try sample.text(.huggingface) + "# Model\n")])
    }

    @Test(arguments: ExportSample.all)
    func readsBackAsItWasClaimed(_ sample: ExportSample) throws {
        let claimed = PapersDerivation.derive(try sample.files)
        let found = try reread(sample)
        #expect(found.notices == [])
        for kind in [ClaimKind.datasets, .languages, .baseModels, .licenseNames, .licenseLinks] {
            #expect(found.values(kind) == claimed.values(kind), "\(kind)")
        }
        func ids(_ papers: DerivedPapers) -> Set<String> {
            Set(papers.values(.licenses).map { LicenseRegistry.current.license(hubID: $0)?.id ?? $0 })
        }
        #expect(ids(found) == ids(claimed))
        let relations = Set(claimed.baseModels.map(\.relation))
        if relations.count == 1 { #expect(found.baseModels == claimed.baseModels) }
        guard relations.count < 2 else { return }
        let again = ExportSample(description: "", card: String(try sample.text(.huggingface).dropFirst(4).dropLast(5)))
        #expect(try again.text(.huggingface) == sample.text(.huggingface))
    }

    @Test(arguments: [
        ("Apache-2.0", "license: \"apache-2.0\""), ("LicenseRef-scancode-llama-3.1-license-2024", "license: \"llama3.1\""),
        ("MIT OR Apache-2.0", "license: other\nlicense_name: \"MIT OR Apache-2.0\""),
        ("LicenseRef-acme-1.0", "license: other\nlicense_name: \"LicenseRef-acme-1.0\""), ("NONE", "# No assertion."),
        ("NOASSERTION", "# No assertion."),
    ])
    func speaksTheHubsWords(_ stated: String, _ wanted: String) throws {
        let text = try ExportSample(description: "", disclosure: "license: {expression: \(stated)}").text(.huggingface)
        #expect(text == "---\n\(wanted)\n---\n")
    }

    @Test func linksToWhatTheHubHasNoIdFor() throws {
        let own = ExportSample(description: "", disclosure: "license: {expression: LicenseRef-acme-1.0, evidence: [LICENSE]}")
        #expect(try own.text(.huggingface).contains("license_link: \"LICENSE\""))
        let known = ExportSample(description: "", disclosure: "license: {expression: LicenseRef-scancode-qwen-2024}")
        let text = try known.text(.huggingface)
        #expect(text.contains("license: other\n") && text.contains("license_link: \"https://"), "\(text)")
    }

    @Test func contradictionsGiveNoLicense() throws {
        let sample = ExportSample(description: "", card: "license: mit", gguf: [("general.license", "apache-2.0")])
        let text = try sample.text(.huggingface)
        #expect(text.contains("# No license: the files of the model claim several.") && !text.contains("license:\n"))
        #expect(try reread(sample).values(.licenses) == [])
    }

    @Test func relationsThatDifferAreNotMadeOne() throws {
        #expect(try reread(ExportSample.derivative).baseModels.map(\.relation) == [.noAssertion, .noAssertion])
        let one = ExportSample(description: "", disclosure: "baseModels: [{id: a/b, relation: quantized}, {id: c/d, relation: quantized}]")
        #expect(try reread(one).baseModels.map(\.relation) == [.quantized, .quantized])
        let distilled = ExportSample(description: "", disclosure: "baseModels: [{id: a/b, relation: distilled}]")
        #expect(!(try distilled.text(.huggingface)).contains("base_model_relation:"))
    }

    @Test func refusesMoreThanAReaderTakes() throws {
        let long = String(repeating: "x", count: 2_000)
        let many = (0..<600).map { "    - {name: \"\($0)\(long)\"}" }.joined(separator: "\n")
        // A disclosure has at most 1 MiB, so that two files are needed.
        let sources = "data:\n  sources:\n" + many.prefix(1_000_000).split(separator: "\n").dropLast().joined(separator: "\n")
        let card = "language:\n" + (0..<40).map { "- \"\($0)\(long)\"" }.joined(separator: "\n")
        let sample = ExportSample(description: "", card: card, disclosure: sources)
        #expect(try sample.subject().findings.claims[.datasets].count > 400)
        #expect(throws: FormatError.self) { try sample.bytes(.huggingface) }
        #expect(throws: Never.self) { try sample.bytes(.euSummaryHTML) }
    }
}
