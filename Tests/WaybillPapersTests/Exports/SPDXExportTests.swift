import Foundation
import Testing
import WaybillFormat
import WaybillPapers

struct SPDXExportTests {
    private func elements(_ document: JSONValue, _ type: String) -> [JSONValue] {
        (document["@graph"]?.elements ?? []).filter { $0["type"]?.text == type }
    }

    private func names(_ document: JSONValue, _ relation: String) throws -> [String] {
        let all = document["@graph"]?.elements ?? []
        let found = try #require(all.first { $0["relationshipType"]?.text == relation }, "\(relation)")
        return (found["to"]?.elements ?? []).map { id in all.first { $0["spdxId"] == id }?["name"]?.text ?? id.text ?? "" }
    }

    @Test(arguments: ExportSample.all)
    func followsTheProse(_ sample: ExportSample) throws {
        #expect(SPDXRules.violations(in: try sample.json(.spdx)) == [])
    }

    /// The rules are worth something only if each of them can be broken.
    @Test func rulesNoticeWhatIsTakenAway() throws {
        guard case .object(var document) = try ExportSample.full.json(.spdx), case .array(let graph)? = document["@graph"] else {
            Issue.record("no graph")
            return
        }
        var taken = 0
        for (index, element) in graph.enumerated() {
            guard case .object(let members) = element, let type = element["type"]?.text else { continue }
            let keys =
                switch type {
                case "ai_AIPackage":
                    [
                        "name", "suppliedBy", "releaseTime", "software_downloadLocation", "software_packageVersion",
                        "software_primaryPurpose",
                    ]
                case "dataset_DatasetPackage": ["originatedBy", "builtTime", "dataset_datasetType"]
                default: [String]()
                }
            for key in keys {
                var broken = members
                broken[key] = nil
                var changed = graph
                changed[index] = .object(broken)
                document["@graph"] = .array(changed)
                #expect(SPDXRules.violations(in: .object(document)) != [], "\(type) without \(key)")
                taken += 1
            }
            if element["relationshipType"]?.text?.hasSuffix("License") == true {
                var changed = graph
                changed.remove(at: index)
                document["@graph"] = .array(changed)
                let isOfPackage = graph.contains {
                    $0["spdxId"] == element["from"] && ["ai_AIPackage", "dataset_DatasetPackage"].contains($0["type"]?.text ?? "")
                }
                #expect(SPDXRules.violations(in: .object(document)).contains { $0.contains("has 0 has") } == isOfPackage)
                taken += 1
            }
        }
        #expect(taken > 15)
    }

    @Test func namesEveryMissingKeyAndHowToAddIt() throws {
        let sample = ExportSample(description: "nothing known")
        let error = try #require(throws: FormatError.self) { try sample.bytes(.spdx) }
        for key in ["model.name", "model.suppliedBy", "model.releaseTime", "model.downloadLocation"] {
            #expect(error.cause.contains(key), "\(error.cause)")
        }
        // Whoever does what the error says gets the export.
        let lines = error.remedy.split(separator: "`").filter { $0.contains(": ") && !$0.contains("model:") && !$0.hasPrefix(":") }
        #expect(lines.count == 4)
        let text = "model:\n" + lines.map { "  \($0)\n" }.joined()
        let repaired = ExportSample(description: "repaired", disclosure: text)
        #expect(SPDXRules.violations(in: try repaired.json(.spdx)) == [])
    }

    @Test func refusesALocationThatIsNoAddress() throws {
        let text = ExportSample.derivative.disclosure?.replacing("https://example.com/tiny", with: "our website")
        let error = try #require(throws: FormatError.self) { try ExportSample(description: "", disclosure: text).bytes(.spdx) }
        #expect(error.cause.contains("model.downloadLocation (line 7: no address)"), "\(error.cause)")
    }

