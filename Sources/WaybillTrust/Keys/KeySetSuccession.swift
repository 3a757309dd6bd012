import WaybillFormat
import WaybillSystem

/// Whether a key set follows another, and whose signatures it still lacks (Protocol/TRUST.md, Succession).
public struct KeySetSuccession: Sendable {
    /// A threshold that must be reached.
    public struct Need: Hashable, Sendable {
        public let role: KeySet.RoleKind
        /// The number of the set whose role it is.
        public let n: Int
        public let threshold: Int
        /// Whose signatures count.
        public let candidates: [KeySet.Key]
        /// Who of them signed.
        public let signers: [KeySet.Key]

        public var isMet: Bool { signers.count >= threshold }
    }

    /// Either all of these are met...
    let rootNeeds: [Need]
    /// ...or one of these is: revokers may add revocations, and nothing else.
    let revokerNeeds: [Need]
    private let tally: SignatureTally
    private let subject: String
    private let revoked: Set<Digest>

    /// - Parameter previous: the set before; nil for set 1.
    /// - Throws: `.integrity` if no signature could make this the next set.
    public init(of next: SignedKeySet, after previous: TrustedKeySet?) throws(TrustError) {
        try self.init(next, after: previous?.signed)
    }

    init(_ next: SignedKeySet, after previous: SignedKeySet?) throws(TrustError) {
        let set = next.keySet
        subject = set.objectName.path
        revoked = Set(set.revokedKeys.map(\.digest))
        guard let previous else {
            guard set.n == 1 else {
                throw TrustError(.brokenKeySet, subject: subject, "a chain begins with set 1, or with one whose fingerprint is pinned")
            }
            tally = SignatureTally(next.signatures, over: next.signedBytes, keys: next.publicKeys)
            rootNeeds = [Self.need(set.root, of: set, without: revoked, tally)]
            revokerNeeds = []
            return
        }
        let before = previous.keySet
        try Self.requireContinuity(from: previous, to: next)
        let keys = next.publicKeys + previous.publicKeys.filter { key in !next.publicKeys.contains { $0.id == key.id } }
        tally = SignatureTally(next.signatures, over: next.signedBytes, keys: keys)
        // A root key that the new set revokes still counts for the old one: a leak of the only key could not be answered otherwise.
        rootNeeds = [
            Self.need(before.root, of: before, without: Set(before.revokedKeys.map(\.digest)), tally),
            Self.need(set.root, of: set, without: revoked, tally),
        ]
        guard Self.onlyRevokes(from: before, to: set) else {
            revokerNeeds = []
            return
        }
        let revoked = revoked
        let tally = tally
        revokerNeeds = before.roles.filter { $0.kind == .revoker }.map { Self.need($0, of: before, without: revoked, tally) }
    }

    /// Whether the signatures make it the next set.
    public var isComplete: Bool { rootNeeds.allSatisfy(\.isMet) || revokerNeeds.contains(where: \.isMet) }

    /// The thresholds that are not met, those of root first: one set of signatures of root is needed, or one of the revokers.
    public var needs: [Need] { isComplete ? [] : (rootNeeds + revokerNeeds).filter { !$0.isMet } }

    /// Whose signature would count for something.
    public var candidates: [KeySet.Key] { (rootNeeds + revokerNeeds).flatMap(\.candidates) }

    /// - Throws: `.integrity`, naming what is missing.
    public func requireComplete() throws(TrustError) {
        guard !isComplete else { return }
        func refused(_ refusal: TrustRefusal, _ detail: String) -> TrustError {
            TrustError(.brokenKeySet, subject: subject, "\(refusal.rawValue): \(detail)")
        }
        guard tally.count > 0 else { throw refused(.unsigned, "it holds no signature") }
        let missed = rootNeeds.first { !$0.isMet } ?? rootNeeds[0]
        let what = "of \(missed.threshold) root keys of set \(missed.n)"
        if let key = tally.signers.union(tally.named).intersection(revoked).min(), missed.signers.isEmpty {
            throw refused(.revokedKey, "0 \(what) signed it; the key \(key) is revoked")
        }
        guard !tally.signers.isEmpty else {
            throw refused(.wronglySigned, "no signature verifies with a key of this set or the one before")
        }
        if rootNeeds.allSatisfy(\.signers.isEmpty) { throw refused(.anotherRole, "no root key of set \(missed.n) signed it") }
        throw refused(.thresholdMissed, "\(missed.signers.count) \(what) signed it")
    }

    /// Names for a person.
    static func names(_ keys: [KeySet.Key]) -> String {
        var seen: Set<Digest> = []
        return keys.filter { seen.insert($0.id).inserted }.map { "\"\(StrangerText.neutralised($0.name))\"" }.joined(separator: ", ")
    }

    private static func requireContinuity(from previous: SignedKeySet, to next: SignedKeySet) throws(TrustError) {
        let (before, set) = (previous.keySet, next.keySet)
        let subject = set.objectName.path
        guard set.org == before.org, set.n == before.n + 1 else {
            throw TrustError(.replay, subject: subject, "set \(before.n) of \(before.org) is followed by set \(before.n + 1)")
        }
        guard set.previous == previous.fingerprint else {
            throw TrustError(.fork, subject: subject, "it follows another set \(before.n) than the one that is known")
        }
        guard Set(set.revokedKeys).isSuperset(of: before.revokedKeys), Set(set.revokedManifests).isSuperset(of: before.revokedManifests)
        else { throw TrustError(.brokenKeySet, subject: subject, "a revocation of set \(before.n) is missing or was changed") }
    }

    private static func need(_ role: KeySet.Role, of set: KeySet, without revoked: Set<Digest>, _ tally: SignatureTally) -> Need {
        let candidates = role.keys.filter { !revoked.contains($0) }.compactMap(set.key)
        return Need(
            role: role.kind, n: set.n, threshold: role.threshold, candidates: candidates,
            signers: candidates.filter { tally.signers.contains($0.id) })
    }

    /// Whether nothing differs but the place in the chain, the time, and revocations, of which none is missing.
    private static func onlyRevokes(from before: KeySet, to set: KeySet) -> Bool {
        set.org == before.org && set.keys == before.keys && set.roles == before.roles && set.expires == before.expires
    }
}
