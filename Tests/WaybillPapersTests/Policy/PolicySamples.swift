import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

enum PolicySamples {
    static let time = "2026-11-24T12:00:00Z"

    static func read(_ text: String) -> (policy: Policy?, problems: [DocumentProblem]) {
        let bytes = Array(text.utf8)
        return PolicyReader.read(bytes, digest: SHA256.digest(of: bytes))
    }

    /// A policy with these lines below `rules:`, or below what they say themselves.
    static func policy(_ rules: String, tail: String = "") throws -> Policy {
        let found = read("waybillPolicy: 1\nname: test\nrules:\n\(rules)\n\(tail)")
        return try #require(found.policy, "\(found.problems)")
    }

    static func facts(_ words: [PolicyField: [String]]) -> PolicyFacts {
        var facts = PolicyFacts()
        for (field, words) in words { facts[field] = .words(words) }
        return facts
    }

    static func subject(_ model: String? = "acme/tiny") -> PolicySubject {
        PolicySubject(model: model, contentId: SHA256.digest(of: Array("files".utf8)))
    }
}

extension Policy {
    func decide(_ facts: PolicyFacts, _ gate: PolicyGate = .papers, model: String? = "acme/tiny") -> PolicyDecision {
        decide(gate, facts, PolicySamples.subject(model), at: PolicySamples.time)
    }
}
