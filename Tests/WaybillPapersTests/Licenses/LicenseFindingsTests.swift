import Foundation
import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

@Suite struct LicenseFindingsTests {
    private func find(_ files: [(String, String)]) throws -> LicenseFindings {
        let evidence = try files.map { try ModelFiles.file($0.0, Array($0.1.utf8)) }
        return LicenseFindings.find(in: evidence, claims: LicenseClaim.claims(of: PapersDerivation.derive(evidence).papers))
    }

    private func card(_ metadata: String, _ body: String = "# Model\n") -> (String, String) {
        ("README.md", "---\n\(metadata)\n---\n\(body)")
    }

    private var mit: (String, String) { ("LICENSE", LicenseTexts.mit) }

    private func apache() throws -> (String, String) { ("LICENSE", try LicenseTexts.file("LICENSE")) }

    @Test func nothing() throws {
        let findings = try find([card("language: en"), ("config.json", "{}")])
        #expect(findings.declared == nil && findings.concluded == nil && findings.basis == .none)
        #expect(findings.issues.isEmpty)
        #expect(findings.reasons == ["Nothing names a licence, and no text of one is there: no assertion."])
    }

    @Test func claimAlone() throws {
        let findings = try find([card("license: apache-2.0")])
        #expect(findings.declared?.description == "Apache-2.0")
        #expect(findings.concluded?.description == "Apache-2.0")
        #expect(findings.basis == .claim)
        #expect(findings.reasons == ["Apache-2.0 is claimed; no text of it is there, so this rests on the claim alone."])
        #expect(findings.issues.isEmpty)
    }

    @Test func claimAndText() throws {
        let findings = try find([card("license: apache-2.0"), try apache()])
        #expect(findings.concluded?.description == "Apache-2.0")
        #expect(findings.basis == .text)
        #expect(findings.issues.isEmpty)
        #expect(findings.reasons == ["LICENSE, lines 2 to 202, is the text of Apache-2.0."])
        #expect(findings.files.map(\.path.text) == ["LICENSE", "README.md"])
    }

    @Test func textAlone() throws {
        let findings = try find([mit])
        #expect(findings.declared == nil)
        #expect(findings.concluded?.description == "MIT")
        #expect(findings.basis == .text)
    }

    @Test func contradiction() throws {
        let findings = try find([card("license: apache-2.0"), mit])
        #expect(findings.declared?.description == "Apache-2.0")
        #expect(findings.concluded == nil && findings.basis == .none)
        #expect(findings.issues.map(\.kind) == [.contradiction])
        #expect(findings.issues.first?.detail == "\"apache-2.0\" (README.md: license), but the text is that of MIT.")
    }

    @Test func claimsDisagree() throws {
        let gguf = try GGUFBuilder.file { $0.add("general.license", "mit") }
        let readme = try ModelFiles.card("license: apache-2.0")
        for files in [[gguf, readme], [gguf, readme, try ModelFiles.file("LICENSE", Array(LicenseTexts.mit.utf8))]] {
            let claims = LicenseClaim.claims(of: PapersDerivation.derive(files).papers)
            let findings = LicenseFindings.find(in: files, claims: claims)
            #expect(findings.concluded == nil && findings.declared == nil)
            #expect(findings.issues.map(\.kind) == [.claimsDisagree])
        }
        let same = [gguf, try ModelFiles.card("license: MIT")]
        let findings = LicenseFindings.find(in: same, claims: LicenseClaim.claims(of: PapersDerivation.derive(same).papers))
        #expect(findings.concluded?.description == "MIT")
    }

    @Test(arguments: ["openrail", "gpl-3.0", "agpl-3.0", "lgpl-2.1", "lgpl", "bsd", "cc", "other", "unknown", "gfdl"])
    func ambiguousClaims(_ tag: String) throws {
        let findings = try find([card("license: \(tag)")])
        #expect(findings.declared == nil && findings.concluded == nil)
        #expect(findings.issues.map(\.kind) == [.ambiguousClaim])
        #expect(findings.reasons.contains { $0.contains("needs a licence text as evidence") })
    }

