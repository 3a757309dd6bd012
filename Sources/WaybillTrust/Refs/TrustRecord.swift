import WaybillFormat
import WaybillSystem

/// What a user's machine remembers about one organisation. It only grows: nothing that was accepted is ever followed by less.
public struct TrustRecord: Hashable, Sendable {
    /// How the organisation came to be trusted.
    public enum Pinning: String, Sendable, CaseIterable {
        /// A person gave the fingerprint.
        case given
        /// A person was shown the fingerprint on first use and said yes.
        case confirmed
    }

    public struct RefKey: Hashable, Comparable, Sendable {
        public let model: ModelName
        public let ref: RefName

        public init(_ model: ModelName, _ ref: RefName) {
            self.model = model
            self.ref = ref
        }

        public static func < (a: RefKey, b: RefKey) -> Bool { a.model == b.model ? a.ref < b.ref : a.model < b.model }
    }

    /// The highest entry of a ref that was accepted, from whatever address.
    public struct Seen: Hashable, Sendable {
        public let n: Int
        /// The SHA-256 of the entry's bytes.
        public let digest: Digest

        public init(n: Int, digest: Digest) {
            self.n = n
            self.digest = digest
        }
    }

    /// The fingerprint that a person trusted.
    public let pinned: Fingerprint
    public let pinning: Pinning
    /// When, by this machine's clock.
    public let since: String
    /// The newest accepted.
    public private(set) var keySet: TrustedKeySet
    public private(set) var refs: [RefKey: Seen]

    /// - Parameter since: in `Timestamp`'s form.
    public init(pinned: Fingerprint, pinning: Pinning, since: String, keySet: TrustedKeySet) {
        self.init(pinned: pinned, pinning: pinning, since: since, keySet: keySet, refs: [:])
    }

    init(pinned: Fingerprint, pinning: Pinning, since: String, keySet: TrustedKeySet, refs: [RefKey: Seen]) {
        self.pinned = pinned
        self.pinning = pinning
        self.since = since
        self.keySet = keySet
        self.refs = refs
    }

    public var org: OrganizationName { keySet.org }

    /// Whether the record is about the model. Case does not tell organisations apart here: `Acme` would pass for `acme` with people, and no
    /// key set of `acme` vouches for it.
    public func covers(_ model: ModelName) -> Bool { model.organization.folded == org.folded }

    /// The walk that a mirror's key sets must pass.
    public var chain: KeySetChain { KeySetChain(remembered: keySet) }

    /// Remembers a key set that `chain`, or another walk from the same pin, led to.
    /// - Throws: `.integrity` for a lower one (rollback), or another of the same number (fork).
    public mutating func accept(_ newer: TrustedKeySet) throws(TrustError) {
        let subject = newer.keySet.objectName.path
        guard newer.org == org else { throw TrustError(.replay, subject: subject, "it is no key set of \(org)") }
        guard newer.n >= keySet.n else {
            throw TrustError(.rollback, subject: subject, "set \(keySet.n) of \(org) was accepted before, and this is set \(newer.n)")
        }
        guard newer.n > keySet.n || newer.fingerprint == keySet.fingerprint else {
            throw TrustError(.fork, subject: subject, "another set \(newer.n) of \(org) was accepted before: \(keySet.fingerprint)")
        }
        // Signatures may have been added; the set is the same.
        if newer.n > keySet.n { keySet = newer }
    }

    /// Remembers an entry that was checked.
    /// - Throws: `.integrity` for a lower one (rollback), or one beside what was accepted (fork).
    public mutating func accept(_ ref: SignedRef) throws(TrustError) { try accept(ref.entry, digest: ref.digest) }

    /// As `accept(_:)`, before signatures are looked at.
    public mutating func accept(_ entry: RefEntry, digest: Digest) throws(TrustError) {
        let subject = entry.objectName.path
        guard entry.model.organization == org else { throw TrustError(.replay, subject: subject, "it is no entry of \(org)") }
        let key = RefKey(entry.model, entry.ref)
        guard let seen = refs[key] else {
            refs[key] = Seen(n: entry.n, digest: digest)
            return
        }
        try Self.require(Seen(n: entry.n, digest: digest), atLeast: seen, subject: subject)
        guard entry.n != seen.n + 1 || entry.previous == seen.digest else {
            throw TrustError(.fork, subject: subject, "it follows another entry \(seen.n) than the one that was accepted before")
        }
        refs[key] = Seen(n: entry.n, digest: digest)
    }

    /// What two commands accepted, each by itself: of everything the higher.
    /// - Throws: `.conflict` if the organisation was pinned anew meanwhile; `.integrity` if the two accepted a fork.
    public func merged(with other: TrustRecord) throws(TrustError) -> TrustRecord {
        guard other.org == org, other.pinned == pinned else {
            throw TrustError(
                .conflict, subject: "trust in \(org)", cause: "another fingerprint was pinned meanwhile", remedy: "Run the command again")
        }
        var merged = self
        if other.keySet.n >= keySet.n { try merged.accept(other.keySet) }
        for (key, theirs) in other.refs {
            guard let ours = refs[key] else {
                merged.refs[key] = theirs
                continue
            }
            let (low, high) = ours.n <= theirs.n ? (ours, theirs) : (theirs, ours)
            try Self.require(high, atLeast: low, subject: "\(key.model):\(key.ref)")
            merged.refs[key] = high
        }
        return merged
    }

    private static func require(_ shown: Seen, atLeast seen: Seen, subject: String) throws(TrustError) {
        guard shown.n >= seen.n else {
            throw TrustError(.rollback, subject: subject, "entry \(seen.n) was accepted before, and this is entry \(shown.n)")
        }
        guard shown.n > seen.n || shown.digest == seen.digest else {
            throw TrustError(.fork, subject: subject, "another entry \(seen.n) was accepted before: \(seen.digest)")
        }
    }
}
