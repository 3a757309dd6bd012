import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

@Suite struct PolicyDecisionTests {
    private func rule(_ id: String, _ effect: String, _ when: String, unknown: String? = nil) -> String {
        "  - {id: \(id), effect: \(effect), when: {\(when)}, reason: because of \(id)\(unknown.map { ", unknown: \($0)" } ?? "")}"
    }

    @Test("the first rule that matches decides, whatever follows")
    func order() throws {
        let both = [rule("no", "deny", "label: openWeights"), rule("yes", "allow", "license: MIT")]
        let facts = PolicySamples.facts([.label: ["openWeights"], .license: ["MIT"]])
        let denied = try PolicySamples.policy(both.joined(separator: "\n")).decide(facts)
        #expect(!denied.allows && denied.ruleID == "no" && denied.reason == "because of no")
        let allowed = try PolicySamples.policy(both.reversed().joined(separator: "\n")).decide(facts)
        #expect(allowed.allows && allowed.ruleID == "yes")
    }

    @Test("a warning is noted and does not decide")
    func warning() throws {
        let rules = [rule("look", "warn", "label: openWeights"), rule("yes", "allow", "license: MIT")]
        let decision = try PolicySamples.policy(rules.joined(separator: "\n"))
            .decide(PolicySamples.facts([.label: ["openWeights"], .license: ["MIT"]]))
        #expect(decision.allows && decision.warnings.map(\.rule.id) == ["look"])
        let other = try PolicySamples.policy(rules.joined(separator: "\n"))
            .decide(PolicySamples.facts([.label: ["closed"], .license: ["MIT"]]))
        #expect(other.warnings.isEmpty)
    }

    @Test("where no rule decides the papers gate denies, unless the policy says otherwise; later gates let pass")
    func fallback() throws {
        let policy = try PolicySamples.policy(rule("yes", "allow", "license: MIT"))
        let decision = policy.decide(PolicySamples.facts([.license: ["GPL-3.0-only"]]))
        #expect(!decision.allows && decision.isDefault && decision.ruleID == "default")
        let open = try #require(PolicySamples.read("waybillPolicy: 1\nname: open\ndefault: allow\n").policy)
        #expect(open.decide(PolicyFacts()).allows)
        #expect(policy.decide(PolicyFacts(), .content).allows)
    }

    @Test("what is unknown is denied: by deny rules, and by allow rules that it does not satisfy")
    func unknown() throws {
        let deny = try PolicySamples.policy(
            rule("no", "deny", "terms.commercialUse: prohibited") + "\n" + rule("yes", "allow", "license: '*'"))
        #expect(deny.decide(PolicySamples.facts([.license: ["MIT"]])).ruleID == "no")
        let skip = try PolicySamples.policy(
            rule("no", "deny", "terms.commercialUse: prohibited", unknown: "skip") + "\n" + rule("yes", "allow", "license: '*'"))
        #expect(skip.decide(PolicySamples.facts([.license: ["MIT"]])).ruleID == "yes")
        let allow = try PolicySamples.policy(rule("yes", "allow", "terms.commercialUse: permitted"))
        #expect(!allow.decide(PolicyFacts()).allows)
        let lenient = try PolicySamples.policy(rule("yes", "allow", "terms.commercialUse: permitted", unknown: "match"))
        #expect(lenient.decide(PolicyFacts()).allows)
        // Of nothing known, not even the opposite holds.
        let negated = try PolicySamples.policy(rule("yes", "allow", "not: {terms.commercialUse: prohibited}"))
        #expect(!negated.decide(PolicyFacts()).allows)
    }

