import Foundation
import Synchronization
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

/// The keys of Protocol/vectors/v1/trust/keys, made for tests.
enum TestKeys {
    private static let made = Mutex<[String: PrivateKey]>([:])

    static func key(_ name: String) throws -> PrivateKey {
        try made.withLock { made in
            if let key = made[name] { return key }
            let key = try PrivateKey(pem: [UInt8](try Data(contentsOf: vectorsFolder.appending(path: "keys/\(name).pem"))))
            made[name] = key
            return key
        }
    }

    static func row(_ name: String) throws -> KeySet.Key { KeySet.Key(try key(name).publicKey, name: name) }
    static func id(_ name: String) throws -> Digest { try key(name).publicKey.id }
}

let vectorsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Protocol/vectors/v1/trust", directoryHint: .isDirectory)

/// The body must be refused with that word and the word's code, and `text` in its cause.
func expectRefusal<T>(
    _ refusal: TrustRefusal, _ text: String = "", sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> T
) async {
    do {
        let value = try await body()
        Issue.record("accepted: \(value)", sourceLocation: sourceLocation)
    } catch let error as TrustError {
        #expect(error.code == refusal.code, "\(error)", sourceLocation: sourceLocation)
        let isNamed = error.cause.hasPrefix("\(refusal.rawValue): ")
        #expect(isNamed && (text.isEmpty || error.cause.contains(text)), "\(error)", sourceLocation: sourceLocation)
        #expect(!error.remedy.isEmpty, "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
    }
}

/// The body must be refused with that code.
func expectError<T>(
    _ code: ErrorCode, _ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T
) {
    do {
        let value = try body()
        Issue.record("accepted: \(value)", sourceLocation: sourceLocation)
    } catch let error as TrustError {
        #expect(error.code == code && error.cause.contains(text) && !error.remedy.isEmpty, "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
    }
}

let writtenAt = "2026-01-01T00:00:00Z"
let now = Timestamp.secondsSince1970("2026-06-01T00:00:00Z") ?? 0
let day = 86_400
func stamp(_ offset: Int) -> String { Timestamp.text(secondsSince1970: now + offset) }

func digest(_ text: String) -> Digest { SHA256.digest(of: Array(text.utf8)) }

/// A role by the names of test keys.
func role(_ kind: KeySet.RoleKind, _ names: [String], _ threshold: Int = 1, models: [NameGlob] = [.everything]) throws -> KeySet.Role {
    KeySet.Role(kind, keys: try names.map(TestKeys.id), models: models, threshold: threshold)
}

extension KeySet {
    /// Set 1 of an organisation with these roles, and their keys.
    static func first(_ roles: [Role], org: String = "acme", expires: String? = nil) throws -> KeySet {
        KeySet(
            org: try OrganizationName(org), n: 1, previous: nil, keys: try keys(of: roles), roles: roles, time: writtenAt, expires: expires)
    }

    /// The set after, with changes; the keys are those of the roles.
    func next(
        roles: [Role]? = nil, revokedKeys: [Revocation]? = nil, revokedManifests: [Revocation]? = nil, expires: String?? = nil,
        previous: Fingerprint? = nil
    ) throws -> KeySet {
        KeySet(
            org: org, n: n + 1, previous: previous ?? fingerprint(sha256: SHA256.digest(of:)),
            keys: try roles.map(Self.keys(of:)) ?? keys, roles: roles ?? self.roles, revokedKeys: revokedKeys ?? self.revokedKeys,
            revokedManifests: revokedManifests ?? self.revokedManifests, time: writtenAt, expires: expires ?? self.expires)
    }

    private static let names = ["ada", "ben", "cyd", "dan", "eve", "fay", "gus", "p384", "p521"]

    private static func keys(of roles: [Role]) throws -> [Key] {
        let ids = Set(roles.flatMap(\.keys))
        return try names.map(TestKeys.row).filter { ids.contains($0.id) }
    }

