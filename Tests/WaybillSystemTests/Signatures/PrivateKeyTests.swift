import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite(.enabled(if: OpenSSL.isInstalled, "needs the program openssl"))
struct PrivateKeyTests {
    let folder = TemporaryFolder("private-key")
    private let message = Array("what is signed".utf8)

    private func key(_ curve: PublicKey.Curve = .p256, _ name: String = "k") throws -> PrivateKey {
        try OpenSSL.makeKey(curve.rawValue, name, in: folder)
        return try PrivateKey(file: folder.path(name))
    }

    @Test(arguments: PublicKey.Curve.allCases)
    func signsAndVerifies(curve: PublicKey.Curve) throws {
        let key = try key(curve)
        let signature = try key.sign(message)
        #expect(key.publicKey.verifies(signature, of: message))
        #expect(!key.publicKey.verifies(signature, of: message + [0]))
        #expect(try !self.key(curve, "other").publicKey.verifies(signature, of: message))
        #expect(try key.publicKey.verifies(key.sign([]), of: []))
    }

    @Test(arguments: zip(PublicKey.Curve.allCases, ["-sha256", "-sha384", "-sha512"]))
    func agreesWithOpenSSL(curve: PublicKey.Curve, hash: String) throws {
        let key = try key(curve)
        try folder.write("message", message)
        try folder.write("pub", key.publicKey.pem)
        try folder.write("ours", key.sign(message))
        #expect(try OpenSSL.run(["dgst", hash, "-verify", "pub", "-signature", "ours", "message"], in: folder).contains("Verified OK"))
        try OpenSSL.run(["dgst", hash, "-sign", "k", "-out", "theirs", "message"], in: folder)
        #expect(try key.publicKey.verifies(Files.read(folder.path("theirs")), of: message))
    }

    @Test(arguments: PublicKey.Curve.allCases)
    func signatureWithAnotherHashCountsForNothing(curve: PublicKey.Curve) throws {
        let key = try key(curve)
        try folder.write("message", message)
        for hash in ["-sha1", "-sha256", "-sha384", "-sha512"] {
            try OpenSSL.run(["dgst", hash, "-sign", "k", "-out", "signature", "message"], in: folder)
            let own = ["-sha256": PublicKey.Curve.p256, "-sha384": .p384, "-sha512": .p521][hash]
            #expect(try key.publicKey.verifies(Files.read(folder.path("signature")), of: message) == (own == curve), "\(hash)")
        }
    }

    @Test(arguments: PublicKey.Curve.allCases)
    func everyChangedBitOfASignatureIsNoticed(curve: PublicKey.Curve) throws {
        let key = try key(curve)
        let signature = try key.sign(message)
        for bit in 0..<signature.count * 8 {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.publicKey.verifies(changed, of: message), "bit \(bit)")
        }
        for count in 0..<signature.count { #expect(!key.publicKey.verifies(Array(signature[..<count]), of: message)) }
        #expect(!key.publicKey.verifies(signature + [0], of: message))
        #expect(key.publicKey.verifies(signature, of: message))
    }

    @Test func fileOfOthersIsNoticed() throws {
        let path = folder.path("k")
        try OpenSSL.makeKey("P-256", "k", in: folder)
        for (mode, isExposed) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(try PrivateKey(file: path).isExposed == isExposed)
        }
        expectRefused(.notFound) { () throws(SystemError) in try PrivateKey(file: folder.path("absent")) }
    }

    @Test func bothFormsOfAFileAreRead() throws {
        let key = try key()
        try OpenSSL.run(["ec", "-in", "k", "-out", "sec1"], in: folder)
        #expect(try String(decoding: Files.read(folder.path("sec1")), as: UTF8.self).contains("BEGIN EC PRIVATE KEY"))
        #expect(try PrivateKey(file: folder.path("sec1")).publicKey == key.publicKey)
    }

    @Test func encryptedKeyIsRefusedWithoutAsking() throws {
        try OpenSSL.makeKey("P-256", "k", in: folder)
        try OpenSSL.run(["pkey", "-in", "k", "-aes256", "-passout", "pass:secret", "-out", "pkcs8"], in: folder)
        try OpenSSL.run(["ec", "-in", "k", "-aes256", "-passout", "pass:secret", "-out", "sec1"], in: folder)
        for name in ["pkcs8", "sec1"] {
            expectRefused(.integrity, "passphrase") { () throws(SystemError) in try PrivateKey(file: folder.path(name)) }
        }
    }

    @Test func explicitCurveIsRefused() throws {
        let explicit = try OpenSSL.makeKey("P-256", "k", in: folder, options: ["ec_param_enc:explicit"])
        expectRefused(.integrity) { () throws(SystemError) in try PrivateKey(pem: explicit) }
    }

    @Test func foreignPublicKeyInAFileIsRefused() throws {
        try OpenSSL.makeKey("P-256", "a", in: folder)
        try OpenSSL.makeKey("P-256", "b", in: folder)
        func der(_ name: String) throws -> [UInt8] {
            try OpenSSL.run(["ec", "-in", name, "-outform", "DER", "-out", "\(name).sec1"], in: folder)
            return try Files.read(folder.path("\(name).sec1"))
        }
        // In SEC 1 the public point ends the file.
        let mixed = try Array(der("a").dropLast(64) + der("b").suffix(64))
        let text = Data(mixed).base64EncodedString(options: .lineLength64Characters)
        let pem = "-----BEGIN EC PRIVATE KEY-----\n\(text)\n-----END EC PRIVATE KEY-----\n"
        expectRefused(.integrity, "does not belong") { () throws(SystemError) in try PrivateKey(pem: Array(pem.utf8)) }
    }
}
