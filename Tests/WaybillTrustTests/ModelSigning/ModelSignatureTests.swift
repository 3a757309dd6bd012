import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

/// Signatures that say something else than they should, by signers who hold the right key and by those who do not.
@Suite struct ModelSignatureTests {
    let fixture: SigningFixture

    init() throws { fixture = try SigningFixture() }

    @Test func whatIsWrittenVerifies() throws {
        let bundle = try ModelSignature.sign(fixture.files.reversed(), name: "acme/tiny", with: fixture.key)
        let model = try ModelSignature.verify(bundle, subject: "model.sig", files: fixture.files, with: fixture.trust)
        #expect(model.name == "acme/tiny")
        #expect(model.files == fixture.files)
        #expect(model.ignoredPaths == [".waybill", ".git", ".cache"])
        #expect(model.signer.name == fixture.key.publicKey.id.hex)
        let value = try JSONValue(parsing: bundle, maximumDepth: 32)
        #expect(value["mediaType"]?.text == "application/vnd.dev.sigstore.bundle.v0.3+json")
        #expect(value["verificationMaterial"]?["publicKey"]?["hint"]?.text == fixture.key.publicKey.id.hex)
        #expect(value.canonical == bundle)
    }

    @Test func honestFixtureVerifies() throws {
        #expect(try fixture.verify(fixture.bundle(fixture.statement())).files == fixture.files)
    }

    // MARK: Who signed

    @Test func anotherKeyIsRefused() throws {
        let other = try PublicKey(pem: OtherKey.pem)
        let bundle = try fixture.bundle(fixture.statement())
        let verify = { (bundle: JSONValue) throws in
            try ModelSignature.verify(bundle.canonical, subject: "model.sig", files: fixture.files, with: .key(other))
        }
        expectRefused(.policy, "wrongly signed: it names another key") { try verify(bundle) }
        let posing = bundle.replacing(["verificationMaterial", "publicKey", "hint"], with: .string(other.id.hex))
        expectRefused(.policy, "wrongly signed: the signature is not by") { try verify(posing) }
        let silent = bundle.replacing(["verificationMaterial", "publicKey"], with: .object([:]))
        expectRefused(.policy, "wrongly signed") { try verify(silent) }
        #expect(try fixture.verify(silent).files == fixture.files)
        let raw = { (bytes: [UInt8]) in
            bundle.replacing(["verificationMaterial", "publicKey"], with: .object(["rawBytes": .string(Base64.encode(bytes))]))
        }
        #expect(try fixture.verify(raw(fixture.key.publicKey.pem)).files == fixture.files)
        #expect(try fixture.verify(raw(fixture.key.publicKey.der)).files == fixture.files)
        expectRefused(.policy, "wrongly signed: it names another key") { try fixture.verify(raw(other.pem)) }
    }

    @Test func changedPayloadIsRefused() throws {
        let bundle = try fixture.bundle(fixture.statement())
        let payload = try #require(bundle["dsseEnvelope"]?["payload"]?.text.flatMap(Base64.decode))
        for index in payload.indices {
            var changed = payload
            changed[index] ^= 1
            let forged = bundle.replacing(["dsseEnvelope", "payload"], with: .string(Base64.encode(changed)))
            expectRefused(.policy, "wrongly signed") { try fixture.verify(forged) }
        }
    }

    @Test func signatureUnderAnotherTypeIsRefused() throws {
        let statement = try fixture.statement().canonical
        let typed = try fixture.bundle(statement, type: "application/vnd.waybill.ref+json")
        expectRefused(.integrity, "replay") { try fixture.verify(typed) }
        // The type is under the signature.
        let renamed = typed.replacing(["dsseEnvelope", "payloadType"], with: .string(Envelope.statementType))
        expectRefused(.policy, "wrongly signed") { try fixture.verify(renamed) }
    }

    @Test func oneSignatureCounts() throws {
        let bundle = try fixture.bundle(fixture.statement())
        let row = try #require(bundle["dsseEnvelope"]?["signatures"]?.elements?.first)
        let two = bundle.replacing(["dsseEnvelope", "signatures"], with: .array([row, row]))
        expectRefused(.integrity, "2 signatures") { try fixture.verify(two) }
        let none = bundle.replacing(["dsseEnvelope", "signatures"], with: .array([]))
        expectRefused(.policy, "unsigned") { try fixture.verify(none) }
        let empty = bundle.replacing(["dsseEnvelope", "signatures", "0", "sig"], with: .string(""))
        expectRefused(.policy, "wrongly signed") { try fixture.verify(empty) }
        let null = bundle.replacing(["dsseEnvelope", "signatures", "0", "keyid"], with: .null)
        #expect(try fixture.verify(null).files == fixture.files)
        let absent = bundle.replacing(["dsseEnvelope", "signatures", "0", "keyid"], with: nil)
        #expect(try fixture.verify(absent).files == fixture.files)
    }

    @Test func modeIsTheOneThatIsTrusted() throws {
        let bundle = try fixture.bundle(fixture.statement())
        let material = ["verificationMaterial"]
        let raw: JSONValue = .object(["rawBytes": .string("AAAA")])
        let chain: JSONValue = .object(["x509CertificateChain": .object(["certificates": .array([raw])])])
        expectRefused(.policy, "by a certificate, not by the bare key") {
            try fixture.verify(bundle.replacing(material, with: chain))
        }
        let sigstore: JSONValue = .object(["certificate": raw, "tlogEntries": .array([.object([:])])])
        expectRefused(.policy, "not supported") { try fixture.verify(bundle.replacing(material, with: sigstore)) }
        let unlogged: JSONValue = .object(["certificate": raw])
        expectRefused(.integrity, "without tlogEntries") {
            try fixture.verify(bundle.replacing(material, with: unlogged))
        }
        let both = bundle.replacing(["verificationMaterial", "x509CertificateChain"], with: chain["x509CertificateChain"])
        expectRefused(.integrity, "more than one") { try fixture.verify(both) }
        expectRefused(.integrity, "neither") { try fixture.verify(bundle.replacing(material, with: .object([:]))) }
    }

