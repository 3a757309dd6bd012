import Testing
import WaybillFormat
import WaybillPapers

struct CycloneDXExportTests {
    private func model(_ sample: ExportSample) throws -> JSONValue {
        try #require(try sample.json(.cyclonedx)["metadata"]?["component"])
    }

    private func properties(_ component: JSONValue, _ name: String) -> [String] {
        (component["properties"]?.elements ?? []).filter { $0["name"]?.text == name }.compactMap { $0["value"]?.text }
    }

    /// All values of `bom-ref` and `ref`.
    private func references(_ value: JSONValue, _ key: String) -> [String] {
        switch value {
        case .object(let members):
            (members[key]?.text.map { [$0] } ?? []) + members.sorted { $0.key < $1.key }.flatMap { references($0.value, key) }
        case .array(let elements): elements.flatMap { references($0, key) }
        default: []
        }
    }

    @Test(arguments: ExportSample.all)
    func keepsItsReferences(_ sample: ExportSample) throws {
        let document = try sample.json(.cyclonedx)
        let names = references(document, "bom-ref")
        #expect(Set(names).count == names.count)
        #expect(Set(references(document, "ref")).isSubset(of: names))
        let serial = try #require(document["serialNumber"]?.text)
        #expect(serial.wholeMatch(of: /urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        #expect(document["metadata"]?["timestamp"]?.text == ExportSample.time)
        #expect(try sample.bytes(.cyclonedx) == sample.bytes(.cyclonedx))
    }

    @Test func statesEachLicenseInItsVoice() throws {
        let single = try model(ExportSample.card)["licenses"]?.elements ?? []
        #expect(single.map { $0["license"]?["id"]?.text } == ["Apache-2.0", "Apache-2.0"])
        #expect(single.map { $0["license"]?["acknowledgement"]?.text } == ["declared", "concluded"])
        let custom = try model(ExportSample.derivative)["licenses"]?.elements ?? []
        #expect(custom.map { $0["license"]?["name"]?.text }.last == "LicenseRef-scancode-llama-3.1-license-2024")
        #expect(custom.allSatisfy { $0["license"]?["id"] == nil })
        let choice = ExportSample(description: "", disclosure: "license: {expression: mit or apache-2.0}", isPublished: true)
        let expression = try model(choice)["licenses"]?.elements ?? []
        #expect(expression.count == 1 && expression[0]["expression"]?.text == "MIT OR Apache-2.0")
        #expect(expression[0]["acknowledgement"]?.text == "concluded")
        let newer = ExportSample(description: "", disclosure: "license: {expression: MVT-1.1}", isPublished: true)
        #expect(try model(newer)["licenses"]?.elements?.first?["license"]?["name"]?.text == "MVT-1.1")
        let bare = try model(ExportSample.bare)
        #expect(bare["licenses"] == nil && properties(bare, "waybill:claim:licenseDeclared") == ["NOASSERTION"])
    }

    @Test func describesDataAndAncestors() throws {
        let document = try ExportSample.full.json(.cyclonedx)
        let data = document["components"]?.elements ?? []
        #expect(data.map { $0["name"]?.text } == ["Books", "Newspapers", "Letters", "Pages", "Questions"])
        #expect(
            data.map { $0["data"]?.elements?.first?["classification"]?.text } == ["open", "obtainable", "unshareable", "public", "open"])
        #expect(data.map { $0["data"]?.elements?.first?["sensitiveData"] != nil } == [false, false, true, false, false])
        let card = document["metadata"]?["component"]?["modelCard"]
        let trained = card?["modelParameters"]?["datasets"]?.elements?.compactMap { $0["ref"]?.text }
        #expect(trained == ["data-1", "data-2", "data-3", "data-4"])
        #expect(document["metadata"]?["component"]?["purl"]?.text == "pkg:huggingface/example/tiny")
        let pedigree = try model(ExportSample.derivative)["pedigree"]
        let ancestors = pedigree?["ancestors"]?.elements ?? []
        #expect(ancestors.map { $0["name"]?.text } == ["https://huggingface.co/example/base", "meta-llama/Llama-3.1-8B"])
        #expect(ancestors[0]["purl"]?.text == "pkg:huggingface/example/base@0123456789abcdef0123456789abcdef01234567")
        #expect(ancestors[1]["purl"] == nil, "that a name is one of the Hub is nowhere stated")
        #expect(pedigree?["notes"]?.text?.contains("relation: finetune") == true)
    }

    @Test func keepsFindingsApartFromClaims() throws {
        let found = try model(ExportSample.derivative)
        #expect(properties(found, "waybill:finding:label") == ["restrictedWeights"])
        #expect(properties(found, "waybill:basis").first?.contains("no legal advice") == true)
        #expect(properties(try model(ExportSample.bare), "waybill:finding:label") == ["undetermined"])
        let names = (found["properties"]?.elements ?? []).compactMap { $0["name"]?.text }
        #expect(names.allSatisfy { $0.hasPrefix("waybill:") } && !names.contains { $0.hasPrefix("waybill:determination") })
    }

    @Test func namesByTheContentIdWhatHasNoName() throws {
        let sample = ExportSample(description: "nothing known")
        let found = try model(sample)
        let contentId = "sha256:" + (try sample.subject().findings.contentId.hex)
        #expect(found["name"]?.text == contentId && found["version"]?.text == contentId)
        #expect(found["supplier"] == nil && found["description"] == nil && found["purl"] == nil)
    }
}
