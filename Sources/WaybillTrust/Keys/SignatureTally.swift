import WaybillFormat
import WaybillSystem

/// Which of some keys signed a message.
struct SignatureTally: Sendable {
    /// Signatures that stand there, good or bad.
    let count: Int
    /// The keys with which a signature verifies.
    let signers: Set<Digest>
    /// What the signatures' `keyid`s name: good for an explanation, never for a decision.
    let named: Set<Digest>

    init(_ signatures: [EnvelopeSignature], over message: [UInt8], keys: [PublicKey]) {
        var signers: Set<Digest> = []
        for signature in signatures {
            let id = Digest(hex: signature.keyid)
            // The key that is named comes first, since it nearly always is the one.
            let first = keys.first { $0.id == id }
            let others = keys.lazy.filter { $0.id != id }
            // A signature counts for one key at most: other keys can be computed that it would verify with as well.
            if let first, first.verifies(signature.sig, of: message) {
                signers.insert(first.id)
            } else if let other = others.first(where: { $0.verifies(signature.sig, of: message) }) {
                signers.insert(other.id)
            }
        }
        count = signatures.count
        self.signers = signers
        named = Set(signatures.compactMap { Digest(hex: $0.keyid) })
    }
}
