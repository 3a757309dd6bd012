import Foundation
import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTestSupport

@Suite struct PolicyReaderTests {
    private static let head = "waybillPolicy: 1\nname: test\n"
    private static let rule = head + "rules:\n  - id: a\n    effect: deny\n    reason: b\n    "
    private static let determined = "result: meets, reviewer: r, reason: r, date: 2026-01-01T00:00:00Z"

    @Test(
        "every mistake is named with its line, and nothing is taken from the document",
        arguments: [
            ("", nil, "empty"),
            ("name: test", 1, "lacks `waybillPolicy: 1`"),
            ("waybillPolicy: 2\nname: x", 1, "newer Waybill"),
            ("waybillPolicy: 1", 1, "lacks `name`"),
            (head + "defautl: deny", 3, "did you mean `default`"),
            (head + "default: maybe", 3, "one of deny, allow"),
            (head + "rules: no", 3, "is a list"),
            (head + "rules:\n  - {id: a, effect: deny}", 4, "lacks `reason`"),
            (head + "rules:\n  - {id: a, effect: refuse, reason: b}", 4, "one of deny, warn, allow"),
            (head + "rules:\n  - {id: default, effect: deny, reason: b}", 4, "is no id"),
            (head + "rules:\n  - {id: 'a b', effect: deny, reason: b}", 4, "is no id"),
            (head + "rules:\n  - {id: a, effect: deny, reason: b}\n  - {id: a, effect: deny, reason: b}", 5, "twice"),
            (head + "rules:\n  - id: a\n    effect: deny\n    reason: b\n    when: {lisense: MIT}", 7, "did you mean `license`"),
            (rule + "when:\n      label: openWeight", 8, "did you mean `openWeights`"),
            (head + "rules:\n  - id: a\n    effect: deny\n    reason: b\n    when:\n      label: []", 8, "expects nothing"),
            (head + "rules:\n  - id: a\n    effect: deny\n    reason: b\n    when: MIT", 7, "is a condition"),
            (head + "rules:\n  - id: a\n    effect: deny\n    reason: b\n    when:\n      all: {label: closed}", 8, "list of conditions"),
            (head + "exceptions:\n  - {rules: [x], models: [a/b], owner: o, reason: r, expires: 2027-01-01T00:00:00Z}", 4, "names no rule"),
            (head + "exceptions:\n  - {rules: [default], owner: o, reason: r, expires: 2027-01-01T00:00:00Z}", 4, "neither models nor"),
            (head + "exceptions:\n  - {rules: [default], models: [a/b], owner: o, reason: r}", 4, "lacks `expires`"),
            (head + "exceptions:\n  - {rules: [default], models: [a/b], owner: o, reason: r, expires: 2027-01-01}", 4, "is a time"),
            (head + "ancestors:\n  - {name: a, license: 'MIT AND'}", 4, "no SPDX licence expression"),
            (head + "determinations:\n  - {definition: OSAID-2.0, \(determined)}", 4, "one of"),
            (head + "determinations:\n  - {definition: OSAID-1.0, \(determined)}", 4, "neither a content id"),
            (head + "rules: &a []", 3, "anchor"),
            (head + "name: twice", nil, "twice"),
        ] as [(String, Int?, String)])
    func mistakes(text: String, line: Int?, words: String) {
        let found = PolicySamples.read(text)
        #expect(found.policy == nil)
        #expect(found.problems.contains { ($0.line == line || line == nil) && $0.problem.contains(words) }, "\(found.problems)")
    }

    @Test("the example of Protocol/POLICY.md is a policy")
    func example() throws {
        let text = try String(contentsOf: Repository.url("Protocol/POLICY.md"), encoding: .utf8)
        let block = try #require(text.split(separator: "```yaml\n").dropFirst().first?.split(separator: "```").first)
        let found = PolicySamples.read(String(block))
        let policy = try #require(found.policy, "\(found.problems)")
        #expect(policy.rules.map(\.id) == ["no-noncommercial", "only-safe-formats", "nothing-unsafe", "open-licences"])
        #expect(policy.exceptions.count == 1 && policy.ancestors.count == 1 && !policy.allowsByDefault)
    }

    @Test("every fact of the program is in Protocol/POLICY.md")
    func documented() throws {
        let text = try String(contentsOf: Repository.url("Protocol/POLICY.md"), encoding: .utf8)
        for field in PolicyField.allCases {
            let short = field.rawValue.split(separator: ".").last.map { "`.\($0)`" } ?? ""
            #expect(text.contains("`\(field.rawValue)`") || text.contains(short), "\(field.rawValue)")
        }
    }

    @Test("ready policies are policies, named as they are called", arguments: ReadyPolicy.allCases)
    func ready(policy: ReadyPolicy) throws {
        let found = PolicyReader.read(policy.bytes, digest: SHA256.digest(of: policy.bytes))
        #expect(found.problems == [])
        #expect(try #require(found.policy).name == policy.rawValue)
        #expect(try #require(found.policy).has(.content))
    }

    @Test("damaged documents are errors or policies, never a crash", arguments: 0..<60)
    func mutations(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = ReadyPolicy.permissiveCommercial.bytes
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 40)], at: index)
            }
        }
        let found = PolicyReader.read(bytes, digest: SHA256.digest(of: bytes))
        #expect((found.policy == nil) == !found.problems.isEmpty)
    }
}
