import WaybillFormat
import WaybillSystem

/// An OpenSSF Model Signing v1.0 signature that was read, and says nothing yet: `verified(by:)` makes it a `SignedModel`.
public struct ModelSignature: Sendable {
    /// What it claims; not verified.
    public let bundle: SigningBundle
    let subject: String

    /// - Parameter subject: what errors are about: the file's name.
    /// - Throws: `.integrity` for what is no bundle.
    public init(decoding bytes: [UInt8], subject: String) throws(TrustError) {
        self.subject = StrangerText.neutralised(subject, atMost: 256)
        do throws(FormatError) { bundle = try SigningBundle(decoding: bytes, subject: self.subject) } catch {
            throw Self.broken(self.subject, error.cause)
        }
    }

    /// Verifies a bundle and compares its list with `files`: the two steps that a model needs, in one call.
    /// - Parameters: as `verified(by:)` and `SignedModel.compare`.
    public static func verify(
        _ bundle: [UInt8], subject: String, files: [SignedFile], with trust: SignatureTrust, signatureFile: String? = nil,
        ignoring: [String] = []
    ) throws(TrustError) -> SignedModel {
        let model = try ModelSignature(decoding: bundle, subject: subject).verified(by: trust)
        _ = try model.compare(with: files, signatureFile: signatureFile, ignoring: ignoring)
        return model
    }

    /// Whoever signed it, and the list that they signed. Whether that list is the files at hand is `compare`'s to say.
    /// - Throws: `.policy` if nobody who is trusted signed it, or in a way that is not supported; `.integrity` if what they signed is no
    ///   model's list.
    public func verified(by trust: SignatureTrust) throws(TrustError) -> SignedModel {
        guard bundle.envelope.payloadType == Envelope.statementType else {
            let type = StrangerText.neutralised(bundle.envelope.payloadType, atMost: 128)
            throw Self.broken(subject, "replay: what was signed is no in-toto statement but `\(type)`")
        }
        let signatures = bundle.envelope.signatures
        guard let signature = signatures.first else { throw refused("unsigned: it holds no signature") }
        guard signatures.count == 1 else {
            throw Self.broken(subject, "has \(signatures.count) signatures where a model signature has one")
        }
        let signer = try signer(trust)
        guard signer.publicKey.verifies(signature.sig, of: bundle.envelope.signedBytes) else {
            throw refused("wrongly signed: the signature is not by \(signer.name), or what it signs was changed\(otherKind)")
        }
        return try SignedModel(payload: bundle.envelope.payload, signer: signer, subject: subject)
    }

    /// That the payload is no list of files, which is worth saying even if nobody signed it.
    private var otherKind: String {
        guard let statement = try? Statement(decoding: bundle.envelope.payload, subject: subject),
            statement.predicateType != SigningPredicate.type
        else { return "" }
        return "; and it is no model's file list but `\(StrangerText.neutralised(statement.predicateType, atMost: 128))`"
    }

    /// Whose key must have signed it.
    private func signer(_ trust: SignatureTrust) throws(TrustError) -> ModelSigner {
        switch (bundle.material, trust) {
        case (.sigstore, _):
            throw refused("not supported: it was signed with Sigstore's certificates and log", remedy: "Ask the signer for one by a key")
        case (.publicKey(let hint, let raw), .key(let key)):
            guard hint.map({ $0.utf8.elementsEqual(key.id.hex.utf8) }) ?? true, raw.map({ $0 == key.pem || $0 == key.der }) ?? true else {
                let other = hint.map { " (\(StrangerText.neutralised($0, atMost: 64)))" } ?? ""
                throw refused("wrongly signed: it names another key\(other) than \(key.id.hex)")
            }
            return ModelSigner(publicKey: key, certificateSubject: nil, notBefore: nil)
        case (.certificateChain(let chain), .authorities(let authorities, let maximumAge, let now)):
            let chain = try lifting { () throws(SystemError) in try CertificateChain(der: chain, subject: subject) }
            let leaf = try lifting { () throws(SystemError) in try chain.verified(by: authorities) }
            try requireAge(leaf, maximumAge, now)
            return ModelSigner(
                publicKey: leaf.publicKey, certificateSubject: StrangerText.neutralised(leaf.subject, atMost: 256),
                notBefore: leaf.notBefore)
        case (.publicKey, .authorities):
            throw refused("wrongly signed: by a bare key, not by a certificate of the authority", remedy: "Name the key with --public-key")
        case (.certificateChain, .key):
            throw refused("wrongly signed: by a certificate, not by the bare key", remedy: "Name the certificate's authority with --ca")
        }
    }

    private func requireAge(_ leaf: SigningCertificate, _ maximumAge: Int, _ now: Int) throws(TrustError) {
        let from = Timestamp.text(secondsSince1970: leaf.notBefore)
        guard leaf.notBefore <= now else {
            throw refused(
                "wrongly signed: the certificate begins to be valid in the future (\(from))", remedy: "Check this machine's clock")
        }
        guard now - leaf.notBefore <= maximumAge else {
            throw refused(
                "wrongly signed: the certificate is too old (valid from \(from); at most \(maximumAge / 86_400) days ago is accepted)",
                remedy: "Ask the signer to sign again, or accept older ones with --max-age")
        }
    }

    private func refused(_ cause: String, remedy: String = "Take the model from who you trust, or check which key or authority you named")
        -> TrustError
    { TrustError(.policy, subject: subject, cause: cause, remedy: remedy) }

    static func broken(_ subject: String, _ cause: String) -> TrustError {
        TrustError(
            .integrity, subject: subject, cause: cause, remedy: "It is damaged, or made to deceive: ask the signer for the signature again")
    }
}
