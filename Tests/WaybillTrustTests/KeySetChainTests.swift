import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

@Suite struct KeySetChainTests {
    private func fingerprint(_ set: KeySet) -> Fingerprint { set.fingerprint(sha256: SHA256.digest(of:)) }

    private func mirror(_ sets: [(KeySet, [String])]) throws -> Mirror {
        let mirror = Mirror()
        for (set, signers) in sets { mirror[set.objectName] = try set.signed(by: signers) }
        return mirror
    }

    @Test func anySetCanBePinnedAndTheNewestIsFound() throws {
        let one = try plainSet()
        let two = try one.next(revokedKeys: [.init(digest("k"), reason: "Lost.", time: writtenAt)])
        let three = try two.next(expires: .some(stamp(day)))
        let mirror = try mirror([(one, ["ada", "ben"]), (two, ["gus"]), (three, ["ada", "ben"])])
        for pinned in [one, two, three] {
            var chain = KeySetChain(org: one.org, pinned: fingerprint(pinned))
            try mirror.take(&chain)
            #expect(chain.newest?.keySet == three, "pinned at \(pinned.n)")
        }
        // Older sets than the pinned one are not needed, whatever is shown in their place.
        mirror[one.objectName] = Array("damaged".utf8)
        var chain = KeySetChain(org: one.org, pinned: fingerprint(two))
        try mirror.take(&chain)
        #expect(chain.newest?.n == 3)
    }

    @Test func firstUseBeginsWithSetOne() async throws {
        let one = try plainSet()
        var chain = KeySetChain(firstUseOf: one.org)
        let honest = try mirror([(one, ["ada", "ben"])])
        try honest.take(&chain)
        #expect(chain.newest?.fingerprint == fingerprint(one))
        await expectRefusal(.brokenKeySet, "unsigned") {
            var chain = KeySetChain(firstUseOf: one.org)
            try mirror([(one, [])]).take(&chain)
        }
        expectError(.notFound, "no key set") {
            var chain = KeySetChain(firstUseOf: one.org)
            try Mirror().take(&chain)
        }
        expectError(.notFound, "no key set") {
            var chain = KeySetChain(org: one.org, pinned: fingerprint(one))
            try Mirror().take(&chain)
        }
    }

    @Test func aMirrorWithLessThanIsKnownIsRefused() async throws {
        let one = try plainSet()
        let two = try one.next()
        let other = try one.next(expires: .some(stamp(day)))
        let known = try walk([(one, ["ada", "ben"]), (two, ["ada", "ben"])])
        func shown(_ sets: [(KeySet, [String])]) throws -> TrustedKeySet? {
            var chain = KeySetChain(remembered: known)
            try mirror(sets).take(&chain)
            return chain.newest
        }
        #expect(try shown([(one, ["ada", "ben"]), (two, ["ada", "ben"])])?.keySet == two)
        await expectRefusal(.rollback, "set 2 of acme") { try shown([(one, ["ada", "ben"])]) }
        // Signed well: only what is remembered tells the two apart.
        await expectRefusal(.fork, "another set 2") { try shown([(one, ["ada", "ben"]), (other, ["ada", "ben"])]) }
        // The same set with other signatures on it is the same set.
        #expect(try shown([(two, ["ada"])])?.keySet == two)
    }

    @Test func aSetOfAnotherPlaceIsReplayed() async throws {
        let one = try plainSet()
        await expectRefusal(.replay, "trust/acme/1.json") { try SignedKeySet(decoding: try one.signed(by: []), org: one.org, n: 2) }
        let other = try OrganizationName("acmf")
        await expectRefusal(.replay) { try SignedKeySet(decoding: try one.signed(by: []), org: other, n: 1) }
    }

    @Test func aWalkThatFailedDoesNotGoOn() throws {
        let one = try plainSet()
        var chain = KeySetChain(firstUseOf: one.org)
        #expect(throws: TrustError.self) { try chain.take(try one.signed(by: ["ada"])) }
        #expect(chain.next == nil)
        try chain.take(try one.signed(by: ["ada", "ben"]))
        #expect(chain.newest == nil)
    }

    @Test func aSearchIsBounded() async throws {
        let one = try plainSet()
        let bytes = Array("no key set".utf8)
        var chain = KeySetChain(org: one.org, pinned: fingerprint(one))
        for _ in 0..<KeySetChain.maximumLength { try chain.take(bytes) }
        await expectRefusal(.brokenKeySet, "follow one another") { try chain.take(bytes) }
    }

    @Test func keysThatAreNoneAreRefused() async throws {
        let bytes = Array("no key".utf8)
        let id = KeySet.keyID(of: bytes, sha256: SHA256.digest(of:))
        let set = KeySet(
            org: try OrganizationName("acme"), n: 1, previous: nil, keys: [.init(id: id, name: "x", publicKey: bytes)],
            roles: [.init(.root, keys: [id])], time: writtenAt)
        await expectRefusal(.brokenKeySet, "is not a public key") { try SignedKeySet(set) }
    }

