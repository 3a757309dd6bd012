import WaybillFormat
import WaybillSystem

/// Who vouches for something: keys of one role of a key set.
public struct Signers: Hashable, Sendable {
    public let org: OrganizationName
    /// The number of the key set.
    public let n: Int
    public let role: KeySet.RoleKind
    /// Distinct and not revoked; as many as were asked for, or more.
    public let keys: [KeySet.Key]
}

/// How many keys of a role must have signed.
public enum SignatureRule: Sendable {
    /// The role's own threshold: for entries.
    case threshold
    /// One key: for attestations.
    case oneKey
}

extension TrustedKeySet {
    /// The keys of a role that signed a message for a model. Of several roles of the kinds one must be satisfied by itself.
    /// - Parameters:
    ///   - message: what signatures are about, such as `signedBytes` of an envelope.
    ///   - others: key sets of other organisations, to tell a stranger's key from a bad signature.
    /// - Throws: `.policy`, saying why not.
    public func signers(
        of signatures: [EnvelopeSignature], over message: [UInt8], as kinds: Set<KeySet.RoleKind>, for model: ModelName,
        by rule: SignatureRule = .threshold, subject: String, others: [TrustedKeySet] = []
    ) throws(TrustError) -> Signers {
        let tally = SignatureTally(signatures, over: message, keys: signed.publicKeys)
        if let signers = signers(tally, as: kinds, for: model, by: rule) { return signers }
        throw refusal(
            tally, as: kinds, for: model, by: rule, subject: subject,
            stranger: tally.signers.isEmpty ? Self.stranger(signatures, over: message, others) : nil)
    }

    /// The organisation whose key signed: asked only where nothing else explains the signatures.
    static func stranger(
        _ signatures: [EnvelopeSignature], over message: [UInt8], _ others: [TrustedKeySet]
    ) -> OrganizationName? {
        others.first { !SignatureTally(signatures, over: message, keys: $0.signed.publicKeys).signers.isEmpty }?.org
    }

    func signers(_ tally: SignatureTally, as kinds: Set<KeySet.RoleKind>, for model: ModelName, by rule: SignatureRule) -> Signers? {
        let revoked = Set(keySet.revokedKeys.map(\.digest))
        for role in keySet.roles where kinds.contains(role.kind) && role.covers(model) {
            let keys = role.keys.filter { tally.signers.contains($0) && !revoked.contains($0) }
            guard keys.count >= rule.count(of: role) else { continue }
            return Signers(org: org, n: n, role: role.kind, keys: keys.compactMap(keySet.key))
        }
        return nil
    }

    func refusal(
        _ tally: SignatureTally, as kinds: Set<KeySet.RoleKind>, for model: ModelName, by rule: SignatureRule, subject: String,
        stranger: OrganizationName?
    ) -> TrustError {
        let wanted = kinds.map(\.rawValue).sorted().joined(separator: " or ")
        func refused(_ refusal: TrustRefusal, _ detail: String) -> TrustError { TrustError(refusal, subject: subject, detail) }
        guard tally.count > 0 else { return refused(.unsigned, "no \(wanted) of \(org) signed it") }
        let revoked = Set(keySet.revokedKeys.map(\.digest))
        let roles = keySet.roles.filter { kinds.contains($0.kind) && $0.covers(model) }
        func have(_ role: KeySet.Role) -> Int { role.keys.count { tally.signers.contains($0) && !revoked.contains($0) } }
        let bad = tally.signers.union(tally.named).intersection(revoked).sorted().first.flatMap(keySet.revocation(ofKey:))
        let wouldDo = roles.contains { role in role.keys.count(where: tally.signers.contains) >= rule.count(of: role) }
        if let bad, wouldDo || tally.signers.isSubset(of: revoked) {
            let name = keySet.key(bad.digest).map { KeySetSuccession.names([$0]) } ?? bad.digest.hex
            return refused(.revokedKey, "\(name) was revoked on \(bad.time): \(StrangerText.neutralised(bad.reason))")
        }
        if let role = roles.max(by: { have($0) < have($1) }), have(role) > 0 {
            return refused(.thresholdMissed, "\(have(role)) of \(rule.count(of: role)) \(role.kind.rawValue) keys of \(org) signed it")
        }
        let signers = keySet.keys.filter { tally.signers.contains($0.id) && !revoked.contains($0.id) }
        if !signers.isEmpty {
            let held = keySet.roles.filter { role in signers.contains { role.keys.contains($0.id) } }
            let what = Set(
                held.map { role in
                    let models = role.models.map(\.text).joined(separator: " ")
                    return role.models == [.everything] ? role.kind.rawValue : "\(role.kind.rawValue) for \(models)"
                }
            ).sorted().joined(separator: ", ")
            return refused(
                .anotherRole,
                "\(KeySetSuccession.names(signers)) is \(what.isEmpty ? "in no role" : what), not \(wanted) for \(model)")
        }
        if let stranger { return refused(.anotherOrganization, "\(stranger) signed it, not \(org)") }
        return refused(.wronglySigned, "no signature verifies with a key of set \(n) of \(org)")
    }
}

extension SignatureRule {
    func count(of role: KeySet.Role) -> Int {
        switch self {
        case .threshold: role.threshold
        case .oneKey: 1
        }
    }
}
