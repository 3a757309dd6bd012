import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite(.enabled(if: OpenSSL.isInstalled, "needs the program openssl"))
struct CertificateChainTests {
    let folder = TemporaryFolder("certificates")

    /// root -> between -> leaf, the leaf with these extensions.
    private func makeChain(_ extensions: [String] = OpenSSL.signing, curve: String = "P-256") throws {
        for name in ["root", "between"] { try OpenSSL.makeKey("P-256", name, in: folder) }
        try OpenSSL.makeKey(curve, "leaf", in: folder)
        try OpenSSL.certify("root", extensions: OpenSSL.authority, in: folder)
        try OpenSSL.certify("between", by: "root", extensions: OpenSSL.authority, in: folder)
        try OpenSSL.certify("leaf", by: "between", extensions: extensions, subject: "/O=Acme/CN=Ä signer", in: folder)
    }

    private func chain(_ names: String...) throws -> CertificateChain {
        try CertificateChain(pem: names.flatMap { try Files.read(folder.path("\($0).crt")) }, subject: "chain")
    }

    private func authorities(_ names: String...) throws -> CertificateAuthorities {
        try CertificateAuthorities(pem: names.flatMap { try Files.read(folder.path("\($0).crt")) }, subject: "ca")
    }

    private func expectRefused(
        _ cause: String, _ chain: CertificateChain, _ authorities: CertificateAuthorities, _ code: ErrorCode = .policy,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        WaybillSystemTests.expectRefused(code, cause, sourceLocation: sourceLocation) { () throws(SystemError) in
            try chain.verified(by: authorities).notBefore
        }
    }

    @Test func leadsToThePinnedAuthority() throws {
        try makeChain()
        let before = Int(Date().timeIntervalSince1970)
        for authorities in [try authorities("root"), try authorities("between"), try authorities("between", "root")] {
            let leaf = try chain("leaf", "between").verified(by: authorities)
            #expect(try leaf.publicKey == PrivateKey(file: folder.path("leaf")).publicKey)
            #expect(leaf.subject == "CN=Ä signer,O=Acme")
            #expect(abs(leaf.notBefore - before) < 60)
        }
        // The root may be sent along; that does not make it trusted.
        #expect(try chain("leaf", "between", "root").verified(by: authorities("root")).notBefore > 0)
    }

    @Test func anotherAuthorityIsRefused() throws {
        try makeChain()
        try OpenSSL.makeKey("P-256", "other", in: folder)
        try OpenSSL.certify("other", extensions: OpenSSL.authority, subject: "/CN=root", in: folder)
        expectRefused("does not lead to the pinned authority", try chain("leaf", "between", "root"), try authorities("other"))
        expectRefused("does not lead to the pinned authority", try chain("leaf"), try authorities("root"))
        expectRefused("does not lead to the pinned authority", try chain("leaf", "root"), try authorities("root"))
        expectRefused("the pinned certificate itself", try chain("leaf", "between"), try authorities("leaf", "root"))
    }

    @Test(arguments: [
        ["keyUsage=critical,keyEncipherment"], ["keyUsage=digitalSignature", "extendedKeyUsage=serverAuth"], ["subjectKeyIdentifier=hash"],
        OpenSSL.authority, ["basicConstraints=critical,CA:TRUE"], ["basicConstraints=CA:TRUE", "keyUsage=keyCertSign,digitalSignature"],
    ])
    func leafThatMayNotSignIsRefused(extensions: [String]) throws {
        try makeChain(extensions)
        expectRefused("wrongly signed: its certificate is", try chain("leaf", "between"), try authorities("root"))
    }

    @Test(arguments: [
        ["keyUsage=digitalSignature"], ["extendedKeyUsage=codeSigning"],
        ["keyUsage=digitalSignature", "extendedKeyUsage=codeSigning,serverAuth"],
        ["basicConstraints=critical,CA:TRUE", "keyUsage=digitalSignature", "extendedKeyUsage=codeSigning"],
    ])
    func leafThatMaySignIsAccepted(extensions: [String]) throws {
        try makeChain(extensions, curve: "P-521")
        #expect(try chain("leaf", "between").verified(by: authorities("root")).publicKey.curve == .p521)
    }

