import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// From files to decisions.
@Suite struct PolicyFactsTests {
    private func findings(_ files: [EvidenceFile], _ policy: Policy? = nil) -> PapersFindings {
        PapersEvaluator.evaluate(
            files: files, determinations: policy?.determinations ?? [], ancestors: policy?.ancestors ?? [], at: PolicySamples.time)
    }

    private func facts(_ files: [EvidenceFile], _ policy: Policy? = nil, before: [EvidenceFile]? = nil) -> PolicyFacts {
        var facts = PolicyFacts()
        let found = findings(files, policy)
        facts.note(found, files: files)
        facts.note(change: found, since: before.map { findings($0, policy) })
        return facts
    }

    private func weights(_ path: String = "model.safetensors", _ format: FileFormat = .safetensors) throws -> EvidenceFile {
        try ModelFiles.file(path, [1, 2, 3], format: format)
    }

    @Test("a licence tag becomes terms and a decision of each ready policy")
    func tags() throws {
        func decision(_ tag: String, _ ready: ReadyPolicy) throws -> PolicyDecision {
            let policy = try #require(ready.policy)
            return policy.decide(facts([try ModelFiles.card("license: \(tag)"), try weights()], policy))
        }
        #expect(try decision("apache-2.0", .permissiveCommercial).allows)
        #expect(try decision("mit", .permissiveCommercial).ruleID == "permissive-terms")
        for tag in ["cc-by-nc-4.0", "llama3.1", "gemma", "other", "unheard-of", "cc-by-sa-4.0"] {
            #expect(try !decision(tag, .permissiveCommercial).allows, "\(tag)")
        }
        #expect(try decision("cc-by-nc-4.0", .research).warnings.map(\.rule.id) == ["noncommercial"])
        #expect(try decision("cc-by-nc-4.0", .research).allows)
        #expect(try !decision("unheard-of", .research).allows)
        #expect(try !decision("apache-2.0", .euDocumented).allows)
    }

    @Test("weights in a format that can run code are refused by all ready policies", arguments: ReadyPolicy.allCases)
    func formats(ready: ReadyPolicy) throws {
        let policy = try #require(ready.policy)
        let files = [try ModelFiles.card("license: apache-2.0"), try weights(), try weights("pytorch_model.bin", .opaque)]
        #expect(policy.decide(facts(files, policy)).ruleID == "safe-formats")
    }

    @Test("terms of an ancestor that is not known are unknown, and a policy can name it")
    func ancestors() throws {
        let files = [try ModelFiles.card("license: apache-2.0\nbase_model: acme/base"), try weights()]
        let policy = try #require(ReadyPolicy.permissiveCommercial.policy)
        #expect(!policy.decide(facts(files, policy)).allows)
        guard case .unknown = facts(files)[.commercialUse] else {
            Issue.record("the ancestor may prohibit it")
            return
        }
        func naming(_ license: String) throws -> Policy {
            let text = String(decoding: ReadyPolicy.permissiveCommercial.bytes, as: UTF8.self)
            let found = PolicySamples.read(text + "\nancestors:\n  - {name: acme/base, license: \(license)}\n")
            return try #require(found.policy, "\(found.problems)")
        }
        let cleared = try naming("MIT")
        #expect(cleared.decide(facts(files, cleared)).allows)
        let restricted = try naming("CC-BY-NC-4.0")
        let decision = restricted.decide(facts(files, restricted))
        #expect(!decision.allows && decision.ruleID == "looser-than-parent")
    }

