import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// The elements of OSAID and of the EU's test, one by one.
@Suite struct DefinitionTests {
    private func evaluate(_ disclosure: String, weights: Bool = true, others: [EvidenceFile] = []) throws -> PapersFindings {
        var files = others
        if weights { files.append(try ModelFiles.file("m.bin", [1])) }
        files.append(try ModelFiles.file("disclosure.yaml", Array(("disclosure: 1\n" + disclosure).utf8)))
        let found = PapersEvaluator.evaluate(files: files)
        #expect(found.disclosure != nil)
        return found
    }

    private func state(_ elements: [DefinitionElement], _ code: String) -> DefinitionElement.State? {
        elements.first { $0.code == code }?.state
    }

    private static let osaidComponents: [(code: String, name: String)] = [
        ("modelArchitecture", "Model architecture"), ("dataPreprocessingCode", "Data preprocessing code"),
        ("trainingCode", "Training code"),
        ("inferenceCode", "Inference code"), ("evaluationCode", "Evaluation code"),
    ]

    @Test(arguments: [
        ("released", "MIT", DefinitionElement.State.met), ("released", "CC0-1.0", .unmet), ("released", "CC-BY-4.0", .unmet),
        ("released", "NONE", .unmet), ("released", "NOASSERTION", .unknown), ("released", "LicenseRef-x", .unknown),
        ("released", "MIT OR LicenseRef-x", .met), ("released", "MIT AND CC0-1.0", .unmet), ("described", "MIT", .unmet),
        ("withheld", "MIT", .unmet), ("noAssertion", "MIT", .unknown),
    ])
    func code(_ status: String, _ license: String, _ expected: DefinitionElement.State) throws {
        for (code, name) in Self.osaidComponents {
            let found = try evaluate("components: [{name: \(name), status: \(status), license: \(license)}]\n")
            #expect(state(found.osaid.elements, code) == expected, "\(name)")
        }
    }

    @Test func codeThatThereNeverWas() throws {
        for (code, name) in Self.osaidComponents {
            let found = try evaluate("components: [{name: \(name), status: notApplicable}]\n")
            let isOptional = ["dataPreprocessingCode", "evaluationCode"].contains(code)
            #expect(state(found.osaid.elements, code) == (isOptional ? .met : .unmet), "\(name)")
        }
    }

    @Test(arguments: [
        ("MIT", DefinitionElement.State.met), ("CC-BY-4.0", .forReviewer), ("OpenMDW-1.0", .forReviewer), ("CC-BY-NC-4.0", .unmet),
        ("LicenseRef-x", .unknown), ("NONE", .unmet),
    ])
    func parameters(_ license: String, _ expected: DefinitionElement.State) throws {
        #expect(state(try evaluate("license: {expression: \(license)}\n").osaid.elements, "parameters") == expected)
        #expect(state(try evaluate("license: {expression: \(license)}\n", weights: false).osaid.elements, "parameters") == .unmet)
    }