    @Test func criticalExtensionThatNobodyKnowsIsRefused() throws {
        try makeChain(OpenSSL.signing + ["1.2.3.4.5=critical,ASN1:UTF8String:x"])
        expectRefused("does not lead", try chain("leaf", "between"), try authorities("root"))
        try makeChain(OpenSSL.signing + ["1.2.3.4.5=ASN1:UTF8String:x"])
        #expect(try chain("leaf", "between").verified(by: authorities("root")).notBefore > 0)
    }

    @Test func certificateThatIsNoAuthorityCertifiesNobody() throws {
        try makeChain()
        try OpenSSL.makeKey("P-256", "under", in: folder)
        try OpenSSL.certify("under", by: "leaf", extensions: OpenSSL.signing, in: folder)
        expectRefused("does not lead", try chain("under", "leaf", "between"), try authorities("root"))
    }

    @Test func authorityThatHadExpiredIsRefused() throws {
        try makeChain()
        try OpenSSL.certify("between", by: "root", extensions: OpenSSL.authority, options: ["-days", "-1"], in: folder)
        expectRefused("does not lead", try chain("leaf", "between"), try authorities("root"))
    }

    @Test func weakAuthorityIsRefused() throws {
        try makeChain()
        try OpenSSL.certify("leaf", by: "between", extensions: OpenSSL.signing, options: ["-days", "9", "-sha1"], in: folder)
        expectRefused("does not lead", try chain("leaf", "between"), try authorities("root"))
    }

    @Test(arguments: ["RSA", "ED25519"])
    func leafHasAKeyOfOurs(algorithm: String) throws {
        try makeChain()
        try OpenSSL.run(["genpkey", "-algorithm", algorithm, "-out", "leaf"], in: folder)
        try OpenSSL.certify("leaf", by: "between", extensions: OpenSSL.signing, in: folder)
        expectRefused("", try chain("leaf", "between"), try authorities("root"), .integrity)
    }

    @Test func explicitCurveInACertificateIsRefused() throws {
        try makeChain()
        try OpenSSL.makeKey("P-256", "leaf", in: folder, options: ["ec_param_enc:explicit"])
        try OpenSSL.certify("leaf", by: "between", extensions: OpenSSL.signing, in: folder)
        expectRefused("", try chain("leaf", "between"), try authorities("root"), .integrity)
    }

    @Test func chainIsBounded() throws {
        try makeChain()
        let der = try chain("leaf").certificates[0]
        let key = try PrivateKey(file: folder.path("leaf")).publicKey
        #expect(try CertificateChain(der: [der], subject: "chain").leaf().publicKey == key)
        let broken: [[[UInt8]]] = [
            [], [der + [0]], [Array(der.dropLast())], [[UInt8](repeating: 0x30, count: 1 << 20)], Array(repeating: der, count: 17),
        ]
        for bad in broken {
            WaybillSystemTests.expectRefused(.integrity) { () throws(SystemError) in try CertificateChain(der: bad, subject: "chain") }
        }
        WaybillSystemTests.expectRefused(.integrity) { () throws(SystemError) in try CertificateChain(pem: [], subject: "chain") }
    }

    @Test func authoritiesThatCannotAllBeReadAreRefused() throws {
        try makeChain()
        let root = try Files.read(folder.path("root.crt"))
        let broken = Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)
        let texts: [[UInt8]] = [[], broken, root + broken, Array(repeating: root, count: 257).flatMap { $0 }]
        for bad in texts {
            WaybillSystemTests.expectRefused(.integrity) { () throws(SystemError) in try CertificateAuthorities(pem: bad, subject: "ca") }
        }
        #expect(try chain("leaf", "between").verified(by: CertificateAuthorities(file: folder.path("root.crt"))).notBefore > 0)
    }

    @Test func everyChangedByteOfWhatIsCertifiedIsNoticed() throws {
        try makeChain()
        let certificates = try chain("leaf", "between").certificates
        let authorities = try authorities("root")
        // What the authority signed follows four bytes, with a length in two.
        let count = Int(certificates[0][6]) << 8 | Int(certificates[0][7])
        #expect(count > 200)
        for index in 4..<8 + count {
            var changed = certificates
            changed[0][index] ^= 1
            let leaf = try? CertificateChain(der: changed, subject: "chain").verified(by: authorities)
            #expect(leaf == nil, "byte \(index)")
        }
    }
}
