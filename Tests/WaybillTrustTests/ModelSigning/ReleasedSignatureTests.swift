import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

/// Signatures that releases of the reference tool made, and the vectors of the specification (`shared/conformance/oms`).
@Suite(.enabled(if: Conformance.root != nil, "needs shared/conformance/oms beside the repository"))
struct ReleasedSignatureTests {
    /// 2026-01-01, in days' reach of the fixtures' certificates (2025-05-02).
    private static let now = 1_767_225_600
    private static let releases = ["v1.0.0", "v1.0.1", "v1.1.0"]

    private let root: URL

    init() throws { root = try #require(Conformance.root) }

    private func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: root.appending(path: path))) }

    private var key: SignatureTrust {
        get throws { .key(try PublicKey(pem: read("released/keys/certificate/signing-key-pub.pem"))) }
    }

    private func authorities(_ name: String = "ca-cert", maximumAge: Int = SignatureTrust.defaultMaximumAge, now: Int = Self.now) throws
        -> SignatureTrust
    {
        let pinned = try CertificateAuthorities(pem: read("released/keys/certificate/\(name).pem"), subject: name)
        return .authorities(pinned, maximumAge: maximumAge, now: now)
    }

    /// The files of a release's folder; a model of one file is named `.`.
    private func files(_ folder: String) throws -> [SignedFile] {
        if folder == "v1.0.0-elliptic-key" {
            return [SignedFile(path: ".", sha256: SHA256.digest(of: try read("released/\(folder)/signme-1")))]
        }
        return try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "released/\(folder)").path).map {
            SignedFile(path: $0, sha256: SHA256.digest(of: try read("released/\(folder)/\($0)")))
        }
    }

    private func verify(_ folder: String, _ trust: SignatureTrust, files: [SignedFile]? = nil, ignoring: [String] = ["ignore-me"]) throws
        -> SignedModel
    {
        try ModelSignature.verify(
            read("released/\(folder)/model.sig"), subject: "model.sig", files: files ?? self.files(folder), with: trust,
            signatureFile: "model.sig", ignoring: ignoring)
    }

    @Test(arguments: releases) func keyModeVerifies(release: String) throws {
        let model = try verify("\(release)-elliptic-key", key)
        #expect(model.signer.certificateSubject == nil)
        #expect(model.files.count == (release == "v1.0.0" ? 1 : 2))
        #expect(throws: TrustError.self) { try verify("\(release)-elliptic-key", authorities()) }
    }

    @Test(arguments: releases) func certificateModeVerifies(release: String) throws {
        for name in ["ca-cert", "int-ca-cert"] {
            let model = try verify("\(release)-certificate", authorities(name))
            #expect(model.signer.certificateSubject == "CN=intermediate-ca")
            #expect(model.signer.notBefore == Timestamp.secondsSince1970("2025-05-02T23:36:28Z"))
        }
        #expect(throws: TrustError.self) { try verify("\(release)-certificate", key) }
    }

    @Test(arguments: releases) func certificateIsAcceptedForAWhile(release: String) throws {
        let from = try #require(Timestamp.secondsSince1970("2025-05-02T23:36:28Z"))
        let folder = "\(release)-certificate"
        #expect(try verify(folder, authorities(maximumAge: 86_400, now: from + 86_400)).files.count == 2)
        #expect(try verify(folder, authorities(now: from)).files.count == 2)
        expectRefused(.policy, "too old") { try verify(folder, authorities(maximumAge: 86_400, now: from + 86_401)) }
        expectRefused(.policy, "in the future") { try verify(folder, authorities(now: from - 1)) }
        expectRefused(.policy, "the pinned certificate itself") { try verify(folder, authorities("signing-key-cert")) }
    }

    @Test func fileThatTheSignerLeftOutIsForThePersonToAccept() throws {
        for folder in ["v1.0.1-certificate", "v1.0.1-elliptic-key", "v1.1.0-certificate", "v1.1.0-elliptic-key"] {
            expectRefused(.integrity, "unsigned: `ignore-me`") {
                try verify(folder, folder.hasSuffix("key") ? key : authorities(), ignoring: [])
            }
        }
    }

    @Test(arguments: releases) func changedFilesAreNoticed(release: String) throws {
        for folder in ["\(release)-certificate", "\(release)-elliptic-key"] {
            let trust = folder.hasSuffix("key") ? try key : try authorities()
            let files = try files(folder)
            for index in files.indices where files[index].path.hasPrefix("signme") || files[index].path == "." {
                var changed = files
                changed[index] = SignedFile(path: files[index].path, sha256: SHA256.digest(of: [0]))
                expectRefused(.integrity, "is not what was signed") { try verify(folder, trust, files: changed) }
                changed.remove(at: index)
                expectRefused(.integrity, "is not there") { try verify(folder, trust, files: changed) }
            }
        }
    }

    /// The specification's own runner checks these against its schemas alone; here they must verify as far as their kind goes.
    @Test func validVectorsPass() throws {
        #expect(try ModelSignature(decoding: read("vectors/valid/key.bundle.json"), subject: "v").verified(by: key).files.count == 2)
        let byCertificate = try ModelSignature(decoding: read("vectors/valid/certificate.bundle.json"), subject: "v")
        #expect(try byCertificate.verified(by: authorities()).files.count == 2)
        let sigstore = try ModelSignature(decoding: read("vectors/valid/sigstore.bundle.json"), subject: "v")
        #expect(sigstore.bundle.material == .sigstore)
        expectRefused(.policy, "not supported: it was signed with Sigstore's") { try sigstore.verified(by: key) }
    }

    @Test(arguments: [
        ("invalid/empty", ""), ("invalid/missing-envelope", "\"dsseEnvelope\" is missing"),
        ("invalid/missing-tlog-entries", "without tlogEntries"),
        ("invalid/missing-verification-material", "\"verificationMaterial\" is missing"),
    ])
    func invalidVectorsAreRefused(vector: String, cause: String) throws {
        expectRefused(.integrity, cause) {
            try ModelSignature(decoding: read("vectors/\(vector).bundle.json"), subject: "v").verified(by: key)
        }
    }

    /// Its signature is of another payload, too: both are said.
    @Test func vectorWithAnotherPredicateIsRefused() throws {
        expectRefused(.policy, "it is no model's file list but `https://example.com/wrong-predicate/v1.0`") {
            try ModelSignature(decoding: read("vectors/invalid-payload/wrong-predicate.bundle.json"), subject: "v").verified(by: key)
        }
    }

    @Test func noVectorIsLeftOut() throws {
        let counts = try ["valid", "invalid", "invalid-payload"].map {
            try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "vectors/\($0)").path).count
        }
        #expect(counts == [3, 4, 1])
    }
}

/// `shared/conformance/oms` beside the repository; nil where it is absent.
enum Conformance {
    static let root: URL? = sequence(first: URL(filePath: #filePath)) { url in url.path == "/" ? nil : url.deletingLastPathComponent() }
        .lazy.map { $0.appending(path: "shared/conformance/oms") }.first { FileManager.default.fileExists(atPath: $0.path) }
}
