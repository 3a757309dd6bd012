import COpenSSL
import WaybillFormat

/// The certificates of a signer, leaf first, not verified.
public struct CertificateChain: Sendable {
    /// DER.
    public let certificates: [[UInt8]]
    private let handles: [CertificateHandle]
    private let subject: String

    public static let maximumCount = 16
    /// Bytes of one certificate.
    public static let maximumByteCount = 16 << 10

    /// - Parameters:
    ///   - der: leaf first.
    ///   - subject: what errors are about.
    /// - Throws: `.integrity`.
    public init(der: [[UInt8]], subject: String) throws(SystemError) {
        guard (1...Self.maximumCount).contains(der.count) else {
            throw Self.broken(subject, "has \(der.count) certificates: 1 to \(Self.maximumCount) are read")
        }
        var handles: [CertificateHandle] = []
        for bytes in der {
            guard bytes.count <= Self.maximumByteCount, let handle = CertificateHandle(der: bytes) else {
                throw Self.broken(subject, "holds what is no certificate, or one of more than \(Self.maximumByteCount) bytes")
            }
            handles.append(handle)
        }
        certificates = der
        self.handles = handles
        self.subject = subject
    }

    /// The certificates of a PEM text, leaf first.
    /// - Throws: `.integrity`.
    public init(pem: [UInt8], subject: String) throws(SystemError) {
        guard pem.count <= Self.maximumCount * Self.maximumByteCount * 2,
            let handles = CertificateHandle.all(pem: pem, limit: Self.maximumCount)
        else { throw Self.broken(subject, "holds no certificates in PEM, or too many") }
        try self.init(der: handles.compactMap(\.der), subject: subject)
    }

    private static func broken(_ subject: String, _ cause: String) -> SystemError {
        SystemError(
            .integrity, subject: subject, cause: cause,
            remedy: "A chain is the signer's certificate, then those that lead to the authority, each in PEM or DER")
    }

    /// The first certificate, which signs. Whoever sent the chain says so: nothing is verified.
    /// - Throws: `.integrity` if its key is none of ours, `.policy` if its certificate may not sign a model.
    public func leaf() throws(SystemError) -> SigningCertificate {
        guard let leaf = handles.first, let info = leaf.publicKeyInfo, let notBefore = leaf.notBefore, let usage = leaf.usage else {
            throw Self.broken(subject, "begins with a broken certificate")
        }
        if let refusal = usage.refusal {
            throw SystemError(
                .policy, subject: subject, cause: "wrongly signed: \(refusal)",
                remedy:
                    "A certificate that signs models has key usage digitalSignature or extended key usage codeSigning, and signs no others")
        }
        return SigningCertificate(publicKey: try PublicKey(der: info, subject: subject), notBefore: notBefore, subject: leaf.subject)
    }

    /// The leaf, if the chain leads from it to one of the authorities by OpenSSL's rules, at the time when the leaf began to be valid.
    /// Expiry and revocation lists are not looked at. Blocks; bounded by the limits above.
    /// - Throws: `.policy` if it does not lead there; else as `leaf()`.
    public func verified(by authorities: CertificateAuthorities) throws(SystemError) -> SigningCertificate {
        let leaf = try leaf()
        guard !authorities.contains(certificates[0]) else {
            throw refused("the pinned certificate itself signed", "Pin the authority that issued it, or trust its key with --public-key")
        }
        if let problem = Self.problem(handles, authorities.handles, at: leaf.notBefore) {
            throw refused(
                "its certificate does not lead to the pinned authority (\(problem))", "Check that --ca names the authority of this signer")
        }
        return leaf
    }

    private func refused(_ cause: String, _ remedy: String) -> SystemError {
        SystemError(.policy, subject: subject, cause: "wrongly signed: \(cause)", remedy: remedy)
    }

    /// OpenSSL's word for what is wrong; nil if nothing is.
    private static func problem(_ chain: [CertificateHandle], _ authorities: [CertificateHandle], at time: Int) -> String? {
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new(), let others = OPENSSL_sk_new_null() else {
            return "out of memory"
        }
        defer {
            X509_STORE_CTX_free(context)
            OPENSSL_sk_free(others)
            X509_STORE_free(store)
            ERR_clear_error()
        }
        for authority in authorities where X509_STORE_add_cert(store, authority.pointer) != 1 { return "out of memory" }
        for handle in chain.dropFirst() { OPENSSL_sk_push(others, UnsafeRawPointer(handle.pointer)) }
        guard X509_STORE_CTX_init(context, store, chain[0].pointer, others) == 1 else { return "out of memory" }
        let parameters = X509_STORE_CTX_get0_param(context)
        X509_VERIFY_PARAM_set_time(parameters, time)
        X509_VERIFY_PARAM_set_depth(parameters, Int32(maximumCount))
        // 112 bits: no SHA-1, no RSA below 2,048.
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        // What is pinned is trusted, also an authority that another one certifies.
        X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        return withExtendedLifetime((chain, authorities)) {
            if X509_verify_cert(context) == 1 { return nil }
            return String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
        }
    }
}

/// A certificate that may sign models.
public struct SigningCertificate: Sendable {
    public let publicKey: PublicKey
    /// Seconds since 1970 from which it is valid.
    public let notBefore: Int
    /// Whom it is about, as RFC 2253 writes it; a stranger's text, not made harmless.
    public let subject: String
}
