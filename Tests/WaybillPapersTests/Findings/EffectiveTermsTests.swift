import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

@Suite struct EffectiveTermsTests {
    private static let llama = "LicenseRef-scancode-llama-3.1-license-2024"
    private static let exaone = "LicenseRef-scancode-exaone-ai-model-1.1-nc"

    private func terms(_ license: String, bases: String = "", _ ancestors: [Ancestor] = []) throws -> EffectiveTerms {
        let text = "disclosure: 1\nlicense: {expression: \(license)}\nbaseModels: [\(bases)]\n"
        let found = PapersEvaluator.evaluate(
            files: [try ModelFiles.file("m.bin", [1]), try ModelFiles.file("disclosure.yaml", Array(text.utf8))], ancestors: ancestors)
        #expect(found.disclosure != nil)
        return found.terms
    }

    private func value(_ terms: EffectiveTerms, _ name: String) -> [String] {
        terms.values.filter { $0.term == name }.map { "\($0.value) (\($0.imposedBy.joined(separator: ", ")))" }
    }

    @Test func theModelAlone() throws {
        let terms = try terms("Apache-2.0")
        #expect(terms.isDetermined)
        #expect(terms.isUnrestricted)
        #expect(value(terms, "commercialUse") == ["permitted (self)"])
        #expect(value(terms, "copyleft") == ["none (self)"])
        #expect(terms.sources.map(\.license) == ["Apache-2.0"])
        #expect(terms.conflicts.isEmpty && terms.permissiveLabels.isEmpty && terms.restrictions.isEmpty && terms.ancestors.isEmpty)
    }

