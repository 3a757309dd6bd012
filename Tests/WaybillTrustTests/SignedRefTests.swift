import Testing
import WaybillFormat
import WaybillSystem
import WaybillTrust

/// Attacks on the refs of a pinned organisation that need more than one file; the others are scenes (SignedVectorTests).
@Suite struct SignedRefTests {
    private let mirror = Mirror()

    private func plain() throws -> TrustedKeySet { try walk([(try plainSet(), ["ada", "ben"])]) }

    private func row(_ text: String) -> AttestationIndex.Row {
        let bytes = Array(text.utf8)
        return .init(digest: SHA256.digest(of: bytes), predicateType: "urn:x", size: bytes.count)
    }

    @Test func theHonestEntryPasses() async throws {
        let keys = try plain()
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"])
        let found = try await ref.check(keys)
        #expect(found.signers.role == .publisher && found.signers.keys.map(\.name) == ["cyd"] && found.index == nil)
        #expect(found.publisher == found.signers && found.digest == SHA256.digest(of: ref.newest))
        #expect(found.expiresSoon(now: now) == nil)
    }

    @Test func strangersAndTheirOrganisationsAreTold() async throws {
        let keys = try plain()
        let stranger = try walk([(try KeySet.first([role(.root, ["dan"]), role(.publisher, ["dan"])], org: "beta"), ["dan"])])
        var ref = try RefWriter(mirror)
        try ref.append(["dan"])
        await expectRefusal(.wronglySigned) { try await ref.check(keys) }
        await expectRefusal(.anotherOrganization, "beta signed it") { try await ref.check(keys, others: [stranger]) }
        // A key set decides about its own organisation's models alone.
        await expectRefusal(.replay, "of beta") { try await ref.check(stranger) }
    }

    @Test func expiryWarnsForSevenDaysAndThenRefuses() async throws {
        let keys = try plain()
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"], expires: stamp(7 * day))
        #expect(try await ref.check(keys, at: now).expiresSoon(now: now) == 7 * day)
        #expect(try await ref.check(keys, at: now - 1).expiresSoon(now: now - 1) == nil)
        #expect(try await ref.check(keys, at: now + 7 * day - 1).expiresSoon(now: now + 7 * day - 1) == 1)
        await expectRefusal(.expiredEntry, "freeze") { try await ref.check(keys, at: now + 7 * day) }
        let set = try walk([(try plainSet(expires: stamp(day)), ["ada", "ben"])])
        #expect(set.expiresSoon(now: now) == day)
        try ref.append(["cyd"])
        #expect(try await ref.check(set, at: now + day - 1).entry.n == 2)
        await expectRefusal(.expiredKeySet) { try await ref.check(set, at: now + day) }
    }

    @Test func attachmentsAreFollowedToThePublisher() async throws {
        let keys = try plain()
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"], attestations: mirror.index(digest("m"), [row("a")], keys))
        try ref.append(["eve"], attestations: mirror.index(digest("m"), [row("a"), row("b")], keys))
        try ref.append(["fay"], attestations: mirror.index(digest("m"), [row("a"), row("b"), row("c")], keys))
        let found = try await ref.check(keys)
        #expect(found.signers.role == .reviewer && found.publisher.role == .publisher && found.publisher.keys.map(\.name) == ["cyd"])
        #expect(found.index?.rows.count == 3)
        // Each step keeps what the one before held, not only what the publisher's did.
        try ref.append(["eve"], attestations: mirror.index(digest("m"), [row("a"), row("c")], keys))
        await expectRefusal(.anotherRole, "drops an attestation of entry 3") { try await ref.check(keys) }
    }

    @Test func attachmentsEndAfterSixtyFour() async throws {
        let keys = try plain()
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"])
        let index = mirror.index(digest("m"), [row("a")])
        for _ in 0..<64 { try ref.append(["eve"], attestations: index) }
        #expect(try await ref.check(keys).publisher.role == .publisher)
        try ref.append(["eve"], attestations: index)
        await expectRefusal(.anotherRole, "more than 64 entries") { try await ref.check(keys) }
        // The publisher's next entry ends the row.
        try ref.append(["cyd"], attestations: index)
        #expect(try await ref.check(keys).entry.n == 67)
    }

