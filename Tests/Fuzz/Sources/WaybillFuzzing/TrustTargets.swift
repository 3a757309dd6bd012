import WaybillFormat
import WaybillTrust

/// Key sets, indexes, statements, and what a machine remembers of them. Signatures are not made here: no mutation would fit one.
extension FuzzTarget {
    /// The payload of a key set, whose keys have the id of zeros.
    public static let keySet = FuzzTarget("key-set") { (input) throws(BrokenProperty) in
        let set = try parsed { () throws(FormatError) in try KeySet(decodingPayload: input, subject: "key set", sha256: anyDigest) }
        guard let set else { return false }
        try requireCanonical(input, set.encodedPayload())
        try require(ObjectName(path: set.objectName.path) == set.objectName, "the path")
        try require((set.n == 1) == (set.previous == nil), "the previous set")
        let ids = set.keys.map(\.id)
        try require(Set(ids).count == ids.count, "a key stands twice")
        for role in set.roles {
            try require(Set(role.keys).isSubset(of: ids) && (1...role.keys.count).contains(role.threshold), "a role of nobody")
        }
        let left = set.root.keys.filter { set.revocation(ofKey: $0) == nil }
        try require(left.count >= set.root.threshold, "a root that nobody reaches")
        let envelope = KeySetEnvelope(payload: input).encoded(sha256: anyDigest)
        guard envelope.count <= Limits.keySet else { return true }
        let again = try parsed { () throws(FormatError) in
            try KeySet(decodingEnvelope: envelope, org: set.org, n: set.n, sha256: anyDigest)
        }
        try require(again == set, "not the same in its envelope")
        let elsewhere = try parsed { () throws(FormatError) in
            try KeySet(decodingEnvelope: envelope, org: set.org, n: set.n + 1, sha256: anyDigest)
        }
        try require(elsewhere == nil, "accepted at another path")
        return true
    }

    public static let attestationIndex = FuzzTarget("attestation-index") { (input) throws(BrokenProperty) in
        let index = try parsed { () throws(FormatError) in try AttestationIndex(decoding: input, subject: "index") }
        guard let index else { return false }
        try requireCanonical(input, index.encoded())
        try require(Set(index.rows.map(\.digest)).count == index.rows.count, "an attestation stands twice")
        try require(index.rows.allSatisfy { (1...Limits.attestation).contains($0.size) }, "a size")
        return true
    }

    /// The payload of an envelope of any tool's: what is written from it says the same.
    public static let statement = FuzzTarget("statement") { (input) throws(BrokenProperty) in
        let found = try parsed { () throws(FormatError) in try AttestationStatement(decoding: input, subject: "statement") }
        guard let found else { return false }
        let encoded = found.encoded()
        let again = try parsed { () throws(FormatError) in try AttestationStatement(decoding: encoded, subject: "statement") }
        try require(again == found && again?.encoded() == encoded, "written and read again it is another statement")
        return true
    }

    public static let trustRecord = FuzzTarget("trust-record") { (input) throws(BrokenProperty) in
        let record: TrustRecord
        do throws(TrustError) {
            record = try TrustRecord(decoding: input, subject: "record")
        } catch {
            try require([.integrity, .failure].contains(error.code), "refused with \(error.code): \(error)")
            try require(!error.remedy.isEmpty && error.cause.utf8.count <= 2_048, "an error that does not help")
            return false
        }
        try require(record.encoded() == input, "accepted, but written again it has other bytes")
        do {
            try require(try record.merged(with: record) == record, "merged with itself it is another record")
        } catch let error as TrustError {
            throw BrokenProperty(description: "it does not merge with itself: \(error)")
        } catch let error as BrokenProperty {
            throw error
        } catch {
            throw BrokenProperty(description: "\(error)")
        }
        for (key, seen) in record.refs where seen.n > 1 {
            var copy = record
            let lower = RefEntry(
                model: key.model, ref: key.ref, n: seen.n - 1, previous: .zero, manifest: .zero, time: "2026-01-01T00:00:00Z")
            let isLowered = (try? copy.accept(lower, digest: .zero)) != nil
            try require(!isLowered && copy == record, "a lower entry is accepted")
        }
        return true
    }
}