    /// The object's bytes with signatures of these keys, whether they may sign or not.
    func signed(by names: [String]) throws -> [UInt8] {
        var envelope = KeySetEnvelope(payload: encodedPayload())
        for name in names { envelope = try envelope.signed(by: try TestKeys.key(name)) }
        return envelope.encoded(sha256: SHA256.digest(of:))
    }

    static func revoking(_ name: String) throws -> Revocation { Revocation(try TestKeys.id(name), reason: "It leaked.", time: writtenAt) }
}

/// Set 1 as most tests want it: Ada and Ben are root (both needed), Cyd publishes, Eve evaluates, Fay reviews, Gus revokes.
func plainSet(_ org: String = "acme", expires: String? = nil) throws -> KeySet {
    try KeySet.first(
        [
            role(.root, ["ada", "ben"], 2), role(.publisher, ["cyd"]), role(.evaluator, ["eve"]), role(.reviewer, ["fay"]),
            role(.revoker, ["gus"]),
        ], org: org, expires: expires)
}

/// The newest of a chain of sets, each with its signers, from the pinned first one.
func walk(_ sets: [(KeySet, [String])]) throws -> TrustedKeySet {
    var chain = KeySetChain(org: sets[0].0.org, pinned: sets[0].0.fingerprint(sha256: SHA256.digest(of:)))
    for (set, signers) in sets { try chain.take(try set.signed(by: signers)) }
    try chain.take(nil)
    return try #require(chain.newest)
}

/// What a mirror shows.
final class Mirror: Sendable {
    private let objects = Mutex<[ObjectName: [UInt8]]>([:])

    subscript(name: ObjectName) -> [UInt8]? {
        get { objects.withLock { $0[name] } }
        set { objects.withLock { $0[name] = newValue } }
    }

    var reading: SignedRefCheck.Reading { { (name) async throws(TrustError) in self[name] } }

    /// Stores an object under attestations/.
    @discardableResult
    func attach(_ bytes: [UInt8]) -> Digest {
        let digest = SHA256.digest(of: bytes)
        self[.attestation(digest)] = bytes
        return digest
    }

    func index(_ manifest: Digest, _ rows: [AttestationIndex.Row], _ keySet: TrustedKeySet? = nil) -> Digest {
        attach(AttestationIndex(manifest: manifest, keySet: keySet?.reference, rows: rows).encoded())
    }

    func take(_ chain: inout KeySetChain) throws {
        while let name = chain.next { try chain.take(self[name]) }
    }
}

/// One ref's log, as its writers make it.
struct RefWriter {
    let mirror: Mirror
    let model: ModelName
    let ref: RefName
    private(set) var n = 0
    private(set) var newest: [UInt8] = []

    init(_ mirror: Mirror, _ model: String = "acme/tiny", _ ref: String = "main") throws {
        self.mirror = mirror
        self.model = try ModelName(model)
        self.ref = try RefName(ref)
    }

    @discardableResult
    mutating func append(
        _ signers: [String], manifest: Digest? = digest("m"), attestations: Digest? = nil, state: RefEntry.State = .active,
        reason: String? = nil, expires: String? = nil
    ) throws -> [UInt8] {
        n += 1
        let entry = RefEntry(
            model: model, ref: ref, n: n, previous: n == 1 ? nil : SHA256.digest(of: newest), manifest: manifest,
            attestations: attestations, state: state, reason: reason, time: writtenAt, expires: expires)
        var envelope = RefEnvelope(payload: entry.encodedPayload())
        for name in signers { envelope = try envelope.signed(by: try TestKeys.key(name)) }
        newest = envelope.encoded(sha256: SHA256.digest(of:))
        mirror[.refEntry(model, ref, n)] = newest
        return newest
    }

    func check(_ keys: TrustedKeySet, others: [TrustedKeySet] = [], at time: Int = now) async throws -> SignedRef {
        try await SignedRefCheck(keys: keys, others: others, now: time, read: mirror.reading).check(newest, model: model, ref: ref, n: n)
    }
}