    @Test func attachmentsNeedTheirThreshold() async throws {
        let one = try KeySet.first([
            role(.root, ["ada"]), role(.publisher, ["cyd"]), role(.evaluator, ["eve", "fay"], 2, models: [#require(NameGlob("tiny"))]),
        ])
        let keys = try walk([(one, ["ada"])])
        for (model, signers, passes) in [
            ("acme/tiny", ["eve", "fay"], true), ("acme/tiny", ["eve"], false), ("acme/tiny", ["eve", "eve"], false),
            ("acme/huge", ["eve", "fay"], false),
        ] {
            var ref = try RefWriter(mirror, model)
            try ref.append(["cyd"])
            try ref.append(signers, attestations: mirror.index(digest("m"), [row("a")]))
            if passes {
                #expect(try await ref.check(keys).signers.role == .evaluator)
            } else {
                await expectRefusal(.anotherRole) { try await ref.check(keys) }
            }
        }
    }

    @Test func attachmentsChangeNothingElse() async throws {
        let keys = try plain()
        let index = mirror.index(digest("m"), [row("a")])
        func refused(_ change: (inout RefWriter) throws -> Void) async throws {
            var ref = try RefWriter(mirror)
            try ref.append(["cyd"], attestations: index, expires: stamp(day))
            try change(&ref)
            await expectRefusal(.anotherRole, "it changes more than attestations") { try await ref.check(keys) }
        }
        try await refused { try $0.append(["eve"], attestations: index) }
        try await refused { try $0.append(["eve"], attestations: index, expires: stamp(2 * day)) }
        try await refused { try $0.append(["eve"], attestations: index, reason: "Better.", expires: stamp(day)) }
        try await refused { try $0.append(["eve"], attestations: index, state: .withdrawn, reason: "Bad.", expires: stamp(day)) }
        try await refused {
            try $0.append(["eve"], manifest: digest("other"), attestations: mirror.index(digest("other"), []), expires: stamp(day))
        }
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"], attestations: index, expires: stamp(day))
        try ref.append(["eve"], attestations: index, expires: stamp(day))
        #expect(try await ref.check(keys).entry.n == 2)
    }

    @Test func aHiddenEntryOrIndexIsMissed() async throws {
        let keys = try plain()
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"])
        let index = mirror.index(digest("m"), [row("a")])
        try ref.append(["eve"], attestations: index)
        mirror[.refEntry(ref.model, ref.ref, 1)] = nil
        await expectRefusal(.withheld) { try await ref.check(keys) }
        try ref.append(["cyd"], attestations: index)
        #expect(try await ref.check(keys).entry.n == 3)
        mirror[.attestation(index)] = Array("other".utf8)
        await expectRefusal(.withheld, "other bytes") { try await ref.check(keys) }
        mirror[.attestation(index)] = nil
        await expectRefusal(.withheld, "not shown") { try await ref.check(keys) }
    }

    /// An evaluator's index that names no key set does not let a mirror hide the one that the publisher's index named.
    @Test func theKeySetOfEveryIndexIsShown() async throws {
        let one = try plainSet()
        let two = try one.next(revokedManifests: [.init(digest("bad"), reason: "Bad.", time: writtenAt)])
        let old = try walk([(one, ["ada", "ben"])])
        let new = try walk([(one, ["ada", "ben"]), (two, ["gus"])])
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"], attestations: mirror.index(digest("m"), [row("a")], new))
        await expectRefusal(.withheld, "names key set 2") { try await ref.check(old) }
        try ref.append(["eve"], attestations: mirror.index(digest("m"), [row("a")]))
        await expectRefusal(.withheld, "names key set 2") { try await ref.check(old) }
        #expect(try await ref.check(new).entry.n == 2)
    }

    @Test func withdrawalsAndRevocationsAreReadAloud() async throws {
        let one = try plainSet()
        let bad = try one.next(revokedManifests: [.init(digest("m"), reason: "Trained on \u{1B}[1mus.", time: writtenAt)])
        let keys = try walk([(one, ["ada", "ben"]), (bad, ["gus"])])
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"])
        await expectRefusal(.revokedManifest, "Trained on \\u{1B}[1mus.") { try await ref.check(keys) }
        try ref.append(["gus"], manifest: digest("n"), state: .withdrawn, reason: "Licence.")
        await expectRefusal(.withdrawn, "Licence.") { try await ref.check(keys) }
        let check = SignedRefCheck(keys: keys, now: now, read: mirror.reading)
        let shown = try await check.authenticate(ref.newest, model: ref.model, ref: ref.ref, n: 2)
        #expect(shown.signers.role == .revoker && shown.entry.state == .withdrawn)
        try ref.append(["gus"], manifest: digest("n"))
        await expectRefusal(.anotherRole, "\"gus\" is revoker, not publisher") { try await ref.check(keys) }
        try keys.requireUnrevoked(manifest: digest("n"))
    }
}
