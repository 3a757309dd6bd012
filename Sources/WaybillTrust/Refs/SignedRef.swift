import WaybillFormat
import WaybillSystem

/// A ref entry that the organisation's key set vouches for.
public struct SignedRef: Hashable, Sendable {
    public let entry: RefEntry
    /// The SHA-256 of the entry's bytes.
    public let digest: Digest
    /// Who signed this entry.
    public let signers: Signers
    /// Who signed the entry that this one only attaches to; `signers` where it attaches nothing.
    public let publisher: Signers
    /// What the entry's `attestations` names.
    public let index: AttestationIndex?

    /// So many entries in a row may attach without changing anything.
    public static let maximumAttachments = 64

    /// Whether what the entry names may be used: not withdrawn, not revoked, not expired.
    /// - Parameter now: seconds since 1970.
    /// - Throws: `.policy` with the reason.
    public func requireUsable(by keys: TrustedKeySet, now: Int) throws(TrustError) {
        let subject = entry.objectName.path
        if let manifest = entry.manifest { try keys.requireUnrevoked(manifest: manifest) }
        if entry.state == .withdrawn {
            throw TrustError(.withdrawn, subject: subject, "\(StrangerText.neutralised(entry.reason ?? "")) (\(entry.time))")
        }
        if let expires = entry.expires, let end = Timestamp.secondsSince1970(expires), now >= end {
            throw TrustError(.expiredEntry, subject: subject, "entry \(entry.n) expired at \(expires) (freeze)")
        }
    }

    /// Seconds until the entry expires, if they are few enough for a warning.
    public func expiresSoon(now: Int) -> Int? { Expiry.soon(entry.expires, now: now) }
}
