import Testing
import WaybillFormat
import WaybillSystem
import WaybillTrust

/// The walks of an organisation's life with its keys.
@Suite struct KeySetDraftTests {
    private let acme = try? OrganizationName("acme")

    private func draft(_ root: [String], _ threshold: Int) throws -> KeySetDraft {
        KeySetDraft(org: try #require(acme), root: try root.map(TestKeys.row), threshold: threshold)
    }

    /// Signs in turn, each from the bytes that the one before handed on.
    private func sign(_ set: SignedKeySet, _ names: [String], after previous: TrustedKeySet? = nil) throws -> SignedKeySet {
        var bytes = set.encoded()
        for name in names {
            var carried = try SignedKeySet(decoding: bytes, subject: "proposal.json")
            try carried.sign(with: try TestKeys.key(name), after: previous)
            #expect(carried.keySet == set.keySet && carried.fingerprint == set.fingerprint)
            bytes = carried.encoded()
        }
        return try SignedKeySet(decoding: bytes, subject: "proposal.json")
    }

    private func accept(_ set: SignedKeySet, after previous: TrustedKeySet? = nil) throws -> TrustedKeySet {
        var chain = previous.map(KeySetChain.init(remembered:)) ?? KeySetChain(firstUseOf: set.keySet.org)
        if let previous { try chain.take(shown[previous.fingerprint]) }
        let bytes = set.encoded()
        try chain.take(bytes)
        let newest = try #require(chain.newest)
        shown[newest.fingerprint] = bytes
        return newest
    }

    private final class Shown { var sets: [Fingerprint: [UInt8]] = [:] }
    private let store = Shown()
    private var shown: [Fingerprint: [UInt8]] {
        get { store.sets }
        nonmutating set { store.sets = newValue }
    }

    @Test func aFirstSetIsMadeAndSigned() throws {
        var draft = try draft(["ada", "ben"], 2)
        try draft.add(try TestKeys.row("cyd"))
        try draft.grant(.publisher, to: try TestKeys.id("cyd"), models: [try #require(NameGlob("tiny*"))])
        try draft.add(try TestKeys.row("dan"))
        try draft.grant(.publisher, to: try TestKeys.id("dan"), models: [try #require(NameGlob("tiny*"))])
        try draft.setThreshold(2, of: .publisher, models: [try #require(NameGlob("tiny*"))])
        let set = try draft.keySet(time: writtenAt)
        #expect(set.keySet.roles.map(\.kind) == [.root, .publisher] && set.keySet.roles[1].threshold == 2)
        let needs = try KeySetSuccession(of: set, after: nil).needs
        #expect(needs.map(\.threshold) == [2] && needs[0].signers.isEmpty && needs[0].candidates.count == 2)
        let half = try sign(set, ["ada"])
        #expect(try KeySetSuccession(of: half, after: nil).needs.first?.signers.map(\.name) == ["ada"])
        #expect(throws: TrustError.self) { try accept(half) }
        #expect(try accept(try sign(half, ["ben"])).n == 1)
    }

    @Test func signingAgainReplacesASignature() throws {
        let set = try sign(try draft(["ada", "ben"], 2).keySet(time: writtenAt), ["ada", "ada", "ada"])
        #expect(set.signatures.count == 1)
        #expect(try !KeySetSuccession(of: set, after: nil).isComplete)
    }

    @Test func aKeyWhoseSignatureWouldNotCountIsToldSo() throws {
        var draft = try draft(["ada"], 1)
        try draft.add(try TestKeys.row("cyd"))
        try draft.grant(.publisher, to: try TestKeys.id("cyd"))
        let set = try draft.keySet(time: writtenAt)
        expectError(.usage, "may not sign this set") { try sign(set, ["cyd"]) }
        expectError(.usage, "in neither key set") { try sign(set, ["dan"]) }
    }

    @Test func rotationWalk() throws {
        let one = try accept(try sign(try draft(["ada", "ben"], 2).keySet(time: writtenAt), ["ada", "ben"]))
        var draft = KeySetDraft(after: one)
        try draft.rotate(try TestKeys.id("ben"), to: try TestKeys.row("fay"))
        let set = try draft.keySet(time: writtenAt)
        #expect(set.keySet.keys.map(\.name).sorted() == ["ada", "fay"])
        // The old root hands over, and the new one takes: Ada is in both.
        #expect(throws: TrustError.self) { try accept(try sign(set, ["ada", "fay"], after: one), after: one) }
        #expect(throws: TrustError.self) { try accept(try sign(set, ["ada", "ben"], after: one), after: one) }
        let two = try accept(try sign(set, ["ada", "ben", "fay"], after: one), after: one)
        var third = KeySetDraft(after: two)
        third.expires = stamp(day)
        expectError(.usage, "in neither key set") { try sign(try third.keySet(time: writtenAt), ["ben"], after: two) }
        #expect(try accept(try sign(try third.keySet(time: writtenAt), ["ada", "fay"], after: two), after: two).n == 3)
    }

    @Test func lossOfOneKeyOfThreeWalk() throws {
        let one = try accept(try sign(try draft(["ada", "ben", "cyd"], 2).keySet(time: writtenAt), ["ada", "ben"]))
        // Cyd's key is lost: the other two replace it.
        var draft = KeySetDraft(after: one)
        try draft.rotate(try TestKeys.id("cyd"), to: try TestKeys.row("dan"))
        let two = try accept(try sign(try draft.keySet(time: writtenAt), ["ada", "ben"], after: one), after: one)
        let lost = try TestKeys.id("cyd")
        #expect(two.keySet.root.keys.count == 3 && two.keySet.key(lost) == nil)
    }

    @Test func recoveryAfterALeakWalk() async throws {
        var first = try draft(["ada", "ben", "cyd"], 2)
        try first.add(try TestKeys.row("gus"))
        try first.grant(.revoker, to: try TestKeys.id("gus"))
        let one = try accept(try sign(try first.keySet(time: writtenAt), ["ada", "ben"]))
        // At once, by the revoker alone: Cyd's key has leaked.
        var revoking = KeySetDraft(after: one)
        try revoking.revoke(key: try TestKeys.id("cyd"), reason: "It leaked.", time: writtenAt)
        let two = try accept(try sign(try revoking.keySet(time: writtenAt), ["gus"], after: one), after: one)
        // Then by root: a new key in its place. Who holds the leaked key adds nothing.
        var draft = KeySetDraft(after: two)
        try draft.rotate(try TestKeys.id("cyd"), to: try TestKeys.row("eve"))
        let set = try draft.keySet(time: writtenAt)
        expectError(.usage, "may not sign this set") { try sign(set, ["cyd"], after: two) }
        let forged = try SignedKeySet(decoding: try set.keySet.signed(by: ["ada", "cyd"]), subject: "x")
        await expectRefusal(.brokenKeySet, "threshold missed: 1 of 2") { try accept(forged, after: two) }
        let three = try accept(try sign(set, ["ada", "eve", "ben"], after: two), after: two)
        #expect(three.keySet.revocation(ofKey: try TestKeys.id("cyd")) != nil)
        expectError(.usage, "was revoked on") {
            var again = KeySetDraft(after: three)
            try again.add(try TestKeys.row("cyd"))
        }
    }

    @Test func theOnlyKeyThatLeakedHandsOver() throws {
        let one = try accept(try sign(try draft(["ada"], 1).keySet(time: writtenAt), ["ada"]))
        var draft = KeySetDraft(after: one)
        try draft.rotate(try TestKeys.id("ada"), to: try TestKeys.row("ben"))
        try draft.revoke(key: try TestKeys.id("ada"), reason: "It leaked.", time: writtenAt)
        let set = try draft.keySet(time: writtenAt)
        #expect(throws: TrustError.self) { try accept(try sign(set, ["ben"], after: one), after: one) }
        #expect(try accept(try sign(set, ["ada", "ben"], after: one), after: one).n == 2)
    }

    @Test func whatCannotBeIsRefusedWithItsReason() throws {
        let one = try accept(try sign(try draft(["ada", "ben"], 2).keySet(time: writtenAt), ["ada", "ben"]))
        func refused(_ cause: String, _ change: (inout KeySetDraft) throws -> Void) {
            var draft = KeySetDraft(after: one)
            expectError(.usage, cause) { try change(&draft) }
        }
        refused("has 1 keys, and needs 2") { try $0.remove(try TestKeys.id("ben")) }
        refused("does not stand among its keys") { try $0.remove(try TestKeys.id("cyd")) }
        refused("does not stand among its keys") { try $0.grant(.publisher, to: try TestKeys.id("cyd")) }
        refused("does not stand among its keys") { try $0.rotate(try TestKeys.id("cyd"), to: try TestKeys.row("dan")) }
        refused("the new key is the old one") { try $0.rotate(try TestKeys.id("ada"), to: try TestKeys.row("ada")) }
        refused("already stands in a role") { try $0.rotate(try TestKeys.id("ada"), to: try TestKeys.row("ben")) }
        refused("threshold of 3 with 2 keys") { try $0.setThreshold(3, of: .root) }
        refused("threshold of 0") { try $0.setThreshold(0, of: .root) }
        refused("there is no role reviewer") { try $0.setThreshold(1, of: .reviewer) }
        refused("revoked already") {
            try $0.revoke(key: digest("k"), reason: "Lost.", time: writtenAt)
            try $0.revoke(key: digest("k"), reason: "Lost.", time: writtenAt)
        }
        refused("revoked already") {
            try $0.revoke(manifest: digest("m"), reason: "Bad.", time: writtenAt)
            try $0.revoke(manifest: digest("m"), reason: "Bad.", time: writtenAt)
        }
        // What only the whole set shows is found when it is made.
        refused("nobody could sign a next set") {
            try $0.revoke(key: try TestKeys.id("ada"), reason: "Lost.", time: writtenAt)
            _ = try $0.keySet(time: writtenAt)
        }
        refused("the reason of a revocation") {
            try $0.revoke(manifest: digest("m"), reason: "", time: writtenAt)
            _ = try $0.keySet(time: writtenAt)
        }
        refused("is for all models") {
            try $0.grant(.revoker, to: try TestKeys.id("ada"), models: [try #require(NameGlob("tiny"))])
            _ = try $0.keySet(time: writtenAt)
        }
    }

    @Test func removingTheLastKeyOfARoleEndsTheRole() throws {
        var draft = try draft(["ada"], 1)
        try draft.add(try TestKeys.row("cyd"))
        try draft.grant(.publisher, to: try TestKeys.id("cyd"))
        try draft.remove(try TestKeys.id("cyd"))
        #expect(draft.roles.map(\.kind) == [.root] && draft.keys.count == 1)
    }
}
