/// The DSSE envelope of a key set.
public typealias KeySetEnvelope = SealedEnvelope<KeySet>

extension KeySet: SealedPayload {
    public static let payloadType = "application/vnd.waybill.trust+json"
    public static let maximumEnvelopeByteCount = Limits.keySet
    public static let noun = "a key set"

    /// Decodes the set that was read at the path of `org` and `n`, and checks that it belongs there. No signature is verified here.
    /// - Throws: `.integrity`; `.failure` for a set that needs a newer Waybill.
    public init(decodingEnvelope bytes: [UInt8], org: OrganizationName, n: Int, sha256: DigestFunction) throws(FormatError) {
        let subject = ObjectName.keySet(org, n).path
        let envelope = try KeySetEnvelope(decoding: bytes, subject: subject, sha256: sha256)
        try self.init(decodingPayload: envelope.payload, subject: subject, sha256: sha256)
        guard self.org == org, self.n == n else { throw .rejected(subject, "replay: the key set says that it is \(objectName.path)") }
    }

    /// Decodes and checks the payload alone.
    public init(decodingPayload bytes: [UInt8], subject: String, sha256: DigestFunction) throws(FormatError) {
        guard bytes.count <= Limits.keySet else { throw .rejected(subject, "larger than \(Limits.keySet) bytes") }
        var fields = Fields()
        var seen: Set<String> = []
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            try fields.read(key, from: &scanner)
            seen.insert(key)
        }
        try scanner.finish()
        let version = try scanner.required(fields.version, "waybill")
        guard version == 1 else { throw .unknown(subject, "a key set of version \(version)") }
        // Nullable members must stand, too.
        for name in ["expires", "previous"] where !seen.contains(name) { throw scanner.broken("the member \"\(name)\" is missing") }
        self.init(
            org: try scanner.required(fields.org, "org"), n: try scanner.required(fields.n, "n"), previous: fields.previous,
            keys: try scanner.required(fields.keys, "keys"), roles: try scanner.required(fields.roles, "roles"),
            revokedKeys: try scanner.required(fields.revokedKeys, "revokedKeys"),
            revokedManifests: try scanner.required(fields.revokedManifests, "revokedManifests"),
            time: try scanner.required(fields.time, "time"), expires: fields.expires)
        try validated(subject: subject, sha256: sha256)
        try scanner.requireCanonical(encodedPayload())
    }

    /// What signatures and the fingerprint are about: canonical JSON.
    public func encodedPayload() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("expires")
        writer.optional(expires)
        writer.key("keys")
        writer.beginArray()
        for key in keys { Self.write(key, to: &writer) }
        writer.endArray()
        writer.key("n")
        writer.integer(n)
        writer.key("org")
        writer.string(org.text)
        writer.key("previous")
        writer.optional(previous?.digest.hex)
        writer.key("revokedKeys")
        Self.write(revokedKeys, "id", to: &writer)
        writer.key("revokedManifests")
        Self.write(revokedManifests, "manifest", to: &writer)
        writer.key("roles")
        writer.beginArray()
        for role in roles { Self.write(role, to: &writer) }
        writer.endArray()
        writer.key("time")
        writer.string(time)
        writer.key("waybill")
        writer.integer(1)
        writer.endObject()
        return writer.bytes
    }

    public func fingerprint(sha256: DigestFunction) -> Fingerprint { Fingerprint(sha256(encodedPayload())) }

    private static func write(_ key: Key, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.digest(key.id)
        writer.key("name")
        writer.string(key.name)
        writer.key("publicKey")
        writer.string(Base64.encode(key.publicKey))
        writer.endObject()
    }

    private static func write(_ rows: [Revocation], _ member: String, to writer: inout JSONWriter) {
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.key(member)
            writer.digest(row.digest)
            writer.key("reason")
            writer.string(row.reason)
            writer.key("time")
            writer.string(row.time)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(_ role: Role, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        for id in role.keys { writer.digest(id) }
        writer.endArray()
        writer.key("models")
        writer.beginArray()
        for glob in role.models { writer.string(glob.text) }
        writer.endArray()
        writer.key("role")
        writer.string(role.kind.rawValue)
        writer.key("threshold")
        writer.integer(role.threshold)
        writer.endObject()
    }

    private struct Fields {
        var org: OrganizationName?
        var n: Int?
        var previous: Fingerprint?
        var keys: [Key]?
        var roles: [Role]?
        var revokedKeys: [Revocation]?
        var revokedManifests: [Revocation]?
        var time: String?
        var expires: String?
        var version: Int?

        mutating func read(_ key: String, from scanner: inout JSONScanner) throws(FormatError) {
            switch key {
            case "org": org = try scanner.organizationName()
            case "n": n = try scanner.integer()
            case "previous": previous = try scanner.optionalDigest().map(Fingerprint.init)
            case "keys": keys = try scanner.rows { (scanner) throws(FormatError) in try KeySet.key(&scanner) }
            case "roles": roles = try scanner.rows { (scanner) throws(FormatError) in try KeySet.role(&scanner) }
            case "revokedKeys": revokedKeys = try scanner.rows { (scanner) throws(FormatError) in try KeySet.revocation("id", &scanner) }
            case "revokedManifests":
                revokedManifests = try scanner.rows { (scanner) throws(FormatError) in try KeySet.revocation("manifest", &scanner) }
            case "time": time = try scanner.string()
            case "expires": expires = try scanner.optionalString()
            case "waybill": version = try scanner.integer()
            default: throw scanner.unknownMember(key)
            }
        }
    }

    private static func key(_ scanner: inout JSONScanner) throws(FormatError) -> Key {
        var id: Digest?
        var name: String?
        var publicKey: [UInt8]?
        try scanner.enterObject()
        while let member = try scanner.nextKey() {
            switch member {
            case "id": id = try scanner.digest()
            case "name": name = try scanner.string()
            case "publicKey": publicKey = try scanner.base64()
            default: throw scanner.unknownMember(member)
            }
        }
        return Key(
            id: try scanner.required(id, "id"), name: try scanner.required(name, "name"),
            publicKey: try scanner.required(publicKey, "publicKey"))
    }

    private static func role(_ scanner: inout JSONScanner) throws(FormatError) -> Role {
        var kind: RoleKind?
        var keys: [Digest]?
        var models: [NameGlob]?
        var threshold: Int?
        try scanner.enterObject()
        while let member = try scanner.nextKey() {
            switch member {
            case "role":
                let text = try scanner.string()
                guard let known = RoleKind(rawValue: text) else { throw scanner.broken("the role \"\(text)\" is unknown") }
                kind = known
            case "keys": keys = try scanner.rows { (scanner) throws(FormatError) in try scanner.digest() }
            case "models":
                models = try scanner.rows { (scanner) throws(FormatError) in
                    let text = try scanner.string()
                    guard let glob = NameGlob(text) else { throw scanner.broken("\"\(text)\" is no pattern of models") }
                    return glob
                }
            case "threshold": threshold = try scanner.integer()
            default: throw scanner.unknownMember(member)
            }
        }
        return Role(
            try scanner.required(kind, "role"), keys: try scanner.required(keys, "keys"), models: try scanner.required(models, "models"),
            threshold: try scanner.required(threshold, "threshold"))
    }

    private static func revocation(_ member: String, _ scanner: inout JSONScanner) throws(FormatError) -> Revocation {
        var digest: Digest?
        var reason: String?
        var time: String?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case member: digest = try scanner.digest()
            case "reason": reason = try scanner.string()
            case "time": time = try scanner.string()
            default: throw scanner.unknownMember(key)
            }
        }
        return Revocation(
            try scanner.required(digest, member), reason: try scanner.required(reason, "reason"), time: try scanner.required(time, "time"))
    }
}

extension JSONScanner {
    mutating func organizationName() throws(FormatError) -> OrganizationName {
        let text = try string()
        do { return try OrganizationName(text) } catch { throw error.rejected(in: subject) }
    }

    /// The elements of a list, each read by `element`.
    mutating func rows<T>(_ element: (inout JSONScanner) throws(FormatError) -> T) throws(FormatError) -> [T] {
        var rows: [T] = []
        try enterArray()
        while try nextElement() { rows.append(try element(&self)) }
        return rows
    }
}
