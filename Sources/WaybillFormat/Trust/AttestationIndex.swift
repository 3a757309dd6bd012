/// What is attached to a revision: the object that `attestations` of a ref entry names (Protocol/TRUST.md, Attestations).
public struct AttestationIndex: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public let digest: Digest
        /// Tells a reader what to fetch; compared with what is fetched.
        public let predicateType: String
        public let size: Int

        public init(digest: Digest, predicateType: String, size: Int) {
            self.digest = digest
            self.predicateType = predicateType
            self.size = size
        }
    }

    /// The key set that was in force when the index was written: a mirror cannot show it beside an older one.
    public struct KeySetReference: Hashable, Sendable {
        public let n: Int
        public let fingerprint: Fingerprint

        public init(n: Int, fingerprint: Fingerprint) {
            self.n = n
            self.fingerprint = fingerprint
        }
    }

    public let manifest: Digest
    public let keySet: KeySetReference?
    /// In order of their digests.
    public let rows: [Row]

    public static let maximumPredicateTypeByteCount = 256

    /// Puts the rows in order; otherwise not checked, see `validated`.
    public init(manifest: Digest, keySet: KeySetReference?, rows: [Row]) {
        self.manifest = manifest
        self.keySet = keySet
        self.rows = rows.sorted { $0.digest < $1.digest }
    }

    /// Decodes and checks an index; whether it belongs to an entry is the caller's check.
    /// - Throws: `.integrity`; `.failure` for an index that needs a newer Waybill.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Limits.attestation else { throw .rejected(subject, "larger than \(Limits.attestation) bytes") }
        var manifest: Digest?
        var keySet: KeySetReference??
        var rows: [Row]?
        var version: Int?
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "attestations": rows = try scanner.rows { (scanner) throws(FormatError) in try Self.row(&scanner) }
            case "keySet": keySet = .some(try scanner.isNull() ? nil : try Self.keySet(&scanner))
            case "manifest": manifest = try scanner.digest()
            case "waybill": version = try scanner.integer()
            default: throw scanner.unknownMember(key)
            }
        }
        try scanner.finish()
        let found = try scanner.required(version, "waybill")
        guard found == 1 else { throw .unknown(subject, "an index of attestations of version \(found)") }
        self.init(
            manifest: try scanner.required(manifest, "manifest"), keySet: try scanner.required(keySet, "keySet"),
            rows: try scanner.required(rows, "attestations"))
        try validated(subject: subject)
        try scanner.requireCanonical(encoded())
    }

    /// Checks every rule of Protocol/TRUST.md for an index alone.
    @discardableResult
    public func validated(subject: String) throws(FormatError) -> AttestationIndex {
        guard rows.count <= Limits.attestations else { throw .rejected(subject, "more than \(Limits.attestations) attestations") }
        guard zip(rows, rows.dropFirst()).allSatisfy({ $0.digest < $1.digest }) else {
            throw .rejected(subject, "attestations are not in order, or one stands twice")
        }
        for row in rows {
            guard row.size >= 1, row.size <= Limits.attestation else { throw .rejected(subject, "an attestation of \(row.size) bytes") }
            let type = row.predicateType.utf8
            guard !type.isEmpty, type.count <= Self.maximumPredicateTypeByteCount, type.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .rejected(
                    subject, "a predicateType is not 1 to \(Self.maximumPredicateTypeByteCount) visible ASCII characters")
            }
        }
        if let keySet, !(1...ObjectName.maximumKeySet).contains(keySet.n) {
            throw .rejected(subject, "\(keySet.n) is not the number of a key set")
        }
        return self
    }

    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("attestations")
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.key("digest")
            writer.digest(row.digest)
            writer.key("predicateType")
            writer.string(row.predicateType)
            writer.key("size")
            writer.integer(row.size)
            writer.endObject()
        }
        writer.endArray()
        writer.key("keySet")
        if let keySet {
            writer.beginObject()
            writer.key("fingerprint")
            writer.digest(keySet.fingerprint.digest)
            writer.key("n")
            writer.integer(keySet.n)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.key("manifest")
        writer.digest(manifest)
        writer.key("waybill")
        writer.integer(1)
        writer.endObject()
        return writer.bytes
    }

    private static func row(_ scanner: inout JSONScanner) throws(FormatError) -> Row {
        var digest: Digest?
        var predicateType: String?
        var size: Int?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "digest": digest = try scanner.digest()
            case "predicateType": predicateType = try scanner.string()
            case "size": size = try scanner.integer()
            default: throw scanner.unknownMember(key)
            }
        }
        return Row(
            digest: try scanner.required(digest, "digest"), predicateType: try scanner.required(predicateType, "predicateType"),
            size: try scanner.required(size, "size"))
    }

    private static func keySet(_ scanner: inout JSONScanner) throws(FormatError) -> KeySetReference {
        var n: Int?
        var fingerprint: Digest?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "n": n = try scanner.integer()
            case "fingerprint": fingerprint = try scanner.digest()
            default: throw scanner.unknownMember(key)
            }
        }
        return KeySetReference(
            n: try scanner.required(n, "n"), fingerprint: Fingerprint(try scanner.required(fingerprint, "fingerprint")))
    }
}