    // MARK: Form

    @Test func mediaTypesOfSigstoreAreRead() throws {
        let bundle = try fixture.bundle(fixture.statement())
        for type in ["+json;version=0.1", "+json;version=0.2", "+json;version=0.3", ".v0.3+json"] {
            let typed = bundle.replacing(["mediaType"], with: .string("application/vnd.dev.sigstore.bundle" + type))
            #expect(try fixture.verify(typed).files == fixture.files)
        }
        for type in ["application/vnd.dev.sigstore.bundle.v0.4+json", "application/json", "\u{202E}"] {
            expectRefused(.integrity, "no Sigstore bundle") {
                try fixture.verify(bundle.replacing(["mediaType"], with: .string(type)))
            }
        }
    }

    @Test func everyFormOfBase64IsRead() throws {
        // Long enough that each alphabet's own letters come up.
        let statement = try fixture.statement().replacing(["subject", "0", "name"], with: .string("tiny?>~?>~?>~ü"))
        let bundle = try fixture.bundle(statement)
        let text = try #require(bundle["dsseEnvelope"]?["payload"]?.text)
        let safe = text.replacing("+", with: "-").replacing("/", with: "_")
        #expect(safe != text)
        for form in [safe, safe.replacing("=", with: ""), text.replacing("=", with: "")] {
            #expect(try fixture.verify(bundle.replacing(["dsseEnvelope", "payload"], with: .string(form))).files == fixture.files)
        }
        for form in [text + "\n", " " + text, text + "====", text + "+-"] {
            expectRefused(.integrity, "base64") {
                try fixture.verify(bundle.replacing(["dsseEnvelope", "payload"], with: .string(form)))
            }
        }
    }

    @Test func membersThatWeDoNotKnowArePassedOver() throws {
        let more: JSONValue = .object(["deep": .array([.object(["a": .null])])])
        var statement = try fixture.statement()
        for path in [
            ["x"], ["predicate", "x"], ["predicate", "resources", "0", "size"], ["predicate", "serialization", "x"], ["subject", "0", "x"],
        ] {
            statement = statement.replacing(path, with: more)
        }
        var bundle = try fixture.bundle(statement)
        for path in [["x"], ["verificationMaterial", "x"], ["verificationMaterial", "publicKey", "x"], ["dsseEnvelope", "x"]] {
            bundle = bundle.replacing(path, with: more)
        }
        #expect(try fixture.verify(bundle).files == fixture.files)
    }

    @Test(arguments: [
        "mediaType", "verificationMaterial", "dsseEnvelope", "payload", "payloadType", "signatures", "sig", "hint", "publicKey",
    ])
    func memberOfABundleThatStandsTwiceIsRefused(name: String) throws {
        let bundle = try twice(name, name, in: fixture.bundle(fixture.statement()))
        expectRefused(.integrity, "stands twice") {
            try ModelSignature.verify(bundle, subject: "s", files: fixture.files, with: fixture.trust)
        }
    }

    @Test(arguments: [
        "_type", "subject", "predicateType", "predicate", "resources", "serialization", "digest", "name", "algorithm", "ignore_paths",
    ])
    func memberOfAStatementThatStandsTwiceIsRefused(name: String) throws {
        // The second name may be written with an escape: it is the same name.
        for second in [name, "\\u00" + String(name.utf8.first ?? 0, radix: 16) + name.dropFirst()] {
            let bundle = try fixture.bundle(twice(name, second, in: fixture.statement()))
            expectRefused(.integrity, "stands twice") { try fixture.verify(bundle) }
        }
    }

    /// The document with the first member `name` written twice, with the same value, the second time as `second`.
    private func twice(_ name: String, _ second: String, in document: JSONValue) throws -> [UInt8] {
        let text = String(decoding: document.canonical, as: UTF8.self)
        let member = try #require(text.firstRange(of: "\"\(name)\":"))
        let rest = Array(text[member.upperBound...].utf8)
        var scanner = JSONScanner(rest, maximumDepth: 32)
        try scanner.skipValue()
        return Array(text[..<member.upperBound].utf8) + rest[..<scanner.position] + Array(",\"\(second)\":".utf8) + rest
    }

    @Test func otherDocumentsAreRefused() {
        for text in ["", "{}", "[]", "null", "{\"mediaType\":1}", String(repeating: "[", count: 100_000), "\u{FEFF}{}"] {
            expectRefused(.integrity, "") { try ModelSignature(decoding: Array(text.utf8), subject: "\u{1B}[2J") }
        }
        let long = [UInt8](repeating: UInt8(ascii: " "), count: SigningBundle.maximumByteCount + 1)
        expectRefused(.integrity, "larger than") { try ModelSignature(decoding: long, subject: "s") }
    }
}

/// The public key of somebody else.
enum OtherKey {
    static let pem = Array(
        """
        -----BEGIN PUBLIC KEY-----
        MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAENcap+P59eBQLjjhUK9s3lfEOOLLtdfwp
        QksUue/vVBTniGimTKb4iw3cxk+MSfnX0TyOnZBjMR5ws3n3zQTIsPmhgmdyocgY
        M3MGEhutPB+xelomOrGEfatkjItD0luv
        -----END PUBLIC KEY-----

        """.utf8)
}
