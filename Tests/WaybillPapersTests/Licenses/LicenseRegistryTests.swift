import Testing
import WaybillFormat
import WaybillPapers

@Suite struct LicenseRegistryTests {
    private let registry = LicenseRegistry.current

    @Test func tablesAreWellFormed() {
        #expect(registry.listVersion == "3.29.0")
        #expect(registry.version == "2026-11-24")
        #expect(registry.rows.count > 800)
        #expect(Set(registry.rows.map { $0.id.lowercased() }).count == registry.rows.count)
        #expect(registry.rows.map(\.id).isAscending)
        #expect(registry.exceptions.count == 86)
        for row in registry.rows {
            #expect(!row.name.isEmpty && !row.id.isEmpty)
            #expect(row.id.utf8.allSatisfy { $0 != 0x20 && $0 < 0x7F })
            if row.id.hasPrefix("LicenseRef-") { #expect(!row.isOSIApproved && !row.isFSFLibre && !row.isOpenData, "\(row.id)") }
            #expect((row.terms == nil) == (row.confidence == .none), "\(row.id)")
            if row.confidence == .text || row.confidence == .secondary {
                #expect(row.reviewed?.utf8.count == 10, "\(row.id)")
                #expect(row.source?.hasPrefix("https://") == true, "\(row.id)")
            }
            #expect(Set(row.textDigests).count == row.textDigests.count, "\(row.id)")
            for id in row.candidates + row.buildsOn + [row.companionOf].compactMap(\.self) {
                #expect(registry[id] != nil, "\(row.id): \(id)")
            }
        }
    }

    @Test func handWrittenRowsAreAllRead() throws {
        let document = try JSONValue(parsing: Array(ReviewedLicenses.text.utf8))
        let rows = try #require(document["rows"]?.elements)
        let ids = rows.compactMap { $0["id"]?.text }
        #expect(ids.count == rows.count)
        #expect(Set(ids).count == ids.count)
        for (row, id) in zip(rows, ids) {
            let read = try #require(registry[id], "\(id)")
            #expect(read.confidence.rawValue == row["confidence"]?.text, "\(id)")
            #expect((read.terms != nil) == (row["terms"] != nil), "\(id)")
            #expect(read.hubIDs.count == row["hub"]?.elements?.count ?? 0, "\(id)")
        }
    }

    @Test func fingerprintsAreWellFormed() {
        #expect(LicenseTextTable.templates.count == LicenseTextTable.lines.count)
        #expect(LicenseTextTable.templates.count > 850)
        for template in LicenseTextTable.templates {
            #expect(template.wordCount >= 12, "\(template.licenseIDs)")
            for id in template.licenseIDs {
                let row = registry[id]
                #expect(row?.id == id, "\(id)")
                #expect(row?.textDigests.contains(template.textDigest) == true, "\(id)")
            }
        }
    }

    /// The AI licences whose texts are known have every term, and none of it from memory.
    @Test(
        arguments: [
            "stable-diffusion-2022-08-22", "bigscience-open-rail-m", "bigscience-rail-1.0", "bigcode-open-rail-m-v1",
            "llama-2-license-2023",
            "llama-3.1-license-2024", "llama-3.2-license-2024", "llama-3.3-license-2024", "llama-4-cla-2025", "gemma-tou-2025-03-24",
            "deepseek-la-1.0", "qwen-2024", "tongyi-qianwen-2023", "falcon-2-11b-1.0", "stability-ai-community-2024", "flux-1-nc",
            "nvidia-open-model-2025-04-28", "moonshot-ai-modified-mit-2025", "exaone-ai-model-1.1-nc", "tencent-hunyuan-3d-2.0-cla",
            "hyperclova-x-seed-2025",
        ])
    func aiLicences(_ key: String) throws {
        let row = try #require(registry["LicenseRef-scancode-" + key])
        let terms = try #require(row.terms)
        #expect(row.confidence == .text)
        #expect(!row.textDigests.isEmpty)
        #expect(terms.commercialUse != .noAssertion)
        #expect(terms.modification != .noAssertion)
        #expect(terms.redistribution != .noAssertion)
        #expect(terms.thresholds.isComplete)
        #expect(terms.territoriesExcluded.isComplete)
        #expect(terms.naming.isComplete)
        #expect(terms.outputTraining != .noAssertion)
        #expect(terms.copyleft != .noAssertion)
        #expect(terms.passThrough != .noAssertion)
        if key != "flux-1-nc" { #expect(terms.acceptableUse != .noAssertion) }
    }

    @Test func termsOfTheTable() throws {
        func terms(_ id: String) throws -> LicenseTerms { try #require(registry[id]?.terms, "\(id)") }
        let llama = try terms("licenseref-scancode-LLAMA-3.1-license-2024")
        #expect(llama.thresholds.items == [UseThreshold(metric: .monthlyActiveUsers, value: 700_000_000, effect: .licenseRequired)])
        #expect(llama.acceptableUse == .binding(mutable: true))
        #expect(llama.naming.items.contains(NamingDuty(kind: .badge, text: "Built with Llama")))
        #expect(llama.outputTraining == .named)
        #expect(try terms("LicenseRef-scancode-llama-2-license-2023").outputTraining == .prohibited)
        #expect(try terms("LicenseRef-scancode-llama-3.2-license-2024").territoriesExcluded.items == ["EU"])
        #expect(try terms("LicenseRef-scancode-tencent-hunyuan-3d-2.0-cla").territoriesExcluded.items == ["EU", "GB", "KR"])
        let kimi = try terms("LicenseRef-scancode-moonshot-ai-modified-mit-2025")
        #expect(kimi.commercialUse == .permitted)
        #expect(kimi.thresholds.items.map(\.effect) == [.attribution, .attribution])
        #expect(kimi.thresholds.items.last?.currency == "USD")
        #expect(try terms("MIT").outputTraining == .free)
        #expect(try terms("CC-BY-NC-4.0").commercialUse == .prohibited)
        #expect(try terms("AGPL-3.0-only").copyleft == .network)
        // By definition alone: OSI approves no restriction of use, and says nothing about outputs.
        let approved = try terms("Intel")
        #expect(registry["Intel"]?.confidence == .definition)
        #expect(approved.commercialUse == .permitted && approved.acceptableUse == .none && approved.outputTraining == .noAssertion)
        // Known from memory only: no assertion.
        #expect(registry.license(hubID: "llama3")?.terms == nil)
    }

    @Test func flags() {
        #expect(registry["apache-2.0"]?.isOSIApproved == true)
        #expect(registry["BSD-3-Clause-Clear"]?.isOSIApproved == false)
        #expect(registry["CC0-1.0"].map { [$0.isOSIApproved, $0.isFSFLibre, $0.isOpen] } == [false, true, true])
        #expect(registry["PDDL-1.0"]?.isOpen == false)
        #expect(registry["OpenMDW-1.0"].map { [$0.isOSIApproved, $0.isOpenData, $0.isOpen] } == [false, true, true])
        #expect(registry["CC-BY-NC-4.0"]?.isOpen == false)
        #expect(registry["GPL-3.0"]?.isDeprecated == true)
        #expect(registry["no-such-licence"] == nil)
    }

    @Test func hubIDs() throws {
        let ids = """
            apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m afl-3.0
            artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0
            cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0
            cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0
            etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c
            ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl
            lgpl-lr deepfloyd-if-license fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4
            grok2-community gemma unknown other
            """.split { $0.isWhitespace }.map(String.init)
        #expect(ids.count == 82)
        for id in ids {
            let row = try #require(registry.license(hubID: id), "\(id)")
            #expect(row.hubIDs.contains(id), "\(id) \(row.id)")
        }
        #expect(Set(registry.rows.flatMap(\.hubIDs)).count == registry.rows.flatMap(\.hubIDs).count)
        let ambiguous = [
            "openrail", "gpl", "gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl", "lgpl-2.1", "lgpl-3.0", "gfdl", "bsd", "cc", "other", "unknown",
        ]
        #expect(Set(registry.rows.filter(\.isAmbiguous).flatMap(\.hubIDs)) == Set(ambiguous))
        #expect(registry.license(hubID: "gpl-3.0")?.candidates == ["GPL-3.0-only", "GPL-3.0-or-later"])
        #expect(registry.license(hubID: "GPL-3.0-only")?.id == "GPL-3.0-only")
        #expect(registry.license(hubName: "Qwen Research")?.id == "LicenseRef-waybill-qwen-research")
        #expect(registry.license(hubName: "my own terms") == nil)
    }
}

extension [String] {
    fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
