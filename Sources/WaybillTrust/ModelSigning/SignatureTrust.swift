import WaybillFormat
import WaybillSystem

/// Whom a person trusts to sign a model.
public enum SignatureTrust: Sendable {
    case key(PublicKey)
    /// Any holder of a signing certificate of the authorities, which began to be valid at most `maximumAge` seconds before `now` (seconds
    /// since 1970): Model Signing itself ignores expiry.
    case authorities(CertificateAuthorities, maximumAge: Int = Self.defaultMaximumAge, now: Int)

    /// 825 days.
    public static let defaultMaximumAge = 825 * 86_400
}

/// Who signed a model, as it was verified.
public struct ModelSigner: Hashable, Sendable {
    public let publicKey: PublicKey
    /// The certificate's name of the signer, made harmless to show; nil for a key alone.
    public let certificateSubject: String?
    /// Seconds since 1970 from which the certificate is valid; nil for a key alone.
    public let notBefore: Int?

    /// For a person: the certificate's subject, or the key's id.
    public var name: String { certificateSubject ?? publicKey.id.hex }
}
