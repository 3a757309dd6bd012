import Synchronization
import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// disclosure.yaml as evidence of papers plan `p2` (Protocol/MANIFEST.md).
@Suite struct DisclosureClaimsTests {
    private static let text = """
        disclosure: 1
        model: {languages: [en, no]}
        license: {expression: Apache-2.0 OR MIT}
        baseModels:
          - {id: acme/base, relation: distilled}
          - {id: acme/other, relation: merge}
          - {id: acme/third}
        data:
          sources: [{name: corpus}, {name: books}]
        """

    private func file(_ text: String, path: String = "disclosure.yaml") throws -> EvidenceFile {
        try ModelFiles.file(path, Array(text.utf8))
    }

    @Test func claims() throws {
        let file = try file(Self.text)
        let derived = PapersDerivation.derive([file])
        #expect(derived.notices.isEmpty)
        #expect(derived.values(.licenses) == ["Apache-2.0 OR MIT"])
        #expect(derived.evidence(.licenses, "Apache-2.0 OR MIT") == ["disclosure.yaml: license.expression"])
        #expect(derived.values(.datasets) == ["books", "corpus"])
        #expect(derived.evidence(.datasets, "books") == ["disclosure.yaml: data.sources"])
        #expect(derived.values(.languages) == ["en", "no"])
        #expect(derived.evidence(.languages, "no") == ["disclosure.yaml: model.languages"])
        #expect(derived.evidence(.baseModels, "acme/third") == ["disclosure.yaml: baseModels"])
        #expect(derived.baseModels.map(\.relation) == [.distilled, .merge, .noAssertion])
        #expect(try ModelFiles.isPublishable(derived, [file]))
    }

    @Test func plan1KnowsNoDisclosure() throws {
        let file = try file(Self.text)
        #expect(PapersDerivation.derive([file], plan: "p1").isEmpty)
        #expect(!PapersDerivation.reads(file.path, format: .opaque, plan: "p1"))
        #expect(PapersDerivation.reads(file.path, format: .opaque))
        #expect(Manifest.currentPapersPlan == "p2")
        let card = try ModelFiles.card("license: mit\nbase_model: acme/base\nbase_model_relation: distilled")
        for plan in Manifest.papersPlans {
            let derived = PapersDerivation.derive([file, card], plan: plan)
            #expect(derived.values(.licenses).contains("mit"))
            #expect(
                derived.notices == [
                    "README.md, line 4: base_model_relation is none of adapter, finetune, merge and quantized: nothing is taken from it"
                ])
        }
    }

    @Test(arguments: ["Disclosure.yaml", "disclosure.yml", "sub/disclosure.yaml"]) func onlyTheFileOfThatName(_ path: String) throws {
        #expect(PapersDerivation.derive([try file(Self.text, path: path)]).isEmpty)
    }

    @Test func besideACard() throws {
        let card = try ModelFiles.card("license: apache-2.0\nlanguage: en\nbase_model: [acme/base, acme/third]\nbase_model_relation: merge")
        let derived = PapersDerivation.derive([try file(Self.text), card])
        #expect(derived.evidence(.languages, "en") == ["README.md: language", "disclosure.yaml: model.languages"])
        #expect(derived.values(.licenses) == ["Apache-2.0 OR MIT", "apache-2.0"])
        // Two relations of one base model are no assertion; one file's silence is not a second relation.
        #expect(derived.baseModels.map(\.relation) == [.noAssertion, .merge, .merge])
    }

    @Test func anErrorTakesNothing() throws {
        let derived = PapersDerivation.derive([try file(Self.text + "\nlicence: x\n")])
        #expect(derived.isEmpty)
        #expect(
            derived.notices == [
                "disclosure.yaml, line 10: the disclosure has the unknown key `licence`; did you mean `license`?: nothing is taken from the file"
            ])
    }

    @Test(arguments: ["NONE", "NOASSERTION"]) func noLicenseIsNoClaim(_ word: String) throws {
        #expect(PapersDerivation.derive([try file("disclosure: 1\nlicense: {expression: \(word)}\n")]).isEmpty)
    }

    @Test func namesThatAreTooLong() throws {
        let long = String(repeating: "\u{E9}", count: 1_025)
        let derived = PapersDerivation.derive([
            try file("disclosure: 1\ndata: {sources: [{name: a}, {name: \(long)}]}\nmodel: {languages: [en]}\n")
        ])
        #expect(derived.values(.datasets) == [])
        #expect(derived.values(.languages) == ["en"])
        #expect(derived.notices == ["disclosure.yaml, line 2: data.sources is longer than 2048 bytes: nothing is taken from it"])
    }

    @Test func moreThanOneMebibyte() throws {
        let derived = PapersDerivation.derive([try file(Self.text + "\n#" + String(repeating: "x", count: 1 << 20))])
        #expect(derived.isEmpty)
        #expect(derived.notices == ["disclosure.yaml: the disclosure is larger than 1 MiB: nothing is taken from the file"])
    }

    /// What is too large is not read at all, so that no read is longer than 1 MiB.
    @Test func readsAreBounded() throws {
        let reads = Mutex(0)
        let file = EvidenceFile(
            path: try ModelPath("disclosure.yaml"), sha256: SHA256.digest(of: []), size: (1 << 20) + 1, format: .opaque
        ) { (_: Int, count: Int) throws(SystemError) in
            reads.withLock { $0 += 1 }
            return [UInt8](repeating: 0x23, count: count)
        }
        #expect(PapersDerivation.derive([file]).isEmpty)
        #expect(reads.withLock { $0 } == 0)
    }
}
