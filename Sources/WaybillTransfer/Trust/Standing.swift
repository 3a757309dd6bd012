import WaybillFormat
import WaybillPapers
import WaybillTrust

/// Who stands behind a revision, as far as it was verified (Protocol/TRUST.md).
public struct Standing: Sendable {
    public let org: OrganizationName
    /// What is remembered of the organisation; nil if nobody pinned it: then signatures decide nothing.
    public let record: TrustRecord?
    /// The entry and who signed it; nil if the organisation is not pinned.
    public let ref: SignedRef?
    /// Signatures that stand under the entry, good or bad.
    public let signatureCount: Int
    public let attestations: [Attestation]
    /// Who signed a list of exactly these files; nil if nobody did.
    public internal(set) var modelSigners: Signers?
    /// For people: what is not covered or ends soon.
    public internal(set) var notices: [String]
    /// Everything that was read for this, to be checked again without a mirror.
    let objects: [ObjectName: [UInt8]]

    /// Whether the publisher vouches for the manifest itself, chunks included: then nobody needs to hash whole files as well.
    public var vouchesForChunks: Bool {
        ref != nil && attestations.contains { $0.type == .revision && $0.signers?.role == .publisher && $0.signers?.org == org }
    }

    /// One line, for reading aloud.
    public var summary: String {
        guard let record, let ref else {
            return signatureCount == 0
                ? "unsigned; \(org) is not pinned"
                : "\(signatureCount) signature\(signatureCount == 1 ? "" : "s"), unverified: \(org) is not pinned"
        }
        let names = Self.names(ref.publisher)
        var line = "signed by \(names) (publisher of \(org), key set \(record.keySet.n)), pinned since \(record.since.prefix(10))"
        var covered: [String] = []
        if vouchesForChunks { covered.append("this revision") }
        if modelSigners != nil { covered.append("the list of files") }
        line += covered.isEmpty ? "; the signature covers the ref entry alone" : "; also signed: \(covered.joined(separator: ", "))"
        if ref.entry.expires == nil { line += "; without expiry: an older mirror is not noticed on first use" }
        return line
    }

    /// Names of keys, for people.
    public static func names(_ signers: Signers) -> String {
        signers.keys.map { StrangerText.neutralised($0.name) }.joined(separator: ", ")
    }

    /// For the policies that ask.
    /// - Parameter before: ids of the keys that signed the revision held before; nil if that is not known.
    func facts(before: [Digest]?) -> SignatureFacts {
        let pinning: SignatureFacts.Pinning =
            switch record?.pinning {
            case .given: .fingerprint
            case .confirmed: .firstUse
            case nil: .none
            }
        var found = attestations.compactMap(Self.fact)
        if let modelSigners { found.append(.init(kind: .model, org: modelSigners.org.text, time: nil)) }
        return SignatureFacts(
            pinning: pinning, keys: (ref?.publisher.keys ?? []).map { ($0.id, $0.name) }, time: ref?.entry.time, attestations: found,
            keysBefore: before)
    }

    /// Ids of the keys that signed the entry.
    var signerIDs: [Digest] { (ref?.publisher.keys ?? []).map(\.id) }

    private static func fact(_ attestation: Attestation) -> SignatureFacts.Attestation? {
        guard let signers = attestation.signers else { return nil }
        let predicate = try? JSONValue(parsing: attestation.statement.predicate, maximumDepth: 64)
        func made(
            _ kind: SignatureFacts.Attestation.Kind, _ result: String? = nil, _ determination: Determination? = nil
        ) -> SignatureFacts.Attestation {
            .init(
                kind: kind, org: signers.org.text, time: predicate?["time"]?.text ?? determination?.date, result: result,
                determination: determination)
        }
        switch attestation.type {
        case .revision: return made(.revision)
        case .findings: return made(.findings, predicate?["findings"]?["label"]?["value"]?.text)
        case .scans: return made(.scans, predicate?["scans"]?["worst"]?.text)
        case .determination:
            guard let determination = try? Determination(decoding: attestation.statement.predicate) else { return nil }
            return made(.determination, nil, determination)
        case .export: return made(attestation.row.predicateType.contains("spdx") ? .spdx : .cyclonedx)
        case .modelSignature, .other: return nil
        }
    }
}
