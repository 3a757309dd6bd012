import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite(.enabled(if: OpenSSL.isInstalled, "needs the program openssl"))
struct PublicKeyTests {
    let folder = TemporaryFolder("public-key")

    @Test(arguments: PublicKey.Curve.allCases)
    func isTheSameFromEveryForm(curve: PublicKey.Curve) throws {
        let key = try PrivateKey(pem: OpenSSL.makeKey(curve.rawValue, "k", in: folder)).publicKey
        let pem = try OpenSSL.publicPEM("k", in: folder)
        #expect(key.curve == curve)
        #expect(key.pem == pem)
        #expect(key.id == SHA256.digest(of: pem))
        #expect(try PublicKey(pem: pem) == key)
        #expect(try PublicKey(der: OpenSSL.publicDER("k", in: folder)) == key)
        #expect(try PublicKey(pem: Array("Some words before.\n".utf8) + pem).id == key.id)
    }

    @Test func idIsThatOfOtherTools() throws {
        try OpenSSL.makeKey("P-384", "k", in: folder)
        try folder.write("pub.pem", OpenSSL.publicPEM("k", in: folder))
        let told = try Tool.run("/usr/bin/sha256sum", [folder.path("pub.pem")]).output
        let key = try PublicKey(pem: Files.read(folder.path("pub.pem")))
        #expect(told.hasPrefix(key.id.hex + " "))
    }

    @Test(arguments: ["explicit", "compressed", "hybrid"])
    func hasOneEncoding(form: String) throws {
        for curve in PublicKey.Curve.allCases {
            try OpenSSL.makeKey(curve.rawValue, "k", in: folder)
            let options = form == "explicit" ? ["-ec_param_enc", form] : ["-ec_conv_form", form]
            let der = try OpenSSL.publicDER("k", in: folder, options: options)
            expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: der) }
            let pem = try OpenSSL.publicPEM("k", in: folder, options: options)
            expectRefused(.integrity) { () throws(SystemError) in try PublicKey(pem: pem) }
        }
    }

    @Test func derEndsWithTheKey() throws {
        try OpenSSL.makeKey("P-256", "k", in: folder)
        let der = try OpenSSL.publicDER("k", in: folder)
        #expect(try PublicKey(der: der).der == der)
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: der + [0]) }
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: Array(der.dropLast())) }
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: []) }
        // The same key with its length in two bytes: DER for a sloppy reader only.
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: [0x30, 0x81, der[1]] + der.dropFirst(2)) }
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: der + [UInt8](repeating: 0, count: 1 << 20)) }
    }

    @Test func pointLiesOnTheCurve() throws {
        try OpenSSL.makeKey("P-256", "k", in: folder)
        var der = try OpenSSL.publicDER("k", in: folder)
        der[der.count - 1] ^= 1
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: der) }
    }

    @Test(arguments: [
        ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], ["-algorithm", "ED25519"], ["-algorithm", "X25519"],
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-224"],
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"],
    ])
    func otherKeysAreRefused(options: [String]) throws {
        try OpenSSL.run(["genpkey"] + options + ["-out", "k"], in: folder)
        let pem = try OpenSSL.publicPEM("k", in: folder)
        let der = try OpenSSL.publicDER("k", in: folder)
        let secret = try Files.read(folder.path("k"))
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(pem: pem) }
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(der: der) }
        expectRefused(.integrity) { () throws(SystemError) in try PrivateKey(pem: secret) }
    }

    @Test func textWithoutKeyIsRefused() {
        for text in ["", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "-----BEGIN PUBLIC KEY-----\nAAAA\n", "\0\0\0"] {
            expectRefused(.integrity) { () throws(SystemError) in try PublicKey(pem: Array(text.utf8)) }
        }
        let long = [UInt8](repeating: UInt8(ascii: "\n"), count: PublicKey.maximumByteCount + 1)
        expectRefused(.integrity) { () throws(SystemError) in try PublicKey(pem: long) }
    }
}

/// What `body` throws must be a `SystemError` of `code` that helps.
func expectRefused<T>(
    _ code: ErrorCode, _ cause: String = "", sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws(SystemError) -> T
) {
    do throws(SystemError) {
        _ = try body()
        Issue.record("was accepted", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect(cause.isEmpty || error.cause.contains(cause), "\(error)", sourceLocation: sourceLocation)
        #expect(!error.remedy.isEmpty, "\(error)", sourceLocation: sourceLocation)
    }
}
