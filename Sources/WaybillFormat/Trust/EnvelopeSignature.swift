/// A signature of an envelope.
public struct EnvelopeSignature: Hashable, Sendable {
    /// Names a key to try; what counts is the key that `sig` verifies with.
    public let keyid: String
    public let sig: [UInt8]

    public init(keyid: String, sig: [UInt8]) {
        self.keyid = keyid
        self.sig = sig
    }
}
