import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

@Suite struct SignersTests {
    private let message = Array("message".utf8)

    private func signatures(_ names: [String], keyid: String? = nil) throws -> [EnvelopeSignature] {
        try names.map { name in
            let made = try EnvelopeSignature(of: message, by: try TestKeys.key(name))
            return EnvelopeSignature(keyid: keyid ?? made.keyid, sig: made.sig)
        }
    }

    private func signers(
        _ keys: TrustedKeySet, _ names: [String], as kinds: Set<KeySet.RoleKind> = [.publisher], model: String = "acme/tiny",
        by rule: SignatureRule = .threshold, keyid: String? = nil, others: [TrustedKeySet] = []
    ) throws -> Signers {
        try keys.signers(
            of: try signatures(names, keyid: keyid), over: message, as: kinds, for: try ModelName(model), by: rule, subject: "x",
            others: others)
    }

    private func set(_ publishers: [KeySet.Role], revoked: [String] = []) throws -> TrustedKeySet {
        let one = try KeySet.first([role(.root, ["ada"]), role(.evaluator, ["eve"])] + publishers)
        let next = try one.next(revokedKeys: try revoked.map(KeySet.revoking))
        return try walk([(one, ["ada"]), (next, ["ada"])])
    }

    @Test func eachReasonHasItsWord() async throws {
        let two = try set([try role(.publisher, ["cyd", "dan"], 2)])
        #expect(try signers(two, ["cyd", "dan"]).keys.map(\.name).sorted() == ["cyd", "dan"])
        await expectRefusal(.unsigned, "no publisher of acme") { try signers(two, []) }
        await expectRefusal(.thresholdMissed, "1 of 2 publisher keys of acme") { try signers(two, ["cyd"]) }
        await expectRefusal(.thresholdMissed, "1 of 2") { try signers(two, ["cyd", "cyd", "cyd"]) }
        await expectRefusal(.thresholdMissed, "1 of 2") { try signers(two, ["cyd", "eve", "gus"]) }
        await expectRefusal(.anotherRole, "\"eve\" is evaluator, not publisher for acme/tiny") { try signers(two, ["eve"]) }
        await expectRefusal(.wronglySigned, "set 2 of acme") { try signers(two, ["gus"]) }
        // What a signature says of itself changes nothing.
        await expectRefusal(.wronglySigned) { try signers(two, ["gus"], keyid: try TestKeys.id("cyd").hex) }
        #expect(try signers(two, ["cyd", "dan"], keyid: "nobody").keys.count == 2)
        #expect(try signers(two, ["dan"], by: .oneKey).keys.map(\.name) == ["dan"])
    }

    @Test func aSignatureOfOtherBytesCountsForNothing() async throws {
        let keys = try set([try role(.publisher, ["cyd"])])
        let good = try signatures(["cyd"])
        await expectRefusal(.wronglySigned) {
            try keys.signers(of: good, over: message + [0], as: [.publisher], for: try ModelName("acme/tiny"), subject: "x")
        }
        let bad = EnvelopeSignature(keyid: good[0].keyid, sig: [])
        await expectRefusal(.wronglySigned) {
            try keys.signers(of: [bad], over: message, as: [.publisher], for: try ModelName("acme/tiny"), subject: "x")
        }
    }

    @Test func aRevokedKeyCountsForNothing() async throws {
        let keys = try set([try role(.publisher, ["cyd", "dan"], 1)], revoked: ["cyd"])
        await expectRefusal(.revokedKey, "\"cyd\" was revoked on 2026-01-01T00:00:00Z: It leaked.") { try signers(keys, ["cyd"]) }
        #expect(try signers(keys, ["cyd", "dan"]).keys.map(\.name) == ["dan"])
        let two = try set([try role(.publisher, ["cyd", "dan"], 2)], revoked: ["cyd"])
        await expectRefusal(.revokedKey) { try signers(two, ["cyd", "dan"]) }
        // A key that was taken out as well is known by the name that the signature gives.
        let gone = try set([try role(.publisher, ["dan"])], revoked: ["cyd"])
        await expectRefusal(.revokedKey, try TestKeys.id("cyd").hex) { try signers(gone, ["cyd"]) }
    }

    @Test func aKeyOfAnotherOrganisationIsNamed() async throws {
        let keys = try set([try role(.publisher, ["cyd"])])
        let stranger = try walk([(try KeySet.first([role(.root, ["gus"]), role(.publisher, ["gus"])], org: "beta"), ["gus"])])
        await expectRefusal(.anotherOrganization, "beta signed it, not acme") { try signers(keys, ["gus"], others: [stranger]) }
        await expectRefusal(.wronglySigned) { try signers(keys, ["fay"], others: [stranger]) }
    }

    @Test(arguments: [
        ("*", true), ("tiny", true), ("t*", true), ("t?ny", true), ("Tiny", false), ("tin", false), ("tiny?", false), ("*x", false),
    ])
    func globsDecideForWhichModels(glob: String, matches: Bool) async throws {
        let keys = try set([try role(.publisher, ["cyd"], 1, models: [try #require(NameGlob(glob))])])
        if matches {
            #expect(try signers(keys, ["cyd"]).role == .publisher)
        } else {
            await expectRefusal(.anotherRole, "not publisher for acme/tiny") { try signers(keys, ["cyd"]) }
        }
    }

    @Test func twoRolesDoNotAddUp() async throws {
        let keys = try set([
            try role(.publisher, ["cyd", "dan"], 2), try role(.publisher, ["fay", "gus"], 2, models: [try #require(NameGlob("t*"))]),
        ])
        await expectRefusal(.thresholdMissed, "1 of 2") { try signers(keys, ["cyd", "gus"]) }
        #expect(try signers(keys, ["fay", "gus"]).keys.count == 2)
        await expectRefusal(.anotherRole) { try signers(keys, ["fay", "gus"], model: "acme/huge") }
    }

    /// Random roles, revocations and signatures, against counting by hand.
    @Test(arguments: [11, 12, 13, 14]) func randomSignaturesAreCountedAsByHand(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let people = ["ben", "cyd", "dan", "fay", "gus"]
        let globs = ["*", "tiny", "huge", "?iny"]
        var accepted = 0
        for _ in 0..<40 {
            var roles: [(kind: KeySet.RoleKind, names: [String], threshold: Int, glob: String)] = []
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let names = Array(people.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)))
                let kind: KeySet.RoleKind = Bool.random(using: &generator) ? .publisher : .reviewer
                let threshold = Int.random(in: 1...names.count, using: &generator)
                roles.append((kind, names, threshold, globs.randomElement(using: &generator) ?? "*"))
            }
            let revoked = people.filter { _ in Int.random(in: 0..<5, using: &generator) == 0 }
            let keys = try set(
                try roles.map { try role($0.kind, $0.names, $0.threshold, models: [try #require(NameGlob($0.glob))]) }, revoked: revoked)
            let names = people.filter { _ in Bool.random(using: &generator) }
            let expected = roles.contains { role in
                role.kind == .publisher && role.glob != "huge"
                    && Set(role.names).intersection(names).subtracting(revoked).count >= role.threshold
            }
            let found = try? signers(
                keys, names.shuffled(using: &generator) + names.prefix(1), keyid: Bool.random(using: &generator) ? "" : nil)
            #expect((found != nil) == expected, "seed \(seed): \(roles), \(names) sign, \(revoked) revoked")
            if expected { accepted += 1 }
        }
        #expect(accepted > 3 && accepted < 37)
    }
}
