import WaybillFormat

/// One ref's log as it lies in a store, and what is wrong with it. Pure.
package struct RefLog: Sendable {
    package enum Entry: Sendable, Equatable {
        /// `digest` is that of its bytes.
        case good(RefEntry, digest: Digest)
        case damaged(digest: Digest, cause: String)

        var digest: Digest {
            switch self {
            case .good(_, let digest), .damaged(let digest, _): digest
            }
        }
    }

    package enum Hint: Sendable, Equatable {
        case absent
        case damaged
        case entry(Int)
    }

    package enum Fault: Sendable, Equatable {
        /// The entry is not readable. `isFollowed`: the next one was made to follow exactly these bytes, so nothing is lost by it.
        case damaged(Int, cause: String, isFollowed: Bool)
        /// Entries that later ones say were there.
        case missing(ClosedRange<Int>)
        /// The entry does not name the bytes of the one before.
        case broken(Int)
        /// Both hints name an entry that is not there: the newest one was lost.
        case lostNewest(Int)
        /// One hint names an entry that is not there: it is damaged, or the newest entry was lost.
        case hintAhead(Int)
        case hintDamaged
        /// The hint is older than the log: a writer was interrupted.
        case hintStale
        /// index.json has another digest for the newest entry.
        case indexDiffers(Int)
    }

    package let model: ModelName
    package let ref: RefName
    package var entries: [Int: Entry]
    package let hint: Hint
    /// What the model's index.json says of the ref; nil if it says nothing.
    package let indexed: RefIndex.Item?

    package init(model: ModelName, ref: RefName, entries: [Int: Entry], hint: Hint, indexed: RefIndex.Item?) {
        self.model = model
        self.ref = ref
        self.entries = entries
        self.hint = hint
        self.indexed = indexed
    }

    /// 0 if there is none.
    package var newest: Int { entries.keys.max() ?? 0 }

    /// The newest entry that can be read: what it names is never collected.
    package var newestReadable: RefEntry? {
        for n in entries.keys.sorted(by: >) {
            if case .good(let entry, _)? = entries[n] { return entry }
        }
        return nil
    }

    package var faults: [Fault] {
        var faults: [Fault] = []
        var last = 0
        for n in entries.keys.sorted() {
            if n > last + 1 { faults.append(.missing(last + 1...n - 1)) }
            last = n
            switch entries[n] {
            case .damaged(let digest, let cause):
                faults.append(.damaged(n, cause: cause, isFollowed: previous(of: n + 1) == digest))
            case .good(let entry, _):
                // Beside a damaged or missing entry the break is a matter of course.
                if case .good(_, let before)? = entries[n - 1], entry.previous != before { faults.append(.broken(n)) }
            case nil: break
            }
        }
        return faults + hintFaults
    }

    private func previous(of n: Int) -> Digest? {
        guard case .good(let entry, _)? = entries[n] else { return nil }
        return entry.previous
    }

    private var hintFaults: [Fault] {
        var faults: [Fault] = []
        var ahead: [Int] = []
        switch hint {
        case .damaged: faults.append(.hintDamaged)
        case .entry(let n) where n > newest: ahead.append(n)
        case .entry(let n) where n < newest: faults.append(.hintStale)
        case .absent: if newest > 0 { faults.append(.hintStale) }
        case .entry: break
        }
        if let indexed {
            if indexed.n > newest {
                ahead.append(indexed.n)
            } else if let entry = entries[indexed.n], entry.digest != indexed.entry {
                if case .good = entry { faults.append(.indexDiffers(indexed.n)) }
            }
        }
        if ahead.count == 2, ahead[0] == ahead[1] {
            faults.append(.lostNewest(ahead[0]))
        } else if let n = ahead.max() {
            faults.append(.hintAhead(n))
        }
        return faults
    }

    /// What index.json should say of the ref; nil if it has no entry. Of an unreadable newest entry it goes on saying what it was: a
    /// later repair knows it by that.
    package var item: RefIndex.Item? {
        guard let entry = entries[newest] else { return nil }
        if case .damaged = entry, let indexed, indexed.n == newest { return indexed }
        return RefIndex.Item(ref: ref, n: newest, entry: entry.digest)
    }

    /// Whether the hints can be made anew from the entries. Not where the only witness of a newer entry would be lost by it.
    package var mayRewriteHints: Bool {
        guard faults.contains(where: { if case .hintAhead = $0 { true } else { false } }) else { return true }
        // One is ahead of the log; if the other one is there and is not, the first is damaged.
        guard case .entry(let n) = hint, let indexed else { return false }
        return (n > newest) != (indexed.n > newest)
    }

    /// Entries that another store may have: damaged, missing or lost ones, from the last to the first, since each later one says what
    /// the one before it was.
    package var wanted: [Int] {
        var wanted: Set<Int> = []
        for fault in faults {
            switch fault {
            case .damaged(let n, _, let isFollowed): if !isFollowed { wanted.insert(n) }
            case .missing(let range): wanted.formUnion(range.suffix(Self.maximumWanted))
            case .lostNewest(let n), .hintAhead(let n):
                if n - newest <= Self.maximumWanted { wanted.formUnion(newest + 1...n) }
            case .broken, .hintDamaged, .hintStale, .indexDiffers: break
            }
        }
        return wanted.sorted(by: >)
    }

    /// Entries asked for in a row; a damaged hint may name any number.
    private static let maximumWanted = 4_096

    /// Numbers that must not be free: entries that were certainly there. Readers who count upwards must not stop before them, nor take
    /// an older entry for the newest.
    package var gaps: [Int] {
        var gaps: [Int] = []
        for fault in faults {
            switch fault {
            case .missing(let range): gaps += range.prefix(Self.maximumGaps)
            case .lostNewest(let n): gaps += (newest + 1...n).prefix(Self.maximumGaps)
            default: break
            }
        }
        return gaps
    }

    /// Readers give up after this many unreadable entries in a row.
    private static let maximumGaps = 32

    /// Whether `candidate`, from another store, may stand as entry `n` here: it is read as that entry, nothing that is here
    /// contradicts it, and something confirms it.
    package func accepts(_ candidate: RefEntry, digest: Digest, at n: Int) -> Bool {
        guard candidate.model == model, candidate.ref == ref, candidate.n == n else { return false }
        if let next = previous(of: n + 1) {
            guard next == digest else { return false }
            if case .good(_, let before)? = entries[n - 1] { return candidate.previous == before }
            return true
        }
        // An index that was made from the damaged bytes knows nothing.
        let known = indexed.flatMap { $0.n == n && $0.entry != entries[n]?.digest ? $0.entry : nil }
        if let known, known != digest { return false }
        // Between readable entries only the later one can say what was here.
        let isBelow = entries.contains { number, entry in if case .good = entry { number > n } else { false } }
        guard !isBelow else { return false }
        if n == 1 { return candidate.previous == nil }
        if case .good(_, let before)? = entries[n - 1] { return candidate.previous == before }
        return known != nil
    }
}
