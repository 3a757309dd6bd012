import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

@Suite struct TrustRecordTests {
    private let tiny = "acme/tiny"

    private func keys() throws -> (one: TrustedKeySet, two: TrustedKeySet, other: TrustedKeySet) {
        let one = try plainSet()
        let signers = ["ada", "ben"]
        return (
            try walk([(one, signers)]), try walk([(one, signers), (try one.next(), signers)]),
            try walk([(one, signers), (try one.next(expires: .some(stamp(day))), signers)])
        )
    }

    private func record(_ keys: TrustedKeySet) -> TrustRecord {
        TrustRecord(pinned: keys.fingerprint, pinning: .given, since: writtenAt, keySet: keys)
    }

    private func entry(_ n: Int, _ ref: String = "main", previous: Digest? = nil, model: String = "acme/tiny") throws -> RefEntry {
        RefEntry(
            model: try ModelName(model), ref: try RefName(ref), n: n, previous: n == 1 ? nil : previous ?? digest("entry \(n - 1)"),
            manifest: digest("m"), time: writtenAt)
    }

    private func seen(_ record: TrustRecord, _ ref: String = "main") throws -> Int? {
        record.refs[.init(try ModelName(tiny), try RefName(ref))]?.n
    }

    @Test func entriesOnlyRise() async throws {
        var record = record(try keys().one)
        try record.accept(try entry(3), digest: digest("entry 3"))
        try record.accept(try entry(3), digest: digest("entry 3"))
        await expectRefusal(.rollback, "entry 3 was accepted before, and this is entry 2") {
            try record.accept(try entry(2), digest: digest("entry 2"))
        }
        await expectRefusal(.fork, "another entry 3") { try record.accept(try entry(3), digest: digest("another")) }
        await expectRefusal(.fork, "follows another entry 3") {
            try record.accept(try entry(4, previous: digest("another")), digest: digest("entry 4"))
        }
        #expect(try seen(record) == 3)
        try record.accept(try entry(4), digest: digest("entry 4"))
        try record.accept(try entry(9), digest: digest("entry 9"))
        #expect(try seen(record) == 9)
        // Other refs and models have numbers of their own.
        try record.accept(try entry(1, "v1"), digest: digest("entry 1"))
        try record.accept(try entry(1, model: "acme/huge"), digest: digest("entry 1"))
        await expectRefusal(.replay) { try record.accept(try entry(1, model: "beta/tiny"), digest: digest("entry 1")) }
    }

    @Test func keySetsOnlyRise() async throws {
        let (one, two, other) = try keys()
        var record = record(one)
        try record.accept(one)
        try record.accept(two)
        #expect(record.keySet == two && record.pinned == one.fingerprint)
        await expectRefusal(.rollback, "set 2 of acme was accepted before, and this is set 1") { try record.accept(one) }
        await expectRefusal(.fork, "another set 2") { try record.accept(other) }
        let stranger = try walk([(try plainSet("beta"), ["ada", "ben"])])
        await expectRefusal(.replay) { try record.accept(stranger) }
        #expect(record.keySet == two)
    }

    /// A name that only looks like the pinned one gets no further than the pinned one unsigned.
    @Test func anotherCaseIsCoveredAndRefused() async throws {
        let keys = try keys().one
        for (name, isCovered) in [("acme/tiny", true), ("Acme/tiny", true), ("acme2/tiny", false)] {
            #expect(record(keys).covers(try ModelName(name)) == isCovered)
        }
        var ref = try RefWriter(Mirror(), "Acme/tiny")
        try ref.append(["cyd"])
        let written = ref
        await expectRefusal(.replay, "the key set is of acme") { try await written.check(keys) }
    }