    /// A chain with a ring in it: each term by whoever is strictest in it.
    @Test func strictestOverAllAncestors() throws {
        let terms = try terms(
            "Apache-2.0", bases: "{id: acme/a}",
            [
                Ancestor(name: "acme/a", license: "CC-BY-SA-4.0", baseModels: ["acme/b"]),
                Ancestor(name: "acme/b", license: Self.llama, baseModels: ["ACME/A"]),
            ])
        #expect(terms.isDetermined)
        #expect(terms.sources.map(\.name) == ["self", "acme/a", "acme/b"])
        #expect(value(terms, "commercialUse") == ["conditional (acme/b)"])
        #expect(value(terms, "copyleft") == ["shareAlike (acme/a)"])
        #expect(value(terms, "acceptableUse") == ["bindingMutable (acme/b)"])
        #expect(value(terms, "thresholds") == ["above 700000000 monthly active users a separate licence is required (acme/b)"])
        let naming = value(terms, "naming")
        #expect(naming.contains("prefix: Llama (acme/b)"))
        #expect(naming.contains("attribution (acme/a)"))
        #expect(naming.contains("notice (self)"))
        #expect(terms.combined.commercialUse == .conditional)
        #expect(terms.combined.copyleft == .shareAlike)
        #expect(terms.restrictions.map(\.code) == ["acceptableUse", "thresholds"])
        #expect(terms.restrictions.allSatisfy { $0.text.hasSuffix("(imposed by acme/b)") })
        #expect(terms.conflicts.map(\.code) == ["copyleftRestricted"])
        #expect(terms.permissiveLabels.map(\.code) == ["labelledMorePermissively", "labelledMorePermissively"])
        #expect(
            terms.permissiveLabels[0].text
                == "labelled Apache-2.0, but acme/a stands under CC-BY-SA-4.0, which is stricter in copyleft, passThrough")
        #expect(terms.permissiveLabels[1].text.contains("commercialUse"))
        #expect(terms.permissiveLabels[1].text.contains("naming"))
    }

    @Test func unresolvedAncestors() throws {
        let unknown = try terms("Apache-2.0", bases: "{id: acme/a}")
        #expect(!unknown.isDetermined)
        #expect(unknown.openQuestions == ["base model acme/a: its papers are not known here, and nothing is stated of its licence"])
        #expect(unknown.ancestors == ["acme/a"])
        let deep = try terms("Apache-2.0", bases: "{id: acme/a}", [Ancestor(name: "acme/a", license: "MIT", baseModels: ["acme/b"])])
        #expect(deep.openQuestions == ["base model acme/b: its papers are not known here, and nothing is stated of its licence"])
        let silent = try terms("Apache-2.0", bases: "{id: acme/a}", [Ancestor(name: "acme/a", license: nil, baseModels: ["acme/b"])])
        #expect(silent.openQuestions.count == 2)
        #expect(silent.openQuestions.first == "base model acme/a: no licence is asserted")
        let strange = try terms("Apache-2.0", bases: "{id: acme/a}", [Ancestor(name: "acme/a", license: "LicenseRef-x")])
        #expect(strange.openQuestions == ["the licence LicenseRef-x of acme/a is not known here"])
        let broken = try terms("Apache-2.0", bases: "{id: acme/a}", [Ancestor(name: "acme/a", license: "MIT maybe so")])
        #expect(broken.openQuestions == ["base model acme/a: its licence cannot be read"])
    }

    @Test func whatThePublisherSaysOfAnAncestor() throws {
        let claimed = try terms("Apache-2.0", bases: "{id: acme/a, license: MIT}")
        #expect(claimed.isDetermined)
        #expect(claimed.sources.map(\.isClaimedByDerivative) == [false, true])
        let contradicted = try terms("Apache-2.0", bases: "{id: acme/a, license: MIT}", [Ancestor(name: "acme/a", license: Self.llama)])
        #expect(contradicted.sources.map(\.license) == ["Apache-2.0", Self.llama])
        #expect(contradicted.conflicts.map(\.code) == ["ancestorLicenseContradicted"])
        #expect(!contradicted.restrictions.isEmpty)
        let same = try terms("Apache-2.0", bases: "{id: acme/a, license: mit}", [Ancestor(name: "acme/a", license: "MIT")])
        #expect(same.conflicts.isEmpty)
    }

    @Test func anotherRevisionOfTheAncestor() throws {
        let digest = SHA256.digest(of: [1])
        let base = "{id: acme/a, manifest: \(digest.hex)}"
        #expect(try terms("MIT", bases: base, [Ancestor(name: "acme/a", manifest: digest, license: "MIT")]).isDetermined)
        let other = try terms("MIT", bases: base, [Ancestor(name: "acme/a", manifest: SHA256.digest(of: [2]), license: "MIT")])
        #expect(other.openQuestions == ["base model acme/a: the revision that was found is not the one that this model was made from"])
    }

    @Test func conflicts() throws {
        let copylefts = try terms("GPL-3.0-only", bases: "{id: a/a, license: CC-BY-SA-4.0}")
        #expect(copylefts.conflicts.map(\.code) == ["copyleftConflict"])
        #expect(try terms("GPL-3.0-only", bases: "{id: a/a, license: GPL-3.0-only}").conflicts.isEmpty)
        let names = try terms("CC0-1.0", bases: "{id: a/a, license: \(Self.llama)}, {id: a/b, license: \(Self.exaone)}")
        #expect(names.conflicts.map(\.code) == ["namingConflict"])
        #expect(names.conflicts[0].text == "the name must begin with \"Llama\" (a/a) and with \"EXAONE\" (a/b)")
        #expect(names.permissiveLabels.count == 2)
    }

    /// What is not looser is no finding; and an open licence restricts nothing, whatever its terms are called.
    @Test func noFalseAlarms() throws {
        for (own, base) in [
            ("Apache-2.0", "MIT"), ("MIT", "Apache-2.0"), ("GPL-3.0-only", "MIT"), ("AGPL-3.0-only", "GPL-3.0-only"),
            ("MIT", "BSD-3-Clause"),
        ] {
            #expect(try terms(own, bases: "{id: a/a, license: \(base)}").permissiveLabels.isEmpty, "\(own) from \(base)")
        }
        #expect(try terms("MIT", bases: "{id: a/a, license: GPL-3.0-only}").permissiveLabels.count == 1)
        #expect(try terms("GPL-3.0-only", bases: "{id: a/a, license: AGPL-3.0-only}").permissiveLabels.count == 1)
        #expect(try terms("OFL-1.1").restrictions.isEmpty)
        #expect(try terms("CC-BY-ND-4.0").restrictions.map(\.code) == ["modification"])
    }

    @Test func choicesAndSums() throws {
        #expect(try terms("MIT OR \(Self.llama)").isUnrestricted)
        let both = try terms("MIT AND \(Self.llama)")
        #expect(both.isDetermined)
        #expect(both.restrictions.map(\.code) == ["acceptableUse", "thresholds"])
        #expect(try terms("MIT AND LicenseRef-x").openQuestions.count == 1)
        #expect(try terms("MIT AND LicenseRef-x").openQuestions[0].contains("is no licence that is known"))
        #expect(try !terms("MIT OR LicenseRef-x").isDetermined)
    }

    /// A licence of its own for the weights cannot lift what the licence of the whole restricts.
    @Test func licenseOfTheWeights() throws {
        func evaluate(_ card: String, _ data: String) throws -> PapersFindings {
            PapersEvaluator.evaluate(files: [
                try ModelFiles.file("m.bin", [1]), try ModelFiles.card("license: \(card)"),
                try ModelFiles.file("disclosure.yaml", Array("disclosure: 1\nlicense: {data: \(data)}\n".utf8)),
            ])
        }
        let looser = try evaluate("llama3.1", "MIT")
        #expect(looser.label == .undetermined)
        #expect(looser.terms.openQuestions == ["the weights are stated to stand under MIT, but the model comes to \(Self.llama)"])
        #expect(try evaluate("apache-2.0", "CC-BY-NC-4.0").label == .restrictedWeights)
        #expect(try evaluate("apache-2.0", "CC-BY-4.0").label == .openWeights)
        #expect(try evaluate("apache-2.0", "CC-BY-4.0").license == "CC-BY-4.0")
        #expect(try evaluate("llama3.1", Self.llama).label == .restrictedWeights)
        #expect(try evaluate("apache-2.0", "NONE").label == .restrictedWeights)
        #expect(try evaluate("apache-2.0", "NONE").labelReasons.map(\.code) == ["noLicense"])
    }

    /// Names are strangers': whatever they are, nothing loops and nothing reaches a terminal.
    @Test func hostileNames() throws {
        let chain = (0..<3_000).map { Ancestor(name: "a/\($0)", license: "MIT", baseModels: ["a/\($0 + 1)", "a/\($0)", "a/0"]) }
        let terms = try terms("MIT", bases: "{id: a/0}, {id: \"b\\e[2J\"}", chain)
        #expect(terms.sources.count <= 1_025)
        #expect(terms.openQuestions.contains("more than 1024 ancestors"))
        #expect(terms.openQuestions.contains { $0.contains("b\\u{1B}[2J") })
    }
}