    @Test("three-valued logic: every pair of answers", arguments: PolicyAnswer.allCases, PolicyAnswer.allCases)
    func logic(a: PolicyAnswer, b: PolicyAnswer) throws {
        var facts = PolicyFacts()
        for (field, answer) in [(PolicyField.label, a), (.osaid, b)] {
            switch answer {
            case .yes: facts[field] = .words([field == .label ? "closed" : "meets"])
            case .no: facts[field] = .words([field == .label ? "openWeights" : "fails"])
            case .unknown: facts[field] = .unknown("test")
            }
        }
        func answer(_ when: String) throws -> PolicyAnswer {
            try PolicySamples.policy(rule("r", "deny", when)).rules[0].condition.answer(facts)
        }
        let both = try answer("label: closed, osaid: meets")
        let listed = try answer("all: [{label: closed}, {osaid: meets}]")
        let either = try answer("any: [{label: closed}, {osaid: meets}]")
        let expectedBoth: PolicyAnswer = a == .no || b == .no ? .no : a == .unknown || b == .unknown ? .unknown : .yes
        let expectedEither: PolicyAnswer = a == .yes || b == .yes ? .yes : a == .unknown || b == .unknown ? .unknown : .no
        #expect(both == expectedBoth && listed == expectedBoth && either == expectedEither)
        let negated = try answer("not: {label: closed}")
        #expect(negated == (a == .unknown ? .unknown : a == .yes ? .no : .yes))
    }

    @Test("a licence expression is satisfied by the licences of the list alone")
    func expression() throws {
        let policy = try PolicySamples.policy(rule("yes", "allow", "license: [MIT, Apache-2.0]"))
        func allows(_ text: String) -> Bool { policy.decide(PolicySamples.facts([.license: [text]])).allows }
        #expect(allows("MIT") && allows("mit") && allows("MIT OR GPL-3.0-only") && allows("MIT AND Apache-2.0"))
        #expect(allows("(GPL-3.0-only OR Apache-2.0) AND MIT") && allows("Apache-2.0 WITH LLVM-exception"))
        #expect(!allows("GPL-3.0-only") && !allows("MIT AND GPL-3.0-only") && !allows("MIT-0") && !allows("LicenseRef-MIT"))
        #expect(!allows("MIT AND ("))
    }

    @Test("all weights must be of the formats, all keys must be stated, one of the names suffices")
    func comparisons() throws {
        func answer(_ when: String, _ facts: [PolicyField: [String]]) throws -> PolicyAnswer {
            try PolicySamples.policy(rule("r", "deny", when)).rules[0].condition.answer(PolicySamples.facts(facts))
        }
        #expect(try answer("weights.formats: [safetensors, gguf]", [.weightsFormats: ["safetensors"]]) == .yes)
        #expect(try answer("weights.formats: [safetensors, gguf]", [.weightsFormats: ["safetensors", "bin"]]) == .no)
        #expect(try answer("disclosure.states: [data.sources, euSummary]", [.disclosureStates: ["data.sources"]]) == .no)
        #expect(try answer("disclosure.states: [data.sources]", [.disclosureStates: ["data", "data.sources", "x"]]) == .yes)
        #expect(try answer("datasets: [acme/*, other]", [.datasets: ["x/y", "Acme/corpus"]]) == .yes)
        #expect(try answer("datasets: [acme/*, other]", [.datasets: ["x/acme/corpus"]]) == .no)
        #expect(try answer("files: '*.py'", [.files: ["a.py.txt", "dir/model.py"]]) == .yes)
        #expect(try answer("files: '*.py'", [.files: ["a.py.txt"]]) == .no)
    }

    @Test("of a list that may be longer, a member that is there is there, and one that is not is unknown")
    func incomplete() throws {
        var facts = PolicyFacts()
        facts[.thresholds] = .someWords(["annualRevenue"])
        func answer(_ when: String) throws -> PolicyAnswer {
            try PolicySamples.policy(rule("r", "deny", when)).rules[0].condition.answer(facts)
        }
        #expect(try answer("terms.thresholds: annualRevenue") == .yes)
        #expect(try answer("terms.thresholds: monthlyActiveUsers") == .unknown)
        #expect(try answer("terms.thresholds: none") == .unknown)
    }