    @Test(.enabled(if: LicenseTexts.hasDebian, "Debian's licence texts are not here"))
    func ambiguousClaimsWithText() throws {
        let gpl = ("LICENSE", try LicenseTexts.debian("GPL-3"))
        let only = try find([card("license: gpl-3.0"), gpl])
        #expect(only.concluded?.description == "GPL-3.0-only")
        #expect(only.reasons.last == "Nothing says \"or any later version\", so GPL-3.0-only is taken.")
        #expect(try find([card("license: gpl-3.0-or-later"), gpl]).concluded?.description == "GPL-3.0-or-later")
        #expect(try find([card("license: other"), gpl]).concluded?.description == "GPL-3.0-only")
        let wrong = try find([card("license: agpl-3.0"), gpl])
        #expect(wrong.concluded == nil)
        #expect(wrong.issues.map(\.kind) == [.contradiction])
        let lesser = try find([("COPYING", gpl.1), ("COPYING.LESSER", try LicenseTexts.debian("LGPL-3")), card("license: lgpl-3.0")])
        #expect(lesser.concluded?.description == "LGPL-3.0-only")
    }

    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func otherWithName() throws {
        let text = ("LICENSE.txt", try LicenseTexts.published("llama-3.3-license-2024"))
        let resolved = try find([card("license: other\nlicense_name: llama3.3\nlicense_link: LICENSE.txt"), text])
        #expect(resolved.declared?.description == "LicenseRef-scancode-llama-3.3-license-2024")
        #expect(resolved.concluded == resolved.declared)
        #expect(resolved.basis == .text)
        let wrong = try find([card("license: other\nlicense_name: llama3.2"), text])
        #expect(wrong.concluded == nil)
        #expect(wrong.issues.map(\.kind) == [.contradiction])
        let nameless = try find([card("license: other"), text])
        #expect(nameless.concluded?.description == "LicenseRef-scancode-llama-3.3-license-2024")
        let strange = try find([card("license: other\nlicense_name: my-terms"), text])
        #expect(strange.concluded?.description == "LicenseRef-scancode-llama-3.3-license-2024")
        let alone = try find([card("license: other\nlicense_name: llama3.3")])
        #expect(alone.declared?.description == "LicenseRef-scancode-llama-3.3-license-2024")
        #expect(alone.concluded == nil)
        #expect(alone.issues.map(\.kind) == [.ambiguousClaim])
        let near = try find([card("license: llama3.3"), (text.0, text.1.replacingOccurrences(of: "700 million", with: "7 million"))])
        #expect(near.concluded == nil)
        #expect(near.issues.map(\.kind) == [.nearMiss])
    }

    @Test func unknownClaims() throws {
        let findings = try find([card("license: acme-public")])
        #expect(findings.declared == nil && findings.concluded == nil)
        #expect(findings.issues.map(\.kind) == [.unknownClaim])
        let hostile = try find([card("license: \"a\\e[2J\"")])
        #expect(hostile.issues.first?.detail.contains("\\u{1B}[2J") == true)
        #expect((hostile.reasons + hostile.issues.map(\.detail)).allSatisfy { text in !text.unicodeScalars.contains { $0.value < 0x20 } })
    }

    @Test func unknownText() throws {
        let findings = try find([card("license: apache-2.0"), ("LICENSE", "You may use this model on Tuesdays only.")])
        #expect(findings.declared?.description == "Apache-2.0")
        #expect(findings.concluded == nil)
        #expect(findings.issues.map(\.kind) == [.unrecognizedText])
        #expect(try find([card("license: apache-2.0"), ("LICENSE", "\n")]).concluded != nil)
    }

    @Test func additions() throws {
        let findings = try find([card("license: mit"), ("LICENSE", LicenseTexts.mit + "\nThe Software must not be used for commerce.\n")])
        #expect(findings.concluded == nil)
        #expect(findings.issues.map(\.kind) == [.additions])
        #expect(findings.issues.first?.detail.contains("\"must not be used for commerce") == true)
    }

