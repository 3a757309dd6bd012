import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

@Suite struct FindingsOutputTests {
    @Test(arguments: WorkedModel.all) func sameFilesSameFindings(_ model: WorkedModel) throws {
        let files = try model.files
        let first = PapersEvaluator.evaluate(files: files, ancestors: model.ancestors)
        let again = PapersEvaluator.evaluate(files: files.reversed(), ancestors: model.ancestors)
        #expect(first.json == again.json)
        #expect(FindingsText.lines(first) == FindingsText.lines(again))
        #expect(try JSONValue(parsing: first.json.canonical) == first.json)
    }

    @Test func members() throws {
        let json = try WorkedModel.all[8].evaluated().json
        #expect(json["basis"]?.text == "Computed from the publisher's claims and the files; no legal advice.")
        #expect(json["evaluator"]?["version"]?.text == PapersEvaluator.version)
        #expect(json["evaluator"]?["licenseRegistry"]?.text == LicenseRegistry.current.version)
        #expect(json["evaluator"]?["spdxLicenseList"]?.text == LicenseRegistry.current.listVersion)
        #expect(json["label"]?["value"]?.text == "restrictedWeights")
        #expect(json["label"]?["reasons"]?.elements?.first?["code"]?.text == "acceptableUse")
        #expect(json["mof"]?["class"]?.number == 0)
        #expect(json["mof"]?["classes"]?["3"]?["met"]?.number == 2)
        #expect(json["mof"]?["classes"]?["3"]?["required"]?.number == 6)
        #expect(json["mof"]?["classes"]?["3"]?["percent"]?.number == 33)
        #expect(json["osaid"]?["result"]?.text == "fails")
        #expect(json["osaid"]?["unmet"]?.elements?.contains(.string("freedoms")) == true)
        #expect(json["euFoss"]?["result"]?.text == "fails")
        #expect(json["terms"]?["determined"] == .bool(true))
        #expect(json["terms"]?["permissiveLabels"]?.elements?.count == 1)
        #expect(json["terms"]?["sources"]?.elements?.count == 2)
        #expect(json["license"]?.text == "Apache-2.0")
        #expect(json["weights"] == .array([.string("model.bin")]))
        #expect(json["manifest"] == .null)
        #expect(json["determinations"] == .array([]))
    }

    @Test func text() throws {
        let lines = FindingsText.lines(try WorkedModel.all[8].evaluated())
        #expect(lines[0] == "label         restricted weights: the terms limit who may use them, for what, or how")
        #expect(lines.contains("MOF 1.0       Unclassified"))
        #expect(
            lines.contains { $0.hasPrefix("              - 2 of 6 components of Class III - Open Model; without: Model architecture, ") })
        #expect(lines.contains("OSAID 1.0     fails"))
        #expect(lines.contains("EU free       fails"))
        #expect(lines.contains { $0.contains("- label: labelled Apache-2.0, but acme/base stands under") })
        #expect(lines.last == "              No legal advice.")
        let reviewed = FindingsText.lines(try WorkedModel.all[13].evaluated())
        #expect(reviewed.contains("OSAID 1.0     meets, determined by Rita Reviewer"))
        #expect(reviewed.contains("determination OSAID-1.0: meets, by Rita Reviewer, 2026-11-01T00:00:00Z"))
    }

    /// Everything that strangers wrote is neutralised in both forms.
    @Test func terminals() throws {
        let evil = "\u{1B}[2J\u{202E}x"
        let disclosure = """
            disclosure: 1
            license: {expression: MIT}
            baseModels: [{id: "\\e[2J\\u202Ex", license: MIT}]
            data: {completeness: complete, sources: [{name: "\\e[2J\\u202Ex"}]}
            components: [{name: Training code, status: released, location: "a\u{202E}b"}]
            """
        let files = [
            try ModelFiles.file("m.bin", [1]), try ModelFiles.file("disclosure.yaml", Array(disclosure.utf8)),
            try ModelFiles.file("LICENSE\u{202E}.bin", [1]), try GGUFBuilder.file { $0.add("general.license", evil) },
        ]
        let plain = PapersEvaluator.evaluate(files: files)
        let determination = try Determination(
            contentId: plain.contentId, manifest: nil, definition: .osaid, result: .fails, reviewer: evil, reason: evil,
            date: "2026-01-01T00:00:00Z", expires: nil)
        let found = PapersEvaluator.evaluate(files: files, determinations: [determination])
        #expect(found.disclosure != nil)
        let text = FindingsText.lines(found).joined(separator: "\n") + String(decoding: found.json.canonical, as: UTF8.self)
        #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        #expect(!text.contains("\\u001b"))
        #expect(text.contains("\\u{1B}[2J"))
    }

    @Test func failedReads() throws {
        let broken = EvidenceFile(path: try ModelPath("disclosure.yaml"), sha256: SHA256.digest(of: []), size: 10, format: .opaque) {
            (_: Int, _: Int) throws(SystemError) in throw SystemError(.storage, subject: "disclosure.yaml", cause: "Input/output error")
        }
        #expect(PapersEvaluator.evaluate(files: [broken]).readError?.code == .storage)
        #expect(PapersEvaluator.evaluate(files: [try ModelFiles.card("license: mit")]).readError == nil)
        #expect(throws: SystemError.self) { try DisclosureCheck.check([broken]) }
    }
}
