import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

/// Bundles for tests: honest ones, and such as only somebody hostile who holds the key would sign.
struct SigningFixture {
    let key: PrivateKey
    let files = [
        SignedFile(path: "config.json", sha256: SHA256.digest(of: [1])), SignedFile(path: "sub.txt", sha256: SHA256.digest(of: [2])),
        SignedFile(path: "sub/w.bin", sha256: SHA256.digest(of: [])),
    ]

    /// A key of no use to anybody, so that these tests need no other program.
    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgm6IG6eHMvSlS3tJ7
        kgZqREr87XFbMLAixPv+tQ8RAtyhRANCAATHRYZM78JJQweEvvyaVYZ4uG9bc8LB
        EjEMBIS6IZ3iUXIhEUbopVHf/hc/UUCvH1EAqiRV72SrC4kcXXv6/Jsd
        -----END PRIVATE KEY-----
        """

    init() throws { key = try PrivateKey(pem: Array(Self.pem.utf8)) }

    var trust: SignatureTrust { .key(key.publicKey) }

    /// The statement of an honest signer, as a tree to change.
    func statement(ignoring: [String] = [".git"], files: [SignedFile]? = nil) throws -> JSONValue {
        let files = files ?? self.files
        let root = SHA256.digest(of: files.flatMap(\.sha256.bytes))
        let predicate = SigningPredicate(files: files, ignoredPaths: ignoring)
        return .object([
            "_type": .string("https://in-toto.io/Statement/v1"), "predicateType": .string(SigningPredicate.type),
            "subject": .array([.object(["name": .string("tiny"), "digest": .object(["sha256": .string(root.hex)])])]),
            "predicate": try JSONValue(parsing: predicate.encoded()),
        ])
    }

    /// A bundle over `payload`, rightly signed.
    func bundle(_ payload: [UInt8], type: String = Envelope.statementType) throws -> JSONValue {
        let signature = try key.sign(Envelope.signedBytes(payload, type: type))
        let envelope = Envelope(payload: payload, payloadType: type, signatures: [EnvelopeSignature(keyid: "", sig: signature)])
        let bundle = SigningBundle(material: .publicKey(hint: key.publicKey.id.hex, raw: nil), envelope: envelope)
        return try JSONValue(parsing: #require(bundle.encoded()), maximumDepth: 32)
    }

    func bundle(_ statement: JSONValue) throws -> JSONValue { try bundle(statement.canonical) }

    func verify(
        _ bundle: JSONValue, files: [SignedFile]? = nil, ignoring: [String] = [], signatureFile: String? = nil
    ) throws -> SignedModel {
        try ModelSignature.verify(
            bundle.canonical, subject: "model.sig", files: files ?? self.files, with: trust, signatureFile: signatureFile,
            ignoring: ignoring)
    }
}

extension JSONValue {
    /// The tree with the value at `path` (member names and places in lists) replaced; nil removes a member.
    func replacing(_ path: [String], with value: JSONValue?) -> JSONValue {
        guard let first = path.first else { return value ?? .null }
        switch self {
        case .object(var members):
            if path.count == 1 {
                members[first] = value
            } else {
                members[first] = members[first]?.replacing(Array(path.dropFirst()), with: value)
            }
            return .object(members)
        case .array(var elements):
            guard let index = Int(first), elements.indices.contains(index) else { return self }
            elements[index] = elements[index].replacing(Array(path.dropFirst()), with: value)
            return .array(elements)
        default: return self
        }
    }
}

/// What `body` throws must be a `TrustError` of `code` whose cause has these words.
func expectRefused<T>(_ code: ErrorCode, _ cause: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T) {
    do {
        _ = try body()
        Issue.record("was accepted", sourceLocation: sourceLocation)
    } catch let error as TrustError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(cause.isEmpty || error.cause.contains(cause), "\(error)", sourceLocation: sourceLocation)
        #expect(!error.remedy.isEmpty, "\(error)", sourceLocation: sourceLocation)
        let isHarmless = error.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E }
        #expect(isHarmless, "\(error)", sourceLocation: sourceLocation)
        #expect(error.description.utf8.count < 8_192, sourceLocation: sourceLocation)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
