/// A DSSE envelope: a payload as written, its type, and signatures over both (Protocol/TRUST.md).
public struct Envelope: Hashable, Sendable {
    public let payload: [UInt8]
    public let payloadType: String
    /// At most `maximumSignatures`; none are verified here.
    public let signatures: [EnvelopeSignature]

    /// Of the payload of every in-toto statement.
    public static let statementType = "application/vnd.in-toto+json"
    public static let maximumSignatures = 64

    public init(payload: [UInt8], payloadType: String, signatures: [EnvelopeSignature] = []) {
        self.payload = payload
        self.payloadType = payloadType
        self.signatures = signatures
    }

    /// Of an envelope as any tool writes it: members in any order, others than ours passed over, `keyid` absent or null, base64 of
    /// either alphabet. The caller bounds the bytes.
    /// - Throws: `.integrity`; also for a member of ours that stands twice.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        var scanner = JSONScanner(bytes, subject: subject)
        try self.init(&scanner)
        try scanner.finish()
    }

    public init(_ value: JSONValue, subject: String) throws(FormatError) {
        try self.init(decoding: value.canonical, subject: subject)
    }

    /// The envelope that stands next.
    init(_ scanner: inout JSONScanner) throws(FormatError) {
        var payload: [UInt8]?
        var type: String?
        var signatures: [EnvelopeSignature]?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "payload": try scanner.once(&payload, key) { (scanner) throws(FormatError) in try scanner.anyBase64() }
            case "payloadType": try scanner.once(&type, key) { (scanner) throws(FormatError) in try scanner.string() }
            case "signatures": try scanner.once(&signatures, key, Self.signatures)
            default: try scanner.skipValue()
            }
        }
        self.init(
            payload: try scanner.required(payload, "payload"), payloadType: try scanner.required(type, "payloadType"),
            signatures: try scanner.required(signatures, "signatures"))
    }

    private static func signatures(_ scanner: inout JSONScanner) throws(FormatError) -> [EnvelopeSignature] {
        var signatures: [EnvelopeSignature] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard signatures.count < maximumSignatures else { throw scanner.broken("more than \(maximumSignatures) signatures") }
            var keyid: String??
            var sig: [UInt8]?
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "keyid": try scanner.once(&keyid, key) { (scanner) throws(FormatError) in try scanner.optionalString() }
                case "sig": try scanner.once(&sig, key) { (scanner) throws(FormatError) in try scanner.anyBase64() }
                default: try scanner.skipValue()
                }
            }
            signatures.append(EnvelopeSignature(keyid: (keyid ?? nil) ?? "", sig: try scanner.required(sig, "sig")))
        }
        return signatures
    }

    /// What is signed: DSSE's pre-authentication encoding.
    public var signedBytes: [UInt8] { Self.signedBytes(payload, type: payloadType) }

    public static func signedBytes(_ payload: [UInt8], type: String) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload
    }

    /// With members in canonical order.
    public var value: JSONValue {
        .object([
            "payload": .string(Base64.encode(payload)), "payloadType": .string(payloadType),
            "signatures": .array(
                signatures.map { .object(["keyid": .string($0.keyid), "sig": .string(Base64.encode($0.sig))]) }),
        ])
    }
}
