import Testing
import WaybillFormat
import WaybillPapers

@Suite struct DisclosureCheckTests {
    private func check(_ text: String, path: String = "disclosure.yaml", others: [EvidenceFile] = []) throws -> DisclosureCheck {
        try DisclosureCheck.check(others + [try ModelFiles.file(path, Array(text.utf8))])
    }

    private func warnings(_ text: String, others: [EvidenceFile] = []) throws -> [String] {
        let check = try check("disclosure: 1\n" + text, others: others)
        #expect(!check.hasErrors)
        return check.problems.map { "\($0.line ?? 0) \($0.place) \($0.problem)" }
    }

    @Test func errorsHaveLines() throws {
        let check = try check("disclosure: 1\nmodel:\n  nmae: x\n  parameterCount: many\ncomponents: 7\n")
        #expect(check.hasErrors)
        #expect(check.gaps.isEmpty)
        #expect(
            check.lines == [
                "disclosure.yaml, line 3: error: model has the unknown key `nmae`; did you mean `name`?",
                "disclosure.yaml, line 4: error: model.parameterCount is a whole number from 0 to 9007199254740991, digits only",
                "disclosure.yaml, line 5: error: components is a list, one `- ` for each member",
            ])
        #expect(check.json["errors"]?.number == 3)
        #expect(check.json["problems"]?.elements?.first?["line"]?.number == 3)
    }

    @Test func errorsEnd() throws {
        let check = try check("disclosure: 1\n" + (0..<1_000).map { "k\($0): 1\n" }.joined())
        #expect(check.problems.count == 100)
    }

    @Test func noDisclosure() throws {
        #expect(try DisclosureCheck.check([]).lines == ["disclosure.yaml: error: the model has no disclosure.yaml"])
        let near = try check("disclosure: 1\n", path: "Disclosure.yml")
        #expect(near.lines == ["disclosure.yaml: error: the model has no disclosure.yaml; `Disclosure.yml` must be named so"])
    }

    @Test func warnings() throws {
        let weights = try ModelFiles.file("m.bin", [1])
        #expect(try warnings("license: {expression: MIT}\n", others: [weights]) == ["2 license names no evidence: the text of the licence"])
        #expect(try warnings("license: {expression: MIT, evidence: [m.bin]}\n", others: [weights]) == [])
        #expect(
            try warnings("license: {data: LicenseRef-x}\n").contains(
                "2 license.data names `LicenseRef-x`, a licence that is not known here"))
        #expect(try warnings("license: {evidence: [LICENSE]}\n") == ["2 license.evidence `LICENSE` is no file of the model"])
        #expect(
            try warnings("components:\n  - {name: Training code, status: released}\n  - {name: Data card, status: withheld}\n")
                == ["3 components[1] is released, but says not where"])
        #expect(
            try warnings("components: [{name: Data card, status: released, location: DATA.md}]\n")
                == ["2 components[1].location `DATA.md` is no file of the model"])
        #expect(
            try warnings("baseModels: [{id: a/b, license: MIT}]\n")
                == ["2 baseModels[1] names no revision, manifest or file: another model may take its name"])
        #expect(try warnings("baseModels: [{id: a/b, license: MIT, revision: r}]\n") == [])
        #expect(try warnings("data: {sources: [{name: x}]}\n") == ["2 data.sources[1] has no access class: who can get it"])
        #expect(
            try warnings("data: {sources: [{name: x, access: public, category: synthetic}]}\n")
                == ["2 data.sources[1] is synthetic, but names no model that made it"])
        #expect(
            try warnings("data: {sources: [{name: x, access: public, category: crawled}]}\n")
                == ["2 data.sources[1] is crawled, but names no crawler"])
        #expect(
            try warnings("model: {usageInformation: {status: public, location: README.md}}\n")
                == ["2 model.usageInformation.location `README.md` is no file of the model"])
        let loose = try warnings(
            "license: {expression: MIT, evidence: [m.bin]}\nbaseModels: [{id: a/b, revision: r, license: CC-BY-NC-4.0}]\n",
            others: [weights])
        #expect(loose.contains { $0.contains("labelled MIT, but a/b stands under CC-BY-NC-4.0") })
    }

    @Test func gaps() throws {
        let empty = try check("disclosure: 1\n")
        func texts(_ check: DisclosureCheck, _ definition: String) -> [String] {
            check.gaps.filter { $0.definition == definition }.map(\.text)
        }
        #expect(texts(empty, "MOF III").count == 6)
        #expect(texts(empty, "MOF II") == ["Training code", "Inference code", "Evaluation code", "Evaluation data"])
        #expect(texts(empty, "MOF I") == ["Datasets", "Data preprocessing code", "Model parameters (Intermediate)", "Research paper"])
        #expect(texts(empty, "OSAID 1.0").contains("no assertion whether all data are listed"))
        #expect(texts(empty, "EU summary").contains("2.3 crawled data: used or not"))
        #expect(empty.lines.contains("Missing for EU summary:"))
        let some = try check(
            "disclosure: 1\ncomponents: [{name: Training code, status: released, license: CC-BY-NC-4.0, location: \"https://x/\"}]\n")
        #expect(texts(some, "MOF II").first == "Training code: CC-BY-NC-4.0 is not an open licence")
    }

    /// Every answer of the template is asked for until it is there.
    @Test func summary() throws {
        let answers = [
            "provider: {name: A}", "modelNames: [M]", "unionPlacement: 2026-01-01", "text: {band: lessThan1B, content: Books.}",
            "version: 1\n  lastUpdate: 2026-01-01", "publicDatasets: {used: no}", "licensedData: {used: no}", "privateData: {used: no}",
            "crawledData: {used: no}", "userDataFromModel: {used: no}", "userDataFromServices: {used: no}", "syntheticData: {used: no}",
            "otherData: {used: no}", "codeOfPractice: no", "optOutMeasures: None.", "illegalContent: None.",
        ]
        func gaps(_ answers: [String]) throws -> Int {
            try check("disclosure: 1\neuSummary:\n" + answers.map { "  \($0)\n" }.joined()).gaps.count { $0.definition == "EU summary" }
        }
        #expect(try gaps(answers) == 0)
        for index in answers.indices {
            var fewer = answers
            fewer.remove(at: index)
            #expect(try gaps(fewer) == 1, "\(answers[index])")
        }
        #expect(try gaps(answers.map { $0.replacing("crawledData: {used: no}", with: "crawledData: {used: yes}") }) == 2)
        #expect(try gaps(answers.map { $0.replacing("{band: lessThan1B, content: Books.}", with: "{linguistic: x}") }) == 2)
        #expect(try gaps(answers.map { $0.replacing("syntheticData: {used: no}", with: "syntheticData: {used: noAssertion}") }) == 1)
    }
}
