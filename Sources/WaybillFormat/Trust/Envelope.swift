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

    /// Of an envelope as any tool writes it: members in any order, others than ours passed over, `keyid` absent or null.
    /// - Throws: `.integrity`.
    public init(_ value: JSONValue, subject: String) throws(FormatError) {
        guard let type = value["payloadType"]?.text, let payload = value["payload"]?.text.flatMap(Base64.decode),
            let rows = value["signatures"]?.elements
        else { throw .rejected(subject, "is no DSSE envelope: payloadType, payload (base64) and signatures are needed") }
        guard rows.count <= Self.maximumSignatures else {
            throw .rejected(subject, "has \(rows.count) signatures; at most \(Self.maximumSignatures) are read")
        }
        var signatures: [EnvelopeSignature] = []
        for row in rows {
            guard let sig = row["sig"]?.text.flatMap(Base64.decode), !sig.isEmpty else {
                throw .rejected(subject, "holds a signature without sig (base64)")
            }
            signatures.append(EnvelopeSignature(keyid: row["keyid"]?.text ?? "", sig: sig))
        }
        self.init(payload: payload, payloadType: type, signatures: signatures)
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
