import WaybillFormat
import WaybillSystem

extension ModelSignature {
    /// Signs a model's list of files: the bytes of a bundle, as Protocol/TRUST.md describes it.
    /// - Parameters:
    ///   - files: all files of the model; their order does not matter.
    ///   - name: what the signer calls the model.
    ///   - certificates: for certificate mode; the leaf must be of the signer's key.
    /// - Throws: `.failure` for a path that cannot be signed or a certificate of another key; else what the signer says.
    public static func sign(
        _ files: [SignedFile], name: String, with signer: some Signer, certificates: CertificateChain? = nil
    ) throws(TrustError) -> [UInt8] {
        let material = try material(signer.publicKey, certificates)
        let payload = try payload(files, name: name)
        let message = Envelope.signedBytes(payload, type: Envelope.statementType)
        let signature = try lifting { () throws(SystemError) in try signer.sign(message) }
        let envelope = Envelope(
            payload: payload, payloadType: Envelope.statementType, signatures: [EnvelopeSignature(keyid: "", sig: signature)])
        guard signer.publicKey.verifies(signature, of: message),
            let bundle = SigningBundle(material: material, envelope: envelope).encoded(), bundle.count <= SigningBundle.maximumByteCount
        else { throw failure("no signature could be made that others would read (at most \(SigningBundle.maximumByteCount) bytes)") }
        return bundle
    }

    private static func material(_ key: PublicKey, _ certificates: CertificateChain?) throws(TrustError) -> SigningBundle.Material {
        guard let certificates else { return .publicKey(hint: key.id.hex, raw: nil) }
        let leaf = try lifting { () throws(SystemError) in try certificates.leaf() }
        guard leaf.publicKey == key else { throw failure("the first certificate is not of the key that signs") }
        return .certificateChain(certificates.certificates)
    }

    /// What is signed: sorted by code point, which is the order of UTF-8.
    private static func payload(_ files: [SignedFile], name: String) throws(TrustError) -> [UInt8] {
        let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let predicate = SigningPredicate(files: sorted, ignoredPaths: SignedModel.ownIgnoredPaths)
        let encoded = predicate.encoded()
        // Read as others will: a path that they refuse must not be signed.
        do throws(FormatError) { _ = try SigningPredicate(decoding: encoded, subject: "the list of files") } catch {
            throw failure(error.cause)
        }
        let subject = Statement.Subject(name: name, sha256: SignedModel.rootDigest(sorted))
        return Statement(subjects: [subject], predicateType: SigningPredicate.type, predicate: encoded).encoded()
    }

    private static func failure(_ cause: String) -> TrustError {
        TrustError(.failure, subject: "model signature", cause: cause, remedy: "Check the files, the key and the certificates")
    }
}
