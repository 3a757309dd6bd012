/// A signature of an envelope.
public struct EnvelopeSignature: Hashable, Sendable {
    public let keyid: String
    public let sig: [UInt8]

    public init(keyid: String, sig: [UInt8]) {
        self.keyid = keyid
        self.sig = sig
    }
}

/// The DSSE envelope of a ref entry: its payload as written, and signatures, which may be none.
public struct RefEnvelope: Hashable, Sendable {
    public let payload: [UInt8]
    public let signatures: [EnvelopeSignature]

    public static let payloadType = "application/vnd.waybill.ref+json"

    public init(payload: [UInt8], signatures: [EnvelopeSignature] = []) {
        self.payload = payload
        self.signatures = signatures
    }

    /// Checks the form and the payload's SHA-256; no signature is verified here.
    public init(decoding bytes: [UInt8], subject: String, sha256: DigestFunction) throws(FormatError) {
        guard bytes.count <= Limits.refEntry else { throw .rejected(subject, "larger than \(Limits.refEntry) bytes") }
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
            throw .rejected(subject, "the envelope does not hold a ref entry")
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

    private static func signatures(_ scanner: inout JSONScanner) throws(FormatError) -> [EnvelopeSignature] {
        var signatures: [EnvelopeSignature] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
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
