import WaybillFormat
import WaybillSystem

/// A key set that a pinned fingerprint, or a person's word on first use, leads to. Only such a set decides about signatures.
public struct TrustedKeySet: Hashable, Sendable {
    let signed: SignedKeySet

    /// Only `KeySetChain` and `TrustRecord` may say so.
    init(trusting signed: SignedKeySet) { self.signed = signed }

    public var keySet: KeySet { signed.keySet }
    public var fingerprint: Fingerprint { signed.fingerprint }
    public var org: OrganizationName { keySet.org }
    public var n: Int { keySet.n }

    /// As an index of attestations names it.
    public var reference: AttestationIndex.KeySetReference { .init(n: n, fingerprint: fingerprint) }

    /// - Parameter now: seconds since 1970.
    /// - Throws: `.policy` for a set that has expired: it still leads to its successor, and decides nothing else.
    public func requireUnexpired(now: Int) throws(TrustError) {
        guard let expires = keySet.expires, let end = Timestamp.secondsSince1970(expires), now >= end else { return }
        throw TrustError(.expiredKeySet, subject: keySet.objectName.path, "set \(n) of \(org) expired at \(expires)")
    }

    /// Seconds until the set expires, if they are few enough for a warning.
    public func expiresSoon(now: Int) -> Int? { Expiry.soon(keySet.expires, now: now) }

    /// Whether anybody may use the manifest; also of one that is asked for by its digest.
    /// - Throws: `.policy` with the reason of the revocation.
    public func requireUnrevoked(manifest: Digest) throws(TrustError) {
        guard let row = keySet.revocation(ofManifest: manifest) else { return }
        let reason = StrangerText.neutralised(row.reason)
        throw TrustError(.revokedManifest, subject: ObjectName.manifest(manifest).path, "\(org) revoked it on \(row.time): \(reason)")
    }
}

/// When what expires is worth a warning.
enum Expiry {
    static let warning = 7 * 86_400

    static func soon(_ expires: String?, now: Int) -> Int? {
        guard let end = expires.flatMap(Timestamp.secondsSince1970), end > now, end - now <= warning else { return nil }
        return end - now
    }
}
