import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

/// Signing and verifying with certificates of an authority made for the test.
@Suite(.enabled(if: OpenSSL.isInstalled, "needs the program openssl"))
struct CertificateModeTests {
    let folder = TemporaryFolder("certificate-mode")
    private let files = [SignedFile(path: "a", sha256: SHA256.digest(of: [])), SignedFile(path: "b/ü", sha256: SHA256.digest(of: [1]))]
    private let now = Int(Date().timeIntervalSince1970)

    init() throws {
        for name in ["root", "other"] {
            try OpenSSL.makeKey("P-384", name, in: folder)
            try OpenSSL.certify(name, extensions: OpenSSL.authority, in: folder)
        }
    }

    private func chain(_ names: String...) throws -> CertificateChain {
        try CertificateChain(pem: names.flatMap { try Files.read(folder.path("\($0).crt")) }, subject: "chain")
    }

    private func trust(_ name: String) throws -> SignatureTrust {
        .authorities(try CertificateAuthorities(file: folder.path("\(name).crt")), now: now + 60)
    }

    private func makeLeaf(_ curve: String = "P-256", _ extensions: [String] = OpenSSL.signing) throws -> PrivateKey {
        try OpenSSL.makeKey(curve, "leaf", in: folder)
        try OpenSSL.certify("leaf", by: "root", extensions: extensions, subject: "/O=Acme/CN=Ann\u{202E}", in: folder)
        return try PrivateKey(file: folder.path("leaf"))
    }

    @Test(arguments: ["P-256", "P-384", "P-521"]) func signsAndVerifies(curve: String) throws {
        let key = try makeLeaf(curve)
        let bundle = try ModelSignature.sign(files, name: "m", with: key, certificates: chain("leaf", "root"))
        let model = try ModelSignature.verify(bundle, subject: "s", files: files, with: trust("root"))
        #expect(model.signer.name == "CN=Ann\\u{202E},O=Acme")
        #expect(model.signer.publicKey == key.publicKey)
        expectRefused(.policy, "wrongly signed: its certificate does not lead") {
            try ModelSignature.verify(bundle, subject: "s", files: files, with: trust("other"))
        }
    }

    @Test func certificateIsTheSigners() throws {
        let key = try makeLeaf()
        let chain = try chain("leaf")
        #expect(throws: TrustError.self) { try ModelSignature.sign(files, name: "m", with: SigningFixture().key, certificates: chain) }
        #expect(throws: TrustError.self) { try ModelSignature.sign(files, name: "m", with: key, certificates: self.chain("root")) }
    }

    @Test func signatureOfAnotherCertificateIsRefused() throws {
        let key = try makeLeaf()
        let bundle = try JSONValue(parsing: ModelSignature.sign(files, name: "m", with: key, certificates: chain("leaf")), maximumDepth: 32)
        // Another holder of a certificate of the same authority.
        _ = try makeLeaf()
        let row = try JSONValue.object(["rawBytes": .string(Base64.encode(chain("leaf").certificates[0]))])
        let swapped = bundle.replacing(["verificationMaterial", "x509CertificateChain", "certificates"], with: .array([row]))
        let trust = try trust("root")
        expectRefused(.policy, "wrongly signed: the signature is not by CN=Ann") {
            try ModelSignature.verify(swapped.canonical, subject: "s", files: files, with: trust)
        }
        let broken = bundle.replacing(
            ["verificationMaterial", "x509CertificateChain", "certificates", "0", "rawBytes"], with: .string("AAAA"))
        expectRefused(.integrity, "no certificate") {
            try ModelSignature.verify(broken.canonical, subject: "s", files: files, with: trust)
        }
    }
}