    @Test func nearMiss() throws {
        let changed = LicenseTexts.mit.replacingOccurrences(of: "IN NO EVENT", with: "IN SOME EVENT")
        let findings = try find([card("license: mit"), ("LICENSE", changed)])
        #expect(findings.concluded == nil)
        #expect(findings.issues.map(\.kind) == [.nearMiss])
        #expect(findings.issues.first?.line == 1 || findings.issues.first?.line == 5)
        #expect(findings.issues.first?.detail.hasPrefix("Resembles MIT (9") == true)
    }

    @Test func severalTexts() throws {
        let both = [("LICENSE-MIT", LicenseTexts.mit), ("LICENSE-APACHE", try apache().1)]
        let choice = try find(both + [card("license: MIT OR Apache-2.0")])
        #expect(choice.concluded?.description == "MIT OR Apache-2.0")
        #expect(choice.basis == .text)
        #expect(choice.issues.isEmpty)
        let list = try find(both + [card("license: [mit, apache-2.0]")])
        #expect(list.concluded?.description == "Apache-2.0 AND MIT")
        #expect(list.reasons.contains("Nothing says that one of the licences may be chosen, so all of them are taken to bind."))
        let one = try find(both + [card("license: apache-2.0")])
        #expect(one.concluded?.description == "Apache-2.0 AND MIT")
        #expect(one.issues.map(\.kind) == [.severalTexts])
        let joined = try find([card("license: apache-2.0"), ("LICENSE", both[1].1 + "\n\n" + both[0].1)])
        #expect(joined.concluded?.description == "Apache-2.0 AND MIT")
        let noticed = try find([card("license: apache-2.0"), try apache(), ("NOTICE", "This has parts of Foo.\n" + LicenseTexts.mit)])
        #expect(noticed.concluded?.description == "Apache-2.0")
        #expect(noticed.issues.map(\.kind) == [.textElsewhere])
    }

    @Test func readmeTexts() throws {
        let section = "# Model\n\n## Code license\n\n" + LicenseTexts.mit
        let code = try find([card("license: apache-2.0", section), try apache()])
        #expect(code.concluded?.description == "Apache-2.0")
        #expect(code.issues.map(\.kind) == [.textInReadme])
        #expect(code.issues.first?.detail.contains("under \"Code license\"") == true)
        let claimOnly = try find([card("license: apache-2.0", "# Model\n\n## License\n\n" + LicenseTexts.mit)])
        #expect(claimOnly.concluded?.description == "Apache-2.0")
        #expect(claimOnly.basis == .claim)
        #expect(claimOnly.issues.map(\.kind) == [.textInReadme])
        let agreed = try find([card("license: mit", "# Model\n\n## License\n\n" + LicenseTexts.mit)])
        #expect(agreed.concluded?.description == "MIT" && agreed.basis == .text && agreed.issues.isEmpty)
        let unclaimed = try find([card("language: en", "# Model\n\n## License\n\n" + LicenseTexts.mit)])
        #expect(unclaimed.concluded?.description == "MIT" && unclaimed.basis == .text)
        let data = try find([card("language: en", "# Model\n\n## Licence of the data\n\n" + LicenseTexts.mit)])
        #expect(data.concluded == nil)
        #expect(data.issues.map(\.kind) == [.textInReadme])
    }

    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func partsAndPolicies() throws {
        let deepseek = try LicenseTexts.published("deepseek-la-1.0")
        let parts = try find([
            ("LICENSE-CODE", LicenseTexts.mit), ("LICENSE-MODEL", deepseek), card("license: other\nlicense_name: deepseek"),
        ])
        #expect(parts.concluded?.description == "LicenseRef-scancode-deepseek-la-1.0")
        #expect(parts.issues.map(\.kind) == [.textElsewhere])
        let plain = try find([("LICENSE", LicenseTexts.mit), ("LICENSE-MODEL", deepseek)])
        #expect(plain.concluded?.description == "LicenseRef-scancode-deepseek-la-1.0")
        let llama = try find([
            ("LICENSE", try LicenseTexts.published("llama-4-cla-2025")),
            ("USE_POLICY.md", try LicenseTexts.published("llama-4-license-2025")),
            card("license: llama4"),
        ])
        #expect(llama.concluded?.description == "LicenseRef-scancode-llama-4-cla-2025")
        #expect(llama.issues.map(\.kind) == [.textElsewhere])
        #expect(llama.issues.first?.detail.hasPrefix("The policy of") == true)
        let policyAlone = try find([("LICENSE", try LicenseTexts.published("llama-4-license-2025"))])
        #expect(policyAlone.concluded == nil)
    }