    @Test func inventsNoDataset() throws {
        let document = try ExportSample.full.json(.spdx)
        #expect(elements(document, "dataset_DatasetPackage").map { $0["name"]?.text } == ["Books", "Questions"])
        let others = elements(document, "software_Package")
        #expect(others.map { $0["name"]?.text } == ["Newspapers", "Letters", "Pages"])
        let letters = try #require(others.first { $0["name"]?.text == "Letters" }?["comment"]?.text)
        #expect(letters.contains("the papers do not state suppliedBy, releaseTime, builtTime, location (an address)."))
        #expect(letters.contains("access: unshareable") && letters.contains("sensitive personal information: yes"))
        #expect(try names(document, "trainedOn") == ["Books", "Newspapers", "Letters", "Pages"])
        #expect(try names(document, "testedOn") == ["Questions"])
        let trained = document["@graph"]?.elements?.first { $0["relationshipType"]?.text == "trainedOn" }
        #expect(trained?["completeness"]?.text == "complete")
    }

    @Test func saysThatNobodyStatesTheData() throws {
        let document = try ExportSample.bare.json(.spdx)
        #expect(try names(document, "trainedOn") == ["https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement"])
        let model = try #require(elements(document, "ai_AIPackage").first)
        #expect(model["software_packageVersion"]?.text == "sha256:" + (try ExportSample.bare.subject().findings.contentId.hex))
        #expect(model["releaseTime"]?.text == "2026-10-01T08:00:00Z")
        #expect(model["description"] == nil && model["ai_limitation"] == nil)
        let supplier = elements(document, "Agent").first { $0["spdxId"] == model["suppliedBy"] }
        #expect(supplier?["name"]?.text == "acme" && supplier?["comment"]?.text?.contains("the papers name no supplier") == true)
    }

    @Test func writesNumbersExactly() throws {
        let document = try ExportSample.full.json(.spdx)
        let energy = elements(document, "ai_AIPackage").first?["ai_energyConsumption"]
        #expect(energy?["ai_trainingEnergyConsumption"]?.elements?.first?["ai_energyQuantity"] == .string("1500"))
        #expect(energy?["ai_inferenceEnergyConsumption"]?.elements?.first?["ai_energyQuantity"] == .string("0.25"))
        #expect(elements(document, "dataset_DatasetPackage").first?["dataset_datasetSize"] == .integer(2_500_000_000))
    }

    @Test func listsEveryFileWithItsDigest() throws {
        let files = try ExportSample.full.files.sorted { $0.path < $1.path }
        let found = elements(try ExportSample.full.json(.spdx), "software_File").map { file in
            "\(file["name"]?.text ?? "") \(file["verifiedUsing"]?.elements?.first?["hashValue"]?.text ?? "")"
        }
        #expect(found == files.map { "\($0.path.text) \($0.sha256.hex)" })
    }

    private func licenses(_ sample: ExportSample) throws -> (declared: String?, concluded: String?, comment: String) {
        let document = try sample.json(.spdx)
        let all = document["@graph"]?.elements ?? []
        let model = try #require(elements(document, "ai_AIPackage").first)
        func relation(_ type: String) -> JSONValue? {
            all.first { $0["from"] == model["spdxId"] && $0["relationshipType"]?.text == type }
        }
        func license(_ relation: JSONValue?) -> String? {
            let id = relation?["to"]?.elements?.first
            return all.first { $0["spdxId"] == id }?["simplelicensing_licenseExpression"]?.text ?? id?.text
        }
        let concluded = relation("hasConcludedLicense")
        return (license(relation("hasDeclaredLicense")), license(concluded), concluded?["comment"]?.text ?? "")
    }

    private static let unknown = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"