    @Test("what changed since the revision held before")
    func changes() throws {
        func card(_ license: String, _ more: String = "") throws -> [EvidenceFile] {
            [try ModelFiles.card("license: \(license)\(more)"), try weights()]
        }
        #expect(facts(try card("mit"))[.firstUse] == .words(["true"]))
        #expect(facts(try card("mit"))[.licenseLoosened] == .words(["false"]))
        let looser = facts(try card("mit"), before: try card("cc-by-nc-4.0"))
        #expect(looser[.licenseLoosened] == .words(["true"]) && looser[.firstUse] == .words(["false"]))
        let stricter = facts(try card("cc-by-nc-4.0"), before: try card("mit"))
        #expect(stricter[.licenseLoosened] == .words(["false"]))
        // A licence that is not stated any more restricts nothing that anybody asserts.
        #expect(facts([try weights()], before: try card("cc-by-nc-4.0"))[.licenseLoosened] == .words(["true"]))
        let fewer = facts(try card("mit"), before: try card("mit", "\ndatasets: acme/corpus"))
        #expect(fewer[.disclosureRemoved] == .words(["true"]) && fewer[.licenseLoosened] == .words(["false"]))
        let more = facts(try card("mit", "\ndatasets: acme/corpus"), before: try card("mit"))
        #expect(more[.disclosureRemoved] == .words(["false"]))
    }

    @Test("a scan's report becomes facts of the content gate")
    func scans() throws {
        let unsafe = try ModelFiles.file("model.safetensors", Array("cos\nsystem\n(S'id'\ntR.".utf8))
        let report = try ContentScanner.scan([unsafe, try ModelFiles.readme("# Model\n")])
        var facts = PolicyFacts()
        facts.note(report)
        let policy = try #require(ReadyPolicy.research.policy)
        #expect(policy.decide(facts, .content).ruleID == "no-unsafe-content")
        var clean = PolicyFacts()
        clean.note(try ContentScanner.scan([try ModelFiles.readme("# Model\n")]))
        #expect(policy.decide(clean, .content).allows)
    }

    @Test("a record of a decision is one line that says what was asked and what was known")
    func record() throws {
        let policy = try #require(ReadyPolicy.permissiveCommercial.policy)
        let files = [try ModelFiles.card("license: cc-by-nc-4.0"), try weights()]
        let known = facts(files, policy)
        let record = DecisionRecord(
            time: PolicySamples.time, command: "pull", model: "acme/tiny", ref: "main", manifest: nil,
            contentId: PolicySamples.subject().contentId, decisions: [policy.decide(known)], facts: known)
        let line = record.line
        #expect(line.last == 0x0A && line.dropLast().allSatisfy { $0 >= 0x20 })
        let value = try JSONValue(parsing: Array(line.dropLast()))
        #expect(value["decision"]?.text == "deny" && value["rule"]?.text == "default" && value["gate"]?.text == "papers")
        #expect(value["facts"]?["terms.commercialUse"]?.text == "prohibited")
        #expect(value["policies"]?.elements?.first?["sha256"]?.text == policy.digest.hex)
        let forged = DecisionRecord(
            time: PolicySamples.time, command: "pull", model: nil, ref: nil, manifest: nil, contentId: PolicySamples.subject().contentId,
            decisions: [], facts: known, fault: "the manifest claims what the files do not")
        #expect(!forged.allows && forged.json["rule"]?.text == "claims")
    }

    @Test("cases of a policy test are read, and mistakes in them named")
    func cases() throws {
        let text = """
            waybillPolicyTest: 1
            policy: acme.yaml
            cases:
              - name: noncommercial
                model: acme/tiny
                facts: {terms.commercialUse: prohibited, label: restrictedWeights}
                expect: deny
                rule: no-nc
              - name: ours
                directory: ../tiny
                expect: allow
            """
        let test = try #require(PolicyTest.read(Array(text.utf8)).test)
        #expect(test.policy == "acme.yaml" && test.cases.map(\.allows) == [false, true] && test.cases[0].rule == "no-nc")
        guard case .facts(let facts) = test.cases[0].given, case .directory("../tiny") = test.cases[1].given else {
            Issue.record("the cases give something else")
            return
        }
        #expect(facts[.commercialUse] == .words(["prohibited"]))
        let wrong = text.replacing("label: restrictedWeights", with: "label: restricted")
        let problems = PolicyTest.read(Array(wrong.utf8)).problems
        #expect(problems.first?.line == 6, "\(problems)")
        let both = text.replacing("directory: ../tiny", with: "model: a/b")
        #expect(PolicyTest.read(Array(both.utf8)).test == nil)
    }
}
