import WaybillFormat
import WaybillSystem

extension TrustRecord {
    /// Bytes of the largest record that is read: some 60,000 refs.
    public static let maximumByteCount = 16 << 20

    /// The record as a file: canonical JSON.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("fingerprint")
        writer.digest(pinned.digest)
        writer.key("keySet")
        writer.string(Base64.encode(keySet.signed.encoded()))
        writer.key("n")
        writer.integer(keySet.n)
        writer.key("org")
        writer.string(org.text)
        writer.key("pinning")
        writer.string(pinning.rawValue)
        writer.key("refs")
        writer.beginArray()
        for (key, seen) in refs.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.key("entry")
            writer.digest(seen.digest)
            writer.key("model")
            writer.string(key.model.path)
            writer.key("n")
            writer.integer(seen.n)
            writer.key("ref")
            writer.string(key.ref.text)
            writer.endObject()
        }
        writer.endArray()
        writer.key("since")
        writer.string(since)
        writer.key("waybill")
        writer.integer(1)
        writer.endObject()
        return writer.bytes
    }

    /// A record that `encoded` wrote. The file is the user's own, so that the key set in it is trusted; what is damaged is refused.
    /// - Throws: `.integrity`; `.failure` for a record of a newer Waybill.
    public init(decoding bytes: [UInt8], subject: String) throws(TrustError) {
        func damaged(_ cause: String) -> TrustError {
            TrustError(
                .integrity, subject: subject, cause: cause,
                remedy: "Take the file away and pin the organisation anew: 'waybill trust add ORG FINGERPRINT --from REMOTE'")
        }
        guard bytes.count <= Self.maximumByteCount else { throw damaged("larger than \(Self.maximumByteCount) bytes") }
        let value: JSONValue
        do throws(FormatError) { value = try JSONValue(parsing: bytes, subject: subject) } catch { throw damaged(error.cause) }
        guard let version = value["waybill"]?.number else { throw damaged("it is no record of trust") }
        guard version == 1 else {
            throw TrustError(
                .failure, subject: subject, cause: "a record of trust of version \(version)", remedy: "Install a newer Waybill.")
        }
        guard let org = value["org"]?.text.flatMap({ try? OrganizationName($0) }), let n = value["n"]?.number,
            let pinned = value["fingerprint"]?.text.flatMap({ Digest(hex: $0) }).map(Fingerprint.init),
            let pinning = value["pinning"]?.text.flatMap(Pinning.init), let since = value["since"]?.text,
            Timestamp.secondsSince1970(since) != nil, let envelope = value["keySet"]?.text.flatMap(Base64.decode),
            let rows = value["refs"]?.elements
        else { throw damaged("a member of the record is missing or malformed") }
        var refs: [RefKey: Seen] = [:]
        for row in rows {
            guard let model = row["model"]?.text.flatMap({ try? ModelName($0) }), let ref = row["ref"]?.text.flatMap({ try? RefName($0) }),
                let n = row["n"]?.number, (1...ObjectName.maximumEntry).contains(n),
                let entry = row["entry"]?.text.flatMap({ Digest(hex: $0) }),
                model.organization == org, refs.updateValue(Seen(n: n, digest: entry), forKey: RefKey(model, ref)) == nil
            else { throw damaged("a row of the refs is malformed, or of another organisation, or stands twice") }
        }
        let keySet = try SignedKeySet(decoding: envelope, org: org, n: n)
        try KeySetChain.requireOwnSignatures(keySet)
        self.init(pinned: pinned, pinning: pinning, since: since, keySet: TrustedKeySet(trusting: keySet), refs: refs)
        guard encoded() == bytes else { throw damaged("it is not in the one form of a record") }
    }
}
