/// Set `n` of an organisation's keys: who may sign what for it (Protocol/TRUST.md, Key sets).
public struct KeySet: Hashable, Sendable {
    public struct Key: Hashable, Sendable {
        /// The SHA-256 of the key's PEM text.
        public let id: Digest
        /// For people; at most `maximumNameLength` characters.
        public let name: String
        /// The DER SubjectPublicKeyInfo. Whether it is a key of ours is for whoever verifies with it.
        public let publicKey: [UInt8]

        public init(id: Digest, name: String, publicKey: [UInt8]) {
            self.id = id
            self.name = name
            self.publicKey = publicKey
        }
    }

    public enum RoleKind: String, Sendable, CaseIterable {
        /// Signs key sets.
        case root
        /// Signs ref entries.
        case publisher
        case evaluator
        case reviewer
        /// Revokes keys and manifests, and withdraws.
        case revoker
    }

    /// So many of these keys together, for models whose names match.
    public struct Role: Hashable, Sendable {
        public let kind: RoleKind
        public let keys: [Digest]
        public let models: [NameGlob]
        public let threshold: Int

        /// Puts the keys in order.
        public init(_ kind: RoleKind, keys: [Digest], models: [NameGlob] = [.everything], threshold: Int = 1) {
            self.kind = kind
            self.keys = keys.sorted()
            self.models = models
            self.threshold = threshold
        }

        public func covers(_ model: ModelName) -> Bool { models.contains { $0.matches(model.name) } }
    }

    /// A key or a manifest that counts for nothing, whenever it was made.
    public struct Revocation: Hashable, Sendable {
        /// The id of the key, or the manifest.
        public let digest: Digest
        public let reason: String
        /// By the writer's clock: shown, never decided upon.
        public let time: String

        public init(_ digest: Digest, reason: String, time: String) {
            self.digest = digest
            self.reason = reason
            self.time = time
        }
    }

    public let org: OrganizationName
    public let n: Int
    /// The set before; nil for the first, and only there.
    public let previous: Fingerprint?
    /// In order of their ids.
    public let keys: [Key]
    public let roles: [Role]
    /// In order of the ids.
    public let revokedKeys: [Revocation]
    /// In order of the digests.
    public let revokedManifests: [Revocation]
    /// By the writer's clock: shown, never decided upon.
    public let time: String
    public let expires: String?

    public static let maximumNameLength = 128
    public static let maximumReasonByteCount = 2_048

    /// Puts keys and revocations in order; otherwise not checked, see `validated`.
    public init(
        org: OrganizationName, n: Int, previous: Fingerprint?, keys: [Key], roles: [Role], revokedKeys: [Revocation] = [],
        revokedManifests: [Revocation] = [], time: String, expires: String? = nil
    ) {
        self.org = org
        self.n = n
        self.previous = previous
        self.keys = keys.sorted { $0.id < $1.id }
        self.roles = roles
        self.revokedKeys = revokedKeys.sorted { $0.digest < $1.digest }
        self.revokedManifests = revokedManifests.sorted { $0.digest < $1.digest }
        self.time = time
        self.expires = expires
    }

    /// The object that holds the set.
    public var objectName: ObjectName { .keySet(org, n) }

    /// Who decides about the next set. A valid set has exactly one such role.
    public var root: Role { roles.first { $0.kind == .root } ?? Role(.root, keys: [], threshold: 1) }

    public func key(_ id: Digest) -> Key? { keys.first { $0.id == id } }

    public func revocation(ofKey id: Digest) -> Revocation? { revokedKeys.first { $0.digest == id } }

    public func revocation(ofManifest digest: Digest) -> Revocation? { revokedManifests.first { $0.digest == digest } }

    /// The id of the key in a SubjectPublicKeyInfo: the SHA-256 of its PEM text as OpenSSL writes it.
    public static func keyID(of publicKey: [UInt8], sha256: DigestFunction) -> Digest {
        let text = Array(Base64.encode(publicKey).utf8)
        var pem = Array("-----BEGIN PUBLIC KEY-----\n".utf8)
        for start in stride(from: 0, to: text.count, by: 64) {
            pem += text[start..<min(start + 64, text.count)]
            pem.append(UInt8(ascii: "\n"))
        }
        return sha256(pem + Array("-----END PUBLIC KEY-----\n".utf8))
    }
}
