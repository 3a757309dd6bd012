import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// What is wrong with a ref's log, and which entry of another store may stand in.
@Suite struct RefLogTests {
    private let ref = RefName.main
    /// A log of five entries, and another one that forks from it after the second.
    private let entries: [RefEntry]
    private let fork: [RefEntry]

    init() throws {
        func log(_ count: Int, _ time: (Int) -> String) throws -> [RefEntry] {
            var entries: [RefEntry] = []
            var previous: Digest?
            for n in 1...count {
                let entry = RefEntry(
                    model: .acme, ref: .main, n: n, previous: previous, manifest: SHA256.digest(of: [UInt8(n)]), time: time(n))
                previous = Self.digest(entry)
                entries.append(entry)
            }
            return entries
        }
        entries = try log(5) { "2026-01-0\($0)T00:00:00Z" }
        fork = try log(5) { $0 < 3 ? "2026-01-0\($0)T00:00:00Z" : "2026-02-0\($0)T00:00:00Z" }
    }

    private static func digest(_ entry: RefEntry) -> Digest { SHA256.digest(of: entry.encodedEnvelope(sha256: SHA256.digest(of:))) }

    private static let other = SHA256.digest(of: Array("other".utf8))

    /// The log as a store has it: some entries damaged, some gone.
    private func log(
        upTo newest: Int = 5, damaged: Set<Int> = [], missing: Set<Int> = [], hint: RefLog.Hint? = nil, indexed: Int? = nil
    ) -> RefLog {
        var held: [Int: RefLog.Entry] = [:]
        for entry in entries.prefix(newest) where !missing.contains(entry.n) {
            let isDamaged = damaged.contains(entry.n)
            held[entry.n] = isDamaged ? .damaged(digest: Self.other, cause: "bad") : .good(entry, digest: Self.digest(entry))
        }
        let n = indexed ?? newest
        return RefLog(
            model: .acme, ref: ref, entries: held, hint: hint ?? .entry(newest),
            indexed: n == 0 ? nil : RefIndex.Item(ref: ref, n: n, entry: Self.digest(entries[n - 1])))
    }

    private func accepts(_ log: RefLog, _ entry: RefEntry) -> Bool { log.accepts(entry, digest: Self.digest(entry), at: entry.n) }

    @Test("a whole log has no fault")
    func whole() {
        for newest in 1...5 { #expect(log(upTo: newest).faults == []) }
    }

    @Test("damage, gaps, lost entries and hints")
    func faults() {
        #expect(log(damaged: [3]).faults == [.damaged(3, cause: "bad", isFollowed: false)])
        #expect(log(missing: [2, 3]).faults == [.missing(2...3)])
        #expect(log(upTo: 4, hint: .entry(5), indexed: 5).faults == [.lostNewest(5)])
        #expect(log(upTo: 4, hint: .entry(5)).faults == [.hintAhead(5)])
        #expect(log(upTo: 4, hint: .entry(4), indexed: 5).faults == [.hintAhead(5)])
        #expect(log(upTo: 4, hint: .entry(3), indexed: 3).faults == [.hintStale])
        #expect(log(upTo: 4, hint: .damaged).faults == [.hintDamaged])
        #expect(log(upTo: 0, hint: .entry(1), indexed: 1).faults == [.lostNewest(1)])
    }

    @Test("an entry that does not follow, and a burnt one that was followed")
    func chain() {
        var broken = log()
        broken.entries[3] = .good(fork[2], digest: Self.digest(fork[2]))
        #expect(broken.faults == [.broken(4)])
        var burnt = log(upTo: 2)
        burnt.entries[2] = .damaged(digest: Self.other, cause: "bad")
        let next = RefEntry(model: .acme, ref: ref, n: 3, previous: Self.other, manifest: Self.other, time: "2026-01-01T00:00:00Z")
        burnt.entries[3] = .good(next, digest: Self.digest(next))
        #expect(burnt.faults.contains(.damaged(2, cause: "bad", isFollowed: true)))
        #expect(!burnt.wanted.contains(2))
    }

    @Test("an entry comes back where the log confirms it, and a fork's does not")
    func restoring() {
        for n in 1...5 {
            for log in [log(damaged: [n]), n < 5 ? log(missing: [n]) : log(upTo: 4, hint: .entry(5), indexed: 5)] {
                #expect(accepts(log, entries[n - 1]), "entry \(n)")
                if n >= 3 { #expect(!accepts(log, fork[n - 1]), "fork \(n)") }
                #expect(log.wanted == [n])
            }
        }
        // Of two that are lost the later one is known by the next, and tells the earlier one.
        var gap = log(missing: [3, 4])
        #expect(!accepts(gap, entries[2]) && !accepts(gap, fork[2]))
        #expect(accepts(gap, entries[3]) && !accepts(gap, fork[3]))
        gap.entries[4] = .good(entries[3], digest: Self.digest(entries[3]))
        #expect(accepts(gap, entries[2]) && !accepts(gap, fork[2]))
        // The index knows the newest one's digest.
        let newest = log(damaged: [5])
        #expect(!accepts(newest, fork[4]))
        // Unless it was made from the damaged bytes; then the entry before decides. What it knows of a lost entry, it keeps.
        let held = newest.entries
        let blind = RefLog(
            model: .acme, ref: ref, entries: held, hint: .entry(5), indexed: RefIndex.Item(ref: ref, n: 5, entry: Self.other))
        #expect(accepts(blind, entries[4]))
        #expect(newest.item?.entry == Self.digest(entries[4]) && blind.item?.entry == Self.other)
        // Another place's entry never stands in.
        #expect(!log(damaged: [4]).accepts(entries[2], digest: Self.digest(entries[2]), at: 4))
    }

    @Test("a hint alone neither burns a number nor loses the only witness")
    func hints() {
        #expect(log(upTo: 4, hint: .entry(5), indexed: 5).gaps == [5])
        #expect(log(upTo: 4, hint: .entry(9)).gaps == [])
        #expect(log(upTo: 4, hint: .entry(9)).mayRewriteHints)
        #expect(log(upTo: 4, indexed: 5).mayRewriteHints)
        #expect(!log(upTo: 4, hint: .entry(5), indexed: 0).mayRewriteHints)
        #expect(log(missing: [2, 3]).gaps == [2, 3])
        #expect(log(upTo: 4, hint: .entry(9_999_999_999)).wanted == [])
    }
}
