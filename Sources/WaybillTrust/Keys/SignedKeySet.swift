import WaybillFormat
import WaybillSystem

/// A key set with its signatures, in the form in which it is stored and carried from signer to signer. Its keys are keys; who signed is
/// for `KeySetSuccession` to say.
public struct SignedKeySet: Hashable, Sendable {
    public let keySet: KeySet
    /// Does not depend on signatures.
    public let fingerprint: Fingerprint
    public private(set) var signatures: [EnvelopeSignature]
    /// In the order of `keySet.keys`.
    let publicKeys: [PublicKey]

    /// A set that nobody signed yet.
    /// - Throws: `.integrity` if the set breaks a rule of Protocol/TRUST.md.
    public init(_ keySet: KeySet) throws(TrustError) {
        try lifting { () throws(FormatError) in _ = try keySet.validated(sha256: SHA256.digest(of:)) }
        try self.init(valid: keySet, signatures: [])
    }

    /// The set that was read at the path of `org` and `n`.
    /// - Throws: `.integrity`; `.failure` for a set that needs a newer Waybill.
    public init(decoding bytes: [UInt8], org: OrganizationName, n: Int) throws(TrustError) {
        try self.init(decoding: bytes, subject: ObjectName.keySet(org, n).path)
        guard keySet.org == org, keySet.n == n else {
            throw TrustError(.replay, subject: ObjectName.keySet(org, n).path, "the key set says that it is \(keySet.objectName.path)")
        }
    }

    /// A set that waits for signatures, from a file.
    public init(decoding bytes: [UInt8], subject: String) throws(TrustError) {
        let envelope: KeySetEnvelope
        let keySet: KeySet
        do throws(FormatError) {
            envelope = try KeySetEnvelope(decoding: bytes, subject: subject, sha256: SHA256.digest(of:))
            keySet = try KeySet(decodingPayload: envelope.payload, subject: subject, sha256: SHA256.digest(of:))
        } catch {
            guard error.code == .integrity else { throw TrustError(error) }
            throw TrustError(.brokenKeySet, subject: error.subject, error.cause)
        }
        try self.init(valid: keySet, signatures: envelope.signatures)
    }

    private init(valid keySet: KeySet, signatures: [EnvelopeSignature]) throws(TrustError) {
        var publicKeys: [PublicKey] = []
        for key in keySet.keys {
            do throws(SystemError) {
                publicKeys.append(try PublicKey(der: key.publicKey))
            } catch {
                throw TrustError(.brokenKeySet, subject: keySet.objectName.path, "the key \(key.id) \(error.cause)")
            }
        }
        self.keySet = keySet
        self.signatures = signatures
        self.publicKeys = publicKeys
        fingerprint = keySet.fingerprint(sha256: SHA256.digest(of:))
    }

    /// The object's bytes.
    public func encoded() -> [UInt8] {
        KeySetEnvelope(payload: keySet.encodedPayload(), signatures: signatures).encoded(sha256: SHA256.digest(of:))
    }

    /// What is signed.
    var signedBytes: [UInt8] { Envelope.signedBytes(keySet.encodedPayload(), type: KeySet.payloadType) }

    /// Adds a signature; one of the same key that stands already is replaced. The payload stays as it is. Blocks.
    /// - Parameter previous: the set before; nil for the first.
    /// - Throws: `.usage` for a key whose signature would count for nothing.
    public mutating func sign(with signer: some Signer, after previous: TrustedKeySet?) throws(TrustError) {
        let id = signer.publicKey.id
        let known = Set((previous?.keySet.keys ?? []).map(\.id)).union(keySet.keys.map(\.id))
        let subject = keySet.objectName.path
        guard known.contains(id) else {
            throw TrustError(
                .usage, subject: subject, cause: "the key \(id) is in neither key set",
                remedy: "Sign with a key that 'waybill trust show' lists")
        }
        let candidates = try KeySetSuccession(of: self, after: previous).candidates
        guard candidates.contains(where: { $0.id == id }) else {
            throw TrustError(
                .usage, subject: subject, cause: "the key \(id) may not sign this set: it is no root key, or it is revoked",
                remedy: "Sign with one of \(KeySetSuccession.names(candidates))")
        }
        let signature = try EnvelopeSignature(of: signedBytes, by: signer)
        var kept: [EnvelopeSignature] = []
        // A signature of this key, whatever its `keyid` says, would only take room.
        for other in signatures where !signer.publicKey.verifies(other.sig, of: signedBytes) { kept.append(other) }
        guard kept.count < Envelope.maximumSignatures else {
            throw TrustError(
                .usage, subject: subject, cause: "holds \(kept.count) signatures already", remedy: "Propose the set again without them")
        }
        signatures = kept + [signature]
    }
}