    @Test func placesThatAreNotThere() throws {
        let stated = "components: [{name: Training code, status: released, license: MIT, location: src/train.py}]\n"
        #expect(state(try evaluate(stated).osaid.elements, "trainingCode") == .unmet)
        let source = try ModelFiles.file("src/train.py", [1])
        #expect(state(try evaluate(stated, others: [source]).osaid.elements, "trainingCode") == .met)
        let folder = stated.replacing("src/train.py", with: "src")
        #expect(state(try evaluate(folder, others: [source]).osaid.elements, "trainingCode") == .met)
        #expect(state(try evaluate(folder, others: [try ModelFiles.file("srcs/x", [1])]).osaid.elements, "trainingCode") == .unmet)
        #expect(
            try evaluate(stated).mof.invalid.map(\.problem) == [
                "its location `src/train.py` is no file of the model", "no licence is asserted",
            ])
    }

    private static let source =
        "{name: x, access: open, location: \"https://x/\", provenance: a, scope: b, selection: c, labeling: d, processing: e}"

    @Test func dataInformation() throws {
        let codes = ["dataComplete", "dataProvenance", "dataScope", "dataSelection", "dataLabeling", "dataProcessing", "dataListing"]
        func states(_ data: String) throws -> [DefinitionElement.State?] {
            let found = try evaluate("data: \(data)\n")
            return codes.map { state(found.osaid.elements, $0) }
        }
        #expect(try states("{}") == [DefinitionElement.State](repeating: .unknown, count: 7))
        #expect(try states("{completeness: complete, sources: [\(Self.source)]}") == [DefinitionElement.State](repeating: .met, count: 7))
        #expect(try states("{completeness: complete}").first == .unknown)
        #expect(try states("{completeness: incomplete, sources: [\(Self.source)]}").first == .unmet)
        #expect(try states("{completeness: noAssertion, sources: [\(Self.source)]}").first == .unknown)
        for (index, key) in ["provenance: a, ", "scope: b, ", "selection: c, ", "labeling: d, "].enumerated() {
            let lacking = try states("{completeness: complete, sources: [\(Self.source), \(Self.source.replacing(key, with: ""))]}")
            var expected = [DefinitionElement.State](repeating: .met, count: 7)
            expected[index + 1] = .unknown
            #expect(lacking == expected)
        }
        let noProcessing = Self.source.replacing(", processing: e", with: "")
        #expect(try states("{completeness: complete, sources: [\(noProcessing)]}")[5] == .unknown)
    }

    @Test(arguments: [
        ("access: open", false), ("access: open, location: \"https://x/\"", true), ("access: public", false),
        ("access: public, location: \"https://x/\"", true), ("access: obtainable", false), ("access: obtainable, obtainedFrom: Y", false),
        ("access: obtainable, obtainedFrom: Y, fee: yes", true), ("access: obtainable, location: \"https://x/\", fee: no", true),
        ("access: obtainable, obtainedFrom: Y, fee: noAssertion", false), ("access: unshareable", true),
        ("location: \"https://x/\"", false),
    ])
    func listing(_ text: String, _ isListed: Bool) throws {
        let found = try evaluate("data: {sources: [{name: x, \(text)}]}\n")
        #expect(state(found.osaid.elements, "dataListing") == (isListed ? .met : .unknown))
    }

    @Test func dataTerms() throws {
        func state(_ text: String) throws -> DefinitionElement.State? { self.state(try evaluate(text).osaid.elements, "dataTerms") }
        #expect(try state("data: {terms: MIT}\n") == .met)
        #expect(try state("data: {terms: CC-BY-4.0}\n") == .forReviewer)
        #expect(try state("data: {terms: CC-BY-NC-4.0}\n") == .unmet)
        #expect(try state("license: {document: MIT}\n") == .met)
        #expect(try state("license: {expression: MIT}\n") == .unknown)
    }

    @Test func freedomsAndBaseModels() throws {
        let open = try evaluate("license: {expression: MIT}\n")
        #expect(state(open.osaid.elements, "freedoms") == .met)
        #expect(state(open.osaid.elements, "baseModels") == nil)
        let derived = try evaluate("license: {expression: MIT}\nbaseModels: [{id: a/b}]\n")
        #expect(state(derived.osaid.elements, "freedoms") == .unknown)
        #expect(state(derived.osaid.elements, "baseModels") == .forReviewer)
        let bound = try evaluate("license: {expression: MIT}\nbaseModels: [{id: a/b, license: CC-BY-NC-4.0}]\n")
        #expect(state(bound.osaid.elements, "freedoms") == .unmet)
        #expect(bound.osaid.result == .fails)
    }

    @Test(arguments: [
        ("MIT", DefinitionElement.State.met), ("GPL-3.0-only", .met), ("CC-BY-4.0", .met), ("CC-BY-NC-4.0", .unmet),
        ("LicenseRef-scancode-llama-3.1-license-2024", .unmet), ("LicenseRef-scancode-bigscience-rail-1.0", .forReviewer), ("NONE", .unmet),
        ("LicenseRef-x", .unknown),
    ])
    func freeLicense(_ license: String, _ expected: DefinitionElement.State) throws {
        #expect(state(try evaluate("license: {expression: \(license)}\n").euFoss.elements, "freeLicense") == expected)
    }

    @Test func euElements() throws {
        func state(_ code: String, _ text: String, weights: Bool = true) throws -> DefinitionElement.State? {
            self.state(try evaluate(text, weights: weights).euFoss.elements, code)
        }
        #expect(try state("weightsPublic", "") == .met)
        #expect(try state("weightsPublic", "", weights: false) == .unmet)
        let elsewhere = "components: [{name: Model parameters (Final), status: released, location: \"https://x/\"}]\n"
        #expect(try state("weightsPublic", elsewhere, weights: false) == .met)
        for (code, key) in [("architecturePublic", "architectureInformation"), ("usagePublic", "usageInformation")] {
            #expect(try state(code, "") == .unknown)
            #expect(try state(code, "model: {\(key): {status: public}}\n") == .met)
            #expect(try state(code, "model: {\(key): {status: public, location: m.bin}}\n") == .met)
            #expect(try state(code, "model: {\(key): {status: public, location: gone.md}}\n") == .unmet)
            #expect(try state(code, "model: {\(key): {status: withheld}}\n") == .unmet)
            #expect(try state(code, "model: {\(key): {status: noAssertion}}\n") == .unknown)
        }
        #expect(try state("notMonetised", "") == .unknown)
        #expect(try state("notMonetised", "model: {monetisation: noAssertion}\n") == .unknown)
        #expect(try state("notMonetised", "model: {monetisation: none}\n") == .met)
        for word in ["price", "personalData", "other"] { #expect(try state("notMonetised", "model: {monetisation: \(word)}\n") == .unmet) }
        #expect(try state("noSystemicRisk", "") == .unknown)
        for (flop, expected) in [
            ("1e25", DefinitionElement.State.met), ("1.01e25", .unmet), ("0", .met), ("10000000000000000000000000", .met),
        ] {
            #expect(try state("noSystemicRisk", "training: {computeFlop: \(flop)}\n") == expected)
        }
    }

    /// What each label's row turns on, beside the worked models.
    @Test func labels() throws {
        let elsewhere =
            "license: {expression: MIT}\ncomponents: [{name: Model parameters (Final), status: released, location: \"https://x/\"}]\n"
        #expect(try evaluate(elsewhere, weights: false).label == .undetermined)
        #expect(try evaluate(elsewhere, weights: false).labelReasons.map(\.code) == ["weightsElsewhere"])
        #expect(try evaluate("", weights: false).label == .closed)
        #expect(try evaluate("license: {expression: NONE}\n").label == .restrictedWeights)
        #expect(try evaluate("license: {expression: LicenseRef-waybill-jamba-open-model}\n").labelReasons.map(\.code) == ["termsUnknown"])
        let partial = "license: {expression: MIT}\ndata: {completeness: incomplete, sources: [\(Self.source)]}\n"
        #expect(try evaluate(partial).label == .openWeights)
        #expect(try evaluate(partial.replacing("incomplete", with: "complete")).label == .openWeightsWithDisclosure)
    }

    @Test func determinationsCountOnlyForTheirFiles() throws {
        let files = [try ModelFiles.file("m.bin", [1]), try ModelFiles.card("license: mit")]
        let plain = PapersEvaluator.evaluate(files: files)
        #expect(plain.label == .openWeights)
        func made(_ result: Determination.Result, _ definition: Determination.Definition = .osaid, for content: Digest) throws
            -> Determination
        {
            try Determination(
                contentId: content, manifest: nil, definition: definition, result: result, reviewer: "Rita\u{1B}", reason: "Read.",
                date: "2026-01-01T00:00:00Z", expires: nil)
        }
        let right = try made(.meets, for: plain.contentId)
        let met = PapersEvaluator.evaluate(files: files, determinations: [right])
        #expect(met.label == .openSourceAI)
        #expect(met.osaid.result == .meets)
        #expect(met.osaid.determinedBy == ["Rita\u{1B}"])
        #expect(met.euFoss.result == .undetermined)
        // One byte more in a file, and it is another model.
        let other = PapersEvaluator.evaluate(files: [try ModelFiles.file("m.bin", [1, 2]), files[1]], determinations: [right])
        #expect(other.label == .openWeights)
        #expect(other.determinations.map(\.objection) == ["is about other files"])
        // Another definition decides another question; a refusal outweighs an approval.
        let eu = PapersEvaluator.evaluate(files: files, determinations: [try made(.meets, .euFoss, for: plain.contentId)])
        #expect(eu.label == .openWeights)
        #expect(eu.euFoss.result == .meets)
        let both = PapersEvaluator.evaluate(files: files, determinations: [right, try made(.fails, for: plain.contentId)])
        #expect(both.osaid.result == .fails)
        #expect(both.label == .openWeights)
    }
}