    @Test func keepsDeclaredAndConcludedApart() throws {
        let claim = try licenses(ExportSample.card)
        #expect(
            claim.declared == "Apache-2.0" && claim.concluded == "Apache-2.0" && claim.comment.contains("claims of the publisher alone"))
        let nothing = try licenses(ExportSample.bare)
        #expect(nothing.declared == Self.unknown && nothing.concluded == Self.unknown)
        let family = try licenses(ExportSample(description: "", card: "license: openrail", isPublished: true))
        #expect(family.declared == Self.unknown && family.concluded == Self.unknown)
        let contradicting = ExportSample(
            description: "", card: "license: mit", gguf: [("general.license", "apache-2.0")], isPublished: true)
        #expect(try licenses(contradicting).concluded == Self.unknown)
        let without = ExportSample(description: "", disclosure: "license: {expression: NONE}", isPublished: true)
        #expect(try licenses(without).declared == "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense")
        let weights = ExportSample(description: "", disclosure: "license: {expression: MIT, data: CC-BY-4.0}", isPublished: true)
        let found = try licenses(weights)
        #expect(found.declared == "CC-BY-4.0" && found.concluded == "CC-BY-4.0" && found.comment.contains("Stated for the weights"))
        let invented = ExportSample(description: "", disclosure: "license: {expression: My-Own-License}", isPublished: true)
        #expect(try licenses(invented).declared == Self.unknown)
    }

    @Test func carriesTheTextOfALicenseThatIsNotListed() throws {
        guard let url = Repository.conformance("licenses/llama-3.1-license-2024.txt") else { return }
        let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
        var sample = ExportSample.derivative
        sample.license = text
        #expect(try licenses(sample).comment.contains("Rests on a text"))
        let document = try sample.json(.spdx)
        let found = try #require(elements(document, "simplelicensing_SimpleLicensingText").first?["simplelicensing_licenseText"]?.text)
        #expect(text.contains(found) && found.count > text.count / 2)
        #expect(try names(document, "hasEvidence") == ["LICENSE"])
        let without = elements(try ExportSample.derivative.json(.spdx), "simplelicensing_SimpleLicensingText").first
        #expect(without?["simplelicensing_licenseText"]?.text == "NOASSERTION")
        // Another licence's text contradicts the claim: nothing is concluded, and the reason is given.
        sample.license = "MIT License\n\nCopyright (c) 2026 A\n\n" + String(repeating: "Permission is not granted. ", count: 40)
        let refused = try licenses(sample)
        #expect(refused.concluded == Self.unknown && refused.comment.contains("Differs from the declared licence"))
    }

    @Test func givesDeterminationsTheirReviewersVoice() throws {
        let sample = ExportSample.full
        let contentId = try sample.subject().findings.contentId
        func determination(_ id: Digest, _ reviewer: String) throws -> Determination {
            try Determination(
                contentId: id, manifest: nil, definition: .euFoss, result: .meets, reviewer: reviewer, reason: "Read it.",
                date: "2026-11-01T00:00:00Z", expires: nil)
        }
        let other = try #require(Digest(hex: String(repeating: "a", count: 64)))
        let subject = try sample.subject(determinations: [determination(contentId, "Rita"), determination(other, "Otto")])
        let document = try JSONValue(parsing: try PapersExport.bytes(.spdx, of: subject), maximumDepth: 32)
        let reviews = elements(document, "Annotation").filter { $0["annotationType"]?.text == "review" }.compactMap {
            $0["statement"]?.text
        }
        #expect(reviews.count == 1 && reviews[0].contains("Rita") && !reviews[0].contains("Otto"))
        let claims = elements(document, "Annotation").filter { $0["annotationType"]?.text == "other" }
        #expect(claims.count == 5 && claims.allSatisfy { $0["statement"]?.text?.contains("no legal advice") == true })
    }

    @Test func givesAnIdToOneElementOnly() throws {
        let sample = ExportSample.full
        let first = try sample.bytes(.spdx)
        #expect(try sample.bytes(.spdx) == first)
        let later = try PapersExport.bytes(.spdx, of: try sample.subject(at: "2026-11-25T12:00:00Z"))
        func id(_ bytes: [UInt8]) throws -> String? {
            elements(try JSONValue(parsing: bytes, maximumDepth: 32), "ai_AIPackage").first?["spdxId"]?.text
        }
        #expect(try id(first) != id(later))
    }

    @Test(arguments: ["", "2026-11-24", "yesterday"])
    func refusesWhatIsNoTime(_ time: String) throws {
        let subject = try ExportSample.full.subject(at: time)
        for format in PapersExport.Format.allCases {
            #expect(throws: FormatError.self) { try PapersExport.bytes(format, of: subject) }
        }
    }
}