    /// Every set of signers, of thresholds and of revocations over a small family of successors, against the rules said plainly.
    @Test func everySmallSuccessionIsDecidedAsTheModelDecides() throws {
        let names = ["ada", "ben", "cyd", "gus"]
        var counts = (accepted: 0, refused: 0)
        for oldThreshold in 1...2 {
            let roles = [try role(.root, ["ada", "ben"], oldThreshold), try role(.revoker, ["cyd", "gus"], 2)]
            let one = try KeySet.first(roles)
            let known = try walk([(one, ["ada", "ben"])])
            let rotated = [try role(.root, ["ben", "cyd"], 1), try role(.revoker, ["cyd", "gus"], 2)]
            for newRoles in [roles, rotated] {
                for revokedMask in 0..<16 {
                    let revoked = names.enumerated().filter { revokedMask >> $0.offset & 1 == 1 }.map(\.element)
                    let next = try one.next(roles: newRoles, revokedKeys: try revoked.map(KeySet.revoking))
                    guard let unsigned = try? SignedKeySet(next) else { continue }
                    for signerMask in 0..<16 {
                        let signers = names.enumerated().filter { signerMask >> $0.offset & 1 == 1 }.map(\.element)
                        let signed = try SignedKeySet(decoding: try next.signed(by: signers), org: next.org, n: 2)
                        #expect(signed.fingerprint == unsigned.fingerprint)
                        let found = try KeySetSuccession(of: signed, after: known).isComplete
                        let expected = Self.model(
                            signers, revoked, old: (["ada", "ben"], oldThreshold),
                            new: newRoles == roles ? (["ada", "ben"], oldThreshold) : (["ben", "cyd"], 1),
                            revokers: newRoles == roles ? ["cyd", "gus"] : nil)
                        #expect(found == expected, "\(signers) sign, \(revoked) revoked, threshold \(oldThreshold), \(newRoles == roles)")
                        if found { counts.accepted += 1 } else { counts.refused += 1 }
                    }
                }
            }
        }
        #expect(counts.accepted > 100 && counts.refused > 100, "\(counts)")
    }

    private static func model(
        _ signers: [String], _ revoked: [String], old: ([String], Int), new: ([String], Int), revokers: [String]?
    ) -> Bool {
        var votesOld = 0
        for name in old.0 where signers.contains(name) { votesOld += 1 }
        var votesNew = 0
        for name in new.0 where signers.contains(name) && !revoked.contains(name) { votesNew += 1 }
        if votesOld >= old.1 && votesNew >= new.1 { return true }
        guard let revokers else { return false }
        return revokers.allSatisfy { signers.contains($0) && !revoked.contains($0) }
    }

    /// Random chains of honest and dishonest sets: a walk goes exactly as far as the model says.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8]) func randomChainsGoAsFarAsTheModel(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let people = ["ada", "ben", "cyd", "dan"]
        for _ in 0..<12 {
            let mirror = Mirror()
            var set = try KeySet.first([role(.root, ["ada", "ben"], 1), role(.revoker, ["gus"])])
            mirror[set.objectName] = try set.signed(by: ["ada"])
            let pinned = fingerprint(set)
            var root = (names: ["ada", "ben"], threshold: 1)
            var revoked: Set<String> = []
            var reach = 1
            var isBroken = false
            for _ in 0..<6 {
                let before = (root, revoked)
                let change = Int.random(in: 0..<5, using: &generator)
                var names = root.names
                var threshold = root.threshold
                var dropped = false
                switch change {
                case 0: names = Array(people.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)))
                case 1: if let name = people.randomElement(using: &generator) { revoked.insert(name) }
                case 2: threshold = Int.random(in: 1...names.count, using: &generator)
                case 3:
                    dropped = !revoked.isEmpty && Bool.random(using: &generator)
                    if dropped { revoked.removeFirst() }
                default: break
                }
                threshold = min(threshold, names.count)
                guard names.filter({ !revoked.contains($0) }).count >= threshold else {
                    revoked = before.1
                    continue
                }
                let lies = Int.random(in: 0..<12, using: &generator) == 0
                let next = try set.next(
                    roles: [role(.root, names, threshold), role(.revoker, ["gus"])], revokedKeys: try revoked.map(KeySet.revoking),
                    previous: lies ? Fingerprint(digest("another")) : nil)
                let signers = (people + ["gus"]).filter { _ in Int.random(in: 0..<4, using: &generator) != 0 }
                mirror[next.objectName] = try next.signed(by: signers)
                let oldVotes = before.0.names.filter { signers.contains($0) && !before.1.contains($0) }.count
                let newVotes = names.filter { signers.contains($0) && !revoked.contains($0) }.count
                let byRoot = oldVotes >= before.0.threshold && newVotes >= threshold
                let sameRoot = Set(names) == Set(before.0.names) && threshold == before.0.threshold
                let byRevoker = sameRoot && signers.contains("gus")
                isBroken = isBroken || lies || dropped || !(byRoot || byRevoker)
                if !isBroken { reach = next.n }
                set = next
                root = (names, threshold)
            }
            var chain = KeySetChain(org: set.org, pinned: pinned)
            if isBroken { #expect(throws: TrustError.self) { try mirror.take(&chain) } } else { try mirror.take(&chain) }
            #expect(chain.newest?.n == reach, "seed \(seed)")
        }
    }
}