    @Test func aCheckedEntryIsRemembered() async throws {
        let keys = try keys().one
        let mirror = Mirror()
        var ref = try RefWriter(mirror)
        try ref.append(["cyd"])
        var record = record(keys)
        try record.accept(try await ref.check(keys))
        #expect(record.refs[.init(ref.model, ref.ref)] == .init(n: 1, digest: SHA256.digest(of: ref.newest)))
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let (one, two, _) = try keys()
        var record = record(one)
        #expect(try TrustRecord(decoding: record.encoded(), subject: "acme.json") == record)
        try record.accept(two)
        for n in 1...3 { try record.accept(try entry(n, "r\(n)"), digest: digest("entry \(n)")) }
        try record.accept(try entry(7, model: "acme/Huge"), digest: digest("x"))
        let again = try TrustRecord(decoding: record.encoded(), subject: "acme.json")
        #expect(again == record && again.chain.newest == two)
    }

    @Test func aDamagedRecordIsRefused() throws {
        let (one, two, _) = try keys()
        var record = record(one)
        try record.accept(two)
        try record.accept(try entry(3), digest: digest("entry 3"))
        let text = String(decoding: record.encoded(), as: UTF8.self)
        func refused(_ cause: String, _ from: String, _ to: String, code: ErrorCode = .integrity) {
            #expect(text.contains(from))
            expectError(code, cause) { try TrustRecord(decoding: Array(text.replacing(from, with: to).utf8), subject: "x") }
        }
        refused("not the JSON", "{", "")
        refused("missing or malformed", "\"pinning\":\"given\"", "\"pinning\":\"guessed\"")
        refused("missing or malformed", "\"since\":\"\(writtenAt)\"", "\"since\":\"now\"")
        refused("one form", "\"waybill\":1", "\"waybill\":1,\"x\":2")
        refused("version 2", "\"waybill\":1", "\"waybill\":2", code: .failure)
        refused("row of the refs", "\"n\":3", "\"n\":0")
        refused("row of the refs", "\"model\":\"acme/tiny\"", "\"model\":\"beta/tiny\"")
        refused("replay", "\"n\":2", "\"n\":1")
        expectError(.integrity, "larger than") {
            try TrustRecord(decoding: [UInt8](repeating: 0x20, count: TrustRecord.maximumByteCount + 1), subject: "x")
        }
        // A key set that its own keys did not sign is no memory of ours.
        let forged = Base64.encode(try plainSet().next().signed(by: ["ada"]))
        let kept = try #require(try JSONValue(parsing: record.encoded())["keySet"]?.text)
        refused("broken key set", kept, forged)
    }

    /// Two commands at a time: in whatever order they end, nothing is lowered.
    @Test(arguments: [21, 22, 23, 24, 25]) func mergingNeverLowers(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (one, two, _) = try keys()
        for _ in 0..<40 {
            let base = record(one)
            func ran(_ generator: inout SeededGenerator) throws -> TrustRecord {
                var copy = base
                if Bool.random(using: &generator) { try copy.accept(two) }
                for ref in ["main", "v1", "v2"] where Bool.random(using: &generator) {
                    let n = Int.random(in: 1...5, using: &generator)
                    try copy.accept(try entry(n, ref), digest: digest("entry \(n)"))
                }
                return copy
            }
            let (a, b) = (try ran(&generator), try ran(&generator))
            let merged = try a.merged(with: b)
            #expect(try b.merged(with: a) == merged && merged.merged(with: a) == merged, "seed \(seed)")
            #expect(merged.keySet.n == max(a.keySet.n, b.keySet.n))
            for key in Set(a.refs.keys).union(b.refs.keys) {
                #expect(merged.refs[key]?.n == max(a.refs[key]?.n ?? 0, b.refs[key]?.n ?? 0), "seed \(seed)")
            }
        }
    }

    @Test func aForkOrANewPinBetweenTwoCommandsIsNoticed() async throws {
        let (one, two, other) = try keys()
        var a = record(one)
        var b = a
        try a.accept(try entry(3), digest: digest("entry 3"))
        try b.accept(try entry(3), digest: digest("another"))
        await expectRefusal(.fork, "another entry 3") { try a.merged(with: b) }
        var c = record(one)
        var d = c
        try c.accept(two)
        try d.accept(other)
        await expectRefusal(.fork, "another set 2") { try c.merged(with: d) }
        expectError(.conflict, "another fingerprint was pinned") { try c.merged(with: record(two)) }
    }
}
