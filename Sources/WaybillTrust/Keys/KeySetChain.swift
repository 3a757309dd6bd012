import WaybillFormat
import WaybillSystem

/// A walk along an organisation's key sets, from what is trusted to the newest that a mirror shows. It reads nothing itself:
///
///     while let name = chain.next { try chain.take(await bytes(of: name)) }
public struct KeySetChain: Sendable {
    private enum State {
        /// Looking for the set with the pinned fingerprint.
        case searching(Fingerprint)
        /// The first set, whose fingerprint a person will be asked about.
        case first
        /// The newest known set must be there, and be the same.
        case comparing
        case following
        case ended
    }

    /// Sets that are looked through for a pinned one, and that are followed, in one walk: nobody makes more.
    public static let maximumLength = 4_096

    public let org: OrganizationName
    /// The newest set accepted; nil as long as none is.
    public private(set) var newest: TrustedKeySet?
    private var state: State
    private var n: Int
    private var length = 0

    /// From the set with this fingerprint, which may be any of the organisation's.
    public init(org: OrganizationName, pinned: Fingerprint) {
        self.org = org
        state = .searching(pinned)
        n = 1
    }

    /// From set 1, on nobody's word: a person must confirm `newest` before it is recorded.
    public init(firstUseOf org: OrganizationName) {
        self.org = org
        state = .first
        n = 1
    }

    /// From a set that was accepted before.
    public init(remembered set: TrustedKeySet) {
        org = set.org
        newest = set
        state = .comparing
        n = set.n
    }

    /// The object to read next; nil at the end.
    public var next: ObjectName? {
        if case .ended = state { return nil }
        return .keySet(org, n)
    }

    /// Takes the bytes of `next`; nil if the mirror has none.
    /// - Throws: `.integrity`; after that the walk does not go on.
    public mutating func take(_ bytes: [UInt8]?) throws(TrustError) {
        guard let next else { return }
        let before = state
        state = .ended
        guard let bytes else { return try end(before, at: next.path) }
        length += 1
        guard length <= Self.maximumLength, n < ObjectName.maximumKeySet else {
            throw TrustError(.brokenKeySet, subject: next.path, "more than \(Self.maximumLength) sets follow one another")
        }
        switch before {
        case .searching(let pinned): state = try search(bytes, pinned)
        case .first: state = try accept(try SignedKeySet(decoding: bytes, org: org, n: n))
        case .comparing: state = try compare(bytes)
        case .following: state = try accept(try SignedKeySet(decoding: bytes, org: org, n: n))
        case .ended: return
        }
        n += 1
    }

    private func end(_ state: State, at subject: String) throws(TrustError) {
        switch state {
        case .searching(let pinned):
            guard n > 1 else {
                throw TrustError(.notFound, subject: subject, cause: "there is no key set of \(org)", remedy: Self.elsewhere)
            }
            throw TrustError(.swappedKeySet, subject: subject, "none of \(n - 1) sets has the pinned fingerprint \(pinned)")
        case .first: throw TrustError(.notFound, subject: subject, cause: "there is no key set of \(org)", remedy: Self.elsewhere)
        case .comparing: throw TrustError(.rollback, subject: subject, "set \(n) of \(org) is known, and is not shown here")
        case .following, .ended: return
        }
    }

    private static let elsewhere = "Ask the publisher where its key sets are"

    /// A set that is not the pinned one is passed over, whatever is wrong with it.
    private mutating func search(_ bytes: [UInt8], _ pinned: Fingerprint) throws(TrustError) -> State {
        guard let found = try? SignedKeySet(decoding: bytes, org: org, n: n), found.fingerprint == pinned else { return .searching(pinned) }
        try Self.requireOwnSignatures(found)
        newest = TrustedKeySet(trusting: found)
        return .following
    }

    private func compare(_ bytes: [UInt8]) throws(TrustError) -> State {
        let shown = try SignedKeySet(decoding: bytes, org: org, n: n)
        guard let newest, shown.fingerprint == newest.fingerprint else {
            throw TrustError(
                .fork, subject: shown.keySet.objectName.path, "another set \(n) of \(org) is known; this one is \(shown.fingerprint)")
        }
        return .following
    }

    private mutating func accept(_ found: SignedKeySet) throws(TrustError) -> State {
        try KeySetSuccession(found, after: newest?.signed).requireComplete()
        newest = TrustedKeySet(trusting: found)
        return .following
    }

    /// The fingerprint says which set it is. Its own signatures are checked as far as they can be without the set before: they may be
    /// root's or, in a later set, the revokers'.
    static func requireOwnSignatures(_ found: SignedKeySet) throws(TrustError) {
        let set = found.keySet
        guard set.n > 1 else { return try KeySetSuccession(found, after: nil).requireComplete() }
        let tally = SignatureTally(found.signatures, over: found.signedBytes, keys: found.publicKeys)
        let revoked = Set(set.revokedKeys.map(\.digest))
        let isSigned = set.roles.contains { role in
            guard role.kind == .root || role.kind == .revoker else { return false }
            return role.keys.count { tally.signers.contains($0) && !revoked.contains($0) } >= role.threshold
        }
        guard isSigned else {
            throw TrustError(.brokenKeySet, subject: set.objectName.path, "neither its root role nor its revokers signed it")
        }
    }
}
