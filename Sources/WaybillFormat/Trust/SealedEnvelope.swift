/// What a store keeps in an envelope of its own.
public protocol SealedPayload {
    /// DSSE's type of the payload.
    static var payloadType: String { get }
    /// Bytes of the largest envelope around it.
    static var maximumEnvelopeByteCount: Int { get }
    /// For errors: "a ref entry".
    static var noun: String { get }
}

extension RefEntry: SealedPayload {
    public static let payloadType = "application/vnd.waybill.ref+json"
    public static let maximumEnvelopeByteCount = Limits.refEntry
    public static let noun = "a ref entry"
}

/// The DSSE envelope of a ref entry.
public typealias RefEnvelope = SealedEnvelope<RefEntry>

/// The DSSE envelope of an object of the store, in its one form: canonical JSON with the payload as written, the payload's SHA-256 and
/// signatures, which may be none.
public struct SealedEnvelope<Payload: SealedPayload>: Hashable, Sendable {
    public let payload: [UInt8]
    public let signatures: [EnvelopeSignature]

    public static var payloadType: String { Payload.payloadType }

    public init(payload: [UInt8], signatures: [EnvelopeSignature] = []) {
        self.payload = payload
        self.signatures = signatures
    }

    /// Checks the form and the payload's SHA-256; no signature is verified here.
    public init(decoding bytes: [UInt8], subject: String, sha256: DigestFunction) throws(FormatError) {
        let limit = Payload.maximumEnvelopeByteCount
        guard bytes.count <= limit else { throw .rejected(subject, "larger than \(limit) bytes") }
        var payload: [UInt8]?
        var digest: Digest?
        var type: String?
        var signatures: [EnvelopeSignature]?
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "payload": payload = try scanner.base64()
            case "payloadSha256": digest = try scanner.digest()
            case "payloadType": type = try scanner.string()
            case "signatures": signatures = try Self.signatures(&scanner)
            default: throw scanner.unknownMember(key)
            }
        }
        try scanner.finish()
        guard try scanner.required(type, "payloadType") == Self.payloadType else {
            throw .rejected(subject, "the envelope does not hold \(Payload.noun)")
        }
        self.init(payload: try scanner.required(payload, "payload"), signatures: try scanner.required(signatures, "signatures"))
        guard try scanner.required(digest, "payloadSha256") == sha256(self.payload) else {
            throw .rejected(subject, "the payload does not have its SHA-256")
        }
        try scanner.requireCanonical(encoded(sha256: sha256))
    }

    public func encoded(sha256: DigestFunction) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("payload")
        writer.string(Base64.encode(payload))
        writer.key("payloadSha256")
        writer.digest(sha256(payload))
        writer.key("payloadType")
        writer.string(Self.payloadType)
        writer.key("signatures")
        writer.beginArray()
        for signature in signatures {
            writer.beginObject()
            writer.key("keyid")
            writer.string(signature.keyid)
            writer.key("sig")
            writer.string(Base64.encode(signature.sig))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// What its signatures are about.
    public var signedBytes: [UInt8] { Envelope.signedBytes(payload, type: Self.payloadType) }

    private static func signatures(_ scanner: inout JSONScanner) throws(FormatError) -> [EnvelopeSignature] {
        var signatures: [EnvelopeSignature] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            // Each costs whoever verifies it a multiplication for every key.
            guard signatures.count < Envelope.maximumSignatures else {
                throw scanner.broken("more than \(Envelope.maximumSignatures) signatures")
            }
            var keyid: String?
            var sig: [UInt8]?
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "keyid": keyid = try scanner.string()
                case "sig": sig = try scanner.base64()
                default: throw scanner.unknownMember(key)
                }
            }
            signatures.append(EnvelopeSignature(keyid: try scanner.required(keyid, "keyid"), sig: try scanner.required(sig, "sig")))
        }
        return signatures
    }
}

extension JSONScanner {
    mutating func base64() throws(FormatError) -> [UInt8] {
        guard let bytes = Base64.decode(try string()) else { throw broken("canonical base64 was expected") }
        return bytes
    }
}
