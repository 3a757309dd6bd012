import WaybillFormat
import WaybillSystem

extension EnvelopeSignature {
    /// A signature by `signer`, verified before it is used: a device may hold another key than it said. Blocks.
    /// - Throws: `.failure` for an answer that does not verify.
    public init(of message: [UInt8], by signer: some Signer) throws(TrustError) {
        let sig = try lifting { () throws(SystemError) in try signer.sign(message) }
        guard signer.publicKey.verifies(sig, of: message) else {
            throw TrustError(
                .failure, subject: "key \(signer.publicKey.id)", cause: "the signer's answer does not verify with its own public key",
                remedy: "Check that the signer uses the key that it names")
        }
        self.init(keyid: signer.publicKey.id.hex, sig: sig)
    }
}

extension SealedEnvelope {
    /// With one signature more. Blocks.
    public func signed(by signer: some Signer) throws(TrustError) -> SealedEnvelope {
        SealedEnvelope(payload: payload, signatures: signatures + [try EnvelopeSignature(of: signedBytes, by: signer)])
    }
}

extension Envelope {
    /// With one signature more. Blocks.
    public func signed(by signer: some Signer) throws(TrustError) -> Envelope {
        let signature = try EnvelopeSignature(of: signedBytes, by: signer)
        return Envelope(payload: payload, payloadType: payloadType, signatures: signatures + [signature])
    }
}
