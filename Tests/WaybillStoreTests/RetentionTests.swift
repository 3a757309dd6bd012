import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite struct RetentionTests {
    private func manifest(_ n: Int) -> Digest { SHA256.digest(of: [UInt8(n)]) }

    /// Entries 1 to `count`; entry n was written at second n.
    private func log(_ count: Int, burnt: Set<Int> = [], nameless: Set<Int> = []) -> [Retention.Entry] {
        (1...count).map { n in
            let isBurnt = burnt.contains(n)
            return .init(
                n: n, manifest: isBurnt || nameless.contains(n) ? nil : manifest(n), isBurnt: isBurnt, writtenAt: n * 1_000_000)
        }
    }

    private func kept(_ retention: Retention, _ entries: [Retention.Entry], ref: String = "main", now: Int = 10) throws -> [Int] {
        let kept = retention.kept(entries, of: .acme, try RefName(ref), now: now * 1_000_000)
        return entries.map(\.n).filter { kept.contains(manifest($0)) }
    }

    @Test func withoutRulesEverythingStays() throws {
        #expect(try kept(Retention(), log(4)) == [1, 2, 3, 4])
        #expect(try kept(Retention(), log(4, burnt: [2], nameless: [4])) == [1, 3])
    }

    @Test func theNewestEntriesStay() throws {
        var retention = Retention()
        retention.last = 2
        #expect(try kept(retention, log(5)) == [4, 5])
        retention.last = 9
        #expect(try kept(retention, log(5)) == [1, 2, 3, 4, 5])
    }

    @Test func youngEntriesStay() throws {
        var retention = Retention()
        retention.within = 8
        // Entry 2 is exactly 8 seconds old.
        #expect(try kept(retention, log(5)) == [3, 4, 5])
        retention.last = 1
        #expect(try kept(retention, log(5), now: 100) == [5])
        retention.within = 0
        #expect(try kept(retention, log(5)) == [5])
        // The store's clock went back: what seems to come from the future is young.
        retention.within = 1
        #expect(try kept(retention, log(5), now: 0) == [1, 2, 3, 4, 5])
    }

    @Test func theNewestStaysWhateverTheRules() throws {
        var retention = Retention()
        retention.within = 0
        #expect(try kept(retention, log(1), now: 1_000_000) == [1])
        // A burnt newest entry hides what it named: the one before stays as well.
        #expect(try kept(retention, log(5, burnt: [4, 5])) == [3])
        // One that names nothing (a model that moved) keeps nothing older.
        #expect(try kept(retention, log(5, nameless: [5])) == [])
        #expect(try kept(retention, []) == [])
    }

    @Test func refsCanBeExcepted() throws {
        var retention = Retention()
        retention.last = 1
        retention.refs = [try RefPattern("v*"), try RefPattern("acme/*:prod")]
        #expect(try kept(retention, log(3), ref: "main") == [3])
        #expect(try kept(retention, log(3), ref: "v1.2") == [1, 2, 3])
        #expect(try kept(retention, log(3), ref: "prod") == [1, 2, 3])
    }

    @Test(arguments: [
        ("v*", "acme/tiny", "v1", true), ("v*", "acme/tiny", "main", false), ("acme/tiny", "acme/tiny", "main", true),
        ("acme/tiny", "acme/tiny2", "main", false), ("acme/*:prod", "acme/tiny", "prod", true),
        ("acme/*:prod", "other/tiny", "prod", false),
        ("*/tiny:v?", "acme/tiny", "v1", true), ("*/tiny:v?", "acme/tiny", "v12", false), ("*", "a/b", "c", true),
        ("V*", "a/b", "v1", false),
        ("*a*b*", "x/y", "zazbz", true), ("*a*b*", "x/y", "zbza", false),
    ])
    func patterns(pattern: String, model: String, ref: String, matches: Bool) throws {
        #expect(try RefPattern(pattern).matches(try ModelName(model), try RefName(ref)) == matches)
    }

    @Test(arguments: ["", "a:b", "a/b:", "a/b/c", "/b", "a/", "a b", "a/b:c:d", ":x", String(repeating: "a", count: 97)])
    func noPatterns(text: String) { #expect(throws: FormatError.self) { try RefPattern(text) } }
}