    @Test("rules are asked at the gate that can tell them")
    func gates() throws {
        let policy = try PolicySamples.policy(
            [
                rule("scan", "deny", "scans.worst: unsafe"), rule("signed", "deny", "not: {signatures.publisher: 'true'}"),
                rule("mixed", "deny", "label: openWeights, scans.rules: 'pickle.*'"), rule("open", "allow", "label: openWeights"),
            ].joined(separator: "\n"))
        #expect(policy.rules.map(\.gate) == [.content, .signatures, .content, .papers])
        let facts = PolicySamples.facts([.label: ["openWeights"], .scansWorst: ["unsafe"], .scansRules: ["pickle.malformed"]])
        #expect(policy.decide(facts).allows)
        #expect(policy.decide(facts, .signatures).ruleID == "signed")
        #expect(policy.decide(facts, .content).ruleID == "scan")
        let milder = PolicySamples.facts([.label: ["openWeights"], .scansWorst: ["suspicious"], .scansRules: ["pickle.malformed"]])
        #expect(policy.decide(milder, .content).ruleID == "mixed")
        #expect(policy.has(.content) && policy.has(.signatures))
        let small = try PolicySamples.policy(rule("open", "allow", "label: openWeights"))
        #expect(!small.has(.content) && small.has(.papers))
    }

    private func exception(_ rules: String, expires: String, models: String = "models: ['acme/*']") -> String {
        "exceptions:\n  - {rules: [\(rules)], \(models), owner: jane, reason: a contract, expires: \(expires)}"
    }

    @Test("an exception lifts the rules that it names, for its models, until it expires")
    func exceptions() throws {
        let rules = rule("no", "deny", "label: closed") + "\n" + rule("yes", "allow", "osaid: '*'")
        let facts = PolicySamples.facts([.label: ["closed"], .osaid: ["fails"]])
        let valid = try PolicySamples.policy(rules, tail: exception("no", expires: "2026-12-01T00:00:00Z"))
        let lifted = valid.decide(facts)
        #expect(lifted.allows && lifted.ruleID == "yes" && lifted.exceptions.map(\.owner) == ["jane"])
        #expect(!valid.decide(facts, model: "other/tiny").allows)
        #expect(!valid.decide(facts, model: nil).allows)
        let old = try PolicySamples.policy(rules, tail: exception("no", expires: "2026-11-24T12:00:00Z"))
        let expired = old.decide(facts)
        #expect(!expired.allows && expired.exceptions.isEmpty && expired.steps.last?.expired.count == 1)
        let other = try PolicySamples.policy(rules, tail: exception("yes", expires: "2026-12-01T00:00:00Z"))
        #expect(!other.decide(facts).allows)
        let files = "contentIds: [\(PolicySamples.subject().contentId.hex)]"
        let pinned = try PolicySamples.policy(rules, tail: exception("no", expires: "2026-12-01T00:00:00Z", models: files))
        #expect(pinned.decide(facts, model: nil).allows)
    }

    @Test("an exception from the default lets in what no rule allows")
    func defaultException() throws {
        let policy = try PolicySamples.policy(
            rule("yes", "allow", "label: openWeights"), tail: exception("default", expires: "2026-12-01T00:00:00Z"))
        let decision = policy.decide(PolicySamples.facts([.label: ["closed"]]))
        #expect(decision.allows && decision.isDefault && decision.exceptions.count == 1)
        #expect(!policy.decide(PolicySamples.facts([.label: ["closed"]]), model: "b/c").allows)
    }

    @Test("claims that nobody checked may refuse, and never allow")
    func claims() throws {
        let policy = try PolicySamples.policy(
            [
                rule("cleared", "allow", "label: openSourceAI"), rule("no", "deny", "license: CC-BY-NC-4.0"),
                rule("terms", "deny", "terms.commercialUse: prohibited"), rule("yes", "allow", "license: MIT"),
            ].joined(separator: "\n"))
        func refusal(_ facts: [PolicyField: [String]]) -> PolicyDecision? {
            policy.refuses(claimed: PolicySamples.facts(facts), PolicySamples.subject(), at: PolicySamples.time)
        }
        #expect(refusal([.license: ["CC-BY-NC-4.0"], .label: ["openWeights"]])?.ruleID == "no")
        // The label may yet be openSourceAI, which an earlier rule allows.
        #expect(refusal([.license: ["CC-BY-NC-4.0"]]) == nil)
        // Unknown terms are denied, but the evidence may still tell them.
        #expect(refusal([.license: ["MIT"], .label: ["openWeights"]]) == nil)
        #expect(refusal([.license: ["X"], .label: ["openWeights"], .commercialUse: ["permitted"]]) == nil)
    }
}
