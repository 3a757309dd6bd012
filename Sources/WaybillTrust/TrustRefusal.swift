import WaybillFormat

/// Why something is not trusted, in the words of Protocol/TRUST.md: with them a cause begins.
public enum TrustRefusal: String, Sendable, CaseIterable {
    case unsigned
    case wronglySigned = "wrongly signed"
    case anotherOrganization = "signed by another organisation's key"
    case anotherRole = "signed in another role"
    case thresholdMissed = "threshold missed"
    case revokedKey = "revoked key"
    case revokedManifest = "revoked manifest"
    case expiredEntry = "expired entry"
    case expiredKeySet = "expired key set"
    case withdrawn
    case rollback
    case fork
    case replay
    case withheld
    case brokenKeySet = "broken key set"
    case swappedKeySet = "swapped key set"

    /// `.policy` where nothing is damaged but nobody vouches; `.integrity` where what is shown cannot be what was published.
    public var code: ErrorCode {
        switch self {
        case .unsigned, .wronglySigned, .anotherOrganization, .anotherRole, .thresholdMissed, .revokedKey, .revokedManifest,
            .expiredEntry, .expiredKeySet, .withdrawn:
            .policy
        case .rollback, .fork, .replay, .withheld, .brokenKeySet, .swappedKeySet: .integrity
        }
    }

    /// What a person can do, where nothing more exact is known.
    var remedy: String {
        switch self {
        case .unsigned, .wronglySigned, .anotherOrganization, .anotherRole, .thresholdMissed, .revokedKey:
            "Ask the publisher to sign it, or take it from another mirror; 'waybill trust show' lists who may sign what"
        case .revokedManifest, .withdrawn: "Use another revision: 'waybill ref log' lists them"
        case .expiredEntry: "Take it from another mirror: this one may hide newer entries; or ask the publisher to sign it again"
        case .expiredKeySet: "Take the key sets from another mirror: this one may hide newer ones; or ask the publisher for a new set"
        case .rollback, .fork, .replay, .withheld: "Take it from another mirror, and tell the operator of this one"
        case .brokenKeySet, .swappedKeySet:
            "Take the key sets from another mirror, and compare the fingerprint with the publisher's by another way"
        }
    }
}

extension TrustError {
    init(_ refusal: TrustRefusal, subject: String, _ detail: String) {
        self.init(refusal.code, subject: subject, cause: "\(refusal.rawValue): \(detail)", remedy: refusal.remedy)
    }
}
