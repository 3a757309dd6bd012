import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTrust

/// The scenes of Protocol/vectors/v1/trust, which an implementation of its own signed.
@Suite struct SignedVectorTests {
    static let names: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: vectorsFolder.path()))?.filter { $0.hasSuffix(".json") }.sorted() ?? []

    @Test func scenesAreThere() { #expect(Self.names.count > 40) }

    @Test(arguments: names) func sceneEndsAsItSays(name: String) async throws {
        let scene = try JSONValue(parsing: [UInt8](try Data(contentsOf: vectorsFolder.appending(path: name))))
        guard case .object(let texts)? = scene["objects"] else {
            Issue.record("no objects")
            return
        }
        let mirror = Mirror()
        for (path, text) in texts { mirror[try #require(ObjectName(path: path))] = Array(try #require(text.text).utf8) }
        do {
            let found = try await read(scene, mirror)
            let signers = try #require(scene["signers"]?.elements, "accepted; the scene says \(scene["word"]?.text ?? "")")
            #expect(found.signers.keys.map { JSONValue.string($0.id.hex) } == signers)
        } catch let error as TrustError {
            #expect(error.code.rawValue == scene["error"]?.text, "\(error)")
            #expect(error.cause.contains(scene["word"]?.text ?? "?"), "\(error)")
        }
    }

    private func read(_ scene: JSONValue, _ mirror: Mirror) async throws -> SignedRef {
        let org = try OrganizationName("acme")
        var chain = KeySetChain(org: org, pinned: Fingerprint(try #require(Digest(hex: scene["pinned"]?.text ?? ""))))
        try mirror.take(&chain)
        let keys = try #require(chain.newest)
        let seconds = try #require(Timestamp.secondsSince1970(scene["now"]?.text ?? ""))
        let (model, ref, n) = (try ModelName("acme/tiny"), try RefName("main"), try #require(scene["n"]?.number))
        let bytes = try #require(mirror[.refEntry(model, ref, n)])
        return try await SignedRefCheck(keys: keys, now: seconds, read: mirror.reading).check(bytes, model: model, ref: ref, n: n)
    }
}