    @Test func foldersAndLinks() throws {
        let nested = try find([card("license: apache-2.0"), ("tokenizer/LICENSE", LicenseTexts.mit)])
        #expect(nested.concluded?.description == "Apache-2.0" && nested.basis == .claim)
        #expect(nested.issues.map(\.kind) == [.textElsewhere])
        for link in ["./docs/terms.txt", "https://huggingface.co/acme/m/blob/main/docs/terms.txt#top"] {
            let linked = try find([card("license: other\nlicense_link: \(link)"), ("docs/terms.txt", LicenseTexts.mit)])
            #expect(linked.concluded?.description == "MIT", "\(link)")
        }
        let elsewhere = try find([card("license: other\nlicense_link: https://example.com/LICENSE"), ("docs/terms.txt", LicenseTexts.mit)])
        #expect(elsewhere.concluded == nil)
    }

    @Test(
        arguments: [
            ("LICENSE", true), ("License.md", true), ("LICENCE.txt", true), ("COPYING.LESSER", true), ("UNLICENSE", true),
            ("LLAMA_LICENSE.txt", true),
            ("NOTICE.txt", true), ("README.md", true), ("readme.rst", true), ("USE_POLICY.md", true), ("sub/LICENSE", true),
            ("sub/README.md", false),
            ("license.py", false), ("model.safetensors", false), ("config.json", false), ("README.png", false),
        ])
    func namesOfFiles(_ path: String, _ isRead: Bool) throws {
        #expect(LicenseFindings.reads(try ModelPath(path)) == isRead)
    }

    @Test func filesThatAreNotRead() throws {
        let large = try ModelFiles.file("LICENSE", [UInt8](repeating: 0x20, count: (1 << 20) + 1))
        let card = try ModelFiles.card("license: mit")
        let claims = LicenseClaim.claims(of: PapersDerivation.derive([card]).papers)
        let findings = LicenseFindings.find(in: [large, card], claims: claims)
        #expect(findings.concluded == nil)
        #expect(findings.issues.map(\.kind) == [.notRead])
        let broken = EvidenceFile(path: try ModelPath("LICENSE"), sha256: large.sha256, size: 9, format: .opaque) {
            (_: Int, _: Int) throws(SystemError) in throw SystemError(.storage, subject: "LICENSE", cause: "it is broken")
        }
        let failed = LicenseFindings.find(in: [broken, card], claims: claims)
        #expect(failed.readError?.cause == "it is broken")
        #expect(failed.concluded == nil)
        let many = try (0..<300).map { try ModelFiles.file("a/\($0)/LICENSE", Array("x".utf8)) }
        #expect(LicenseFindings.find(in: many, claims: []).issues.filter { $0.kind == .notRead }.count == 44)
    }

    @Test func orderOfFilesDoesNotMatter() throws {
        let files = try [card("license: mit"), mit, ("LICENSE-APACHE", try apache().1), ("NOTICE", LicenseTexts.mit), ("a/LICENSE", "x")]
            .map {
                try ModelFiles.file($0.0, Array($0.1.utf8))
            }
        let claims = LicenseClaim.claims(of: PapersDerivation.derive(files).papers)
        let first = LicenseFindings.find(in: files, claims: claims)
        let second = LicenseFindings.find(in: files.reversed(), claims: claims)
        #expect(first.concluded == second.concluded && first.issues == second.issues && first.reasons == second.reasons)
    }

    @Test func manyClaims() throws {
        let evidence = try (0..<4_000).map { index in
            LicenseClaim(
                kind: .tag, value: "x\(index)",
                evidence: Evidence(file: try ModelPath("f\(index).gguf"), place: "general.license", sha256: SHA256.digest(of: [])))
        }
        let clock = ContinuousClock()
        let start = clock.now
        let findings = LicenseFindings.find(in: [], claims: evidence)
        #expect(findings.concluded == nil)
        #expect(findings.issues.count < 100)
        #expect(clock.now - start < .seconds(5))
    }
}
