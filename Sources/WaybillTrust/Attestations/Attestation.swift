import WaybillFormat
import WaybillSystem

/// An in-toto statement that an index names, and who vouches for it.
public struct Attestation: Equatable, Sendable {
    public let row: AttestationIndex.Row
    public let statement: AttestationStatement
    public let signers: Signers?
    /// Why it counts for nothing; nil if it counts.
    public let objection: TrustError?

    public var type: AttestationType { AttestationType(predicateType: row.predicateType) }

    /// Checks an object that `row` of an index names.
    /// - Parameters:
    ///   - bytes: nil if the mirror gives none.
    ///   - vouchers: the key sets that the reader pins.
    /// - Throws: `.integrity` if it is withheld, or is not what the index says, or is about something else.
    public init(
        _ bytes: [UInt8]?, row: AttestationIndex.Row, model: ModelName, manifest: Digest, vouchers: AttestationVouchers
    ) throws(TrustError) {
        let subject = ObjectName.attestation(row.digest).path
        let statementBytes = try Self.requireIntact(bytes, row)
        let (envelope, statement) = try lifting { () throws(FormatError) in
            let envelope = try Envelope(try JSONValue(parsing: statementBytes, subject: subject), subject: subject)
            return (envelope, try AttestationStatement(decoding: envelope.payload, subject: subject))
        }
        guard envelope.payloadType == Envelope.statementType else {
            throw TrustError(.replay, subject: subject, "the envelope holds no in-toto statement")
        }
        guard statement.model == model, statement.manifest == manifest else {
            throw TrustError(.replay, subject: subject, "it is about \(statement.model), manifest \(statement.manifest)")
        }
        guard statement.predicateType == row.predicateType else {
            throw TrustError(.replay, subject: subject, "it is another kind of statement than the index says")
        }
        self.row = row
        self.statement = statement
        do throws(TrustError) {
            signers = try vouchers.signers(of: envelope, predicateType: row.predicateType, model: model, subject: subject)
            objection = nil
        } catch {
            signers = nil
            objection = error
        }
    }

    /// The object's bytes, which are what the index names.
    /// - Throws: `.integrity`: withheld.
    public static func requireIntact(_ bytes: [UInt8]?, _ row: AttestationIndex.Row) throws(TrustError) -> [UInt8] {
        let subject = ObjectName.attestation(row.digest).path
        guard let bytes else {
            throw TrustError(
                .withheld, subject: subject,
                "the index names an attestation (\(StrangerText.neutralised(row.predicateType))) that is not shown")
        }
        guard bytes.count == row.size, SHA256.digest(of: bytes) == row.digest else {
            throw TrustError(.withheld, subject: subject, "other bytes are shown in its place")
        }
        return bytes
    }
}

/// Whose keys a reader counts for attestations: those of all organisations that are pinned.
public struct AttestationVouchers: Sendable {
    private let keySets: [TrustedKeySet]
    private let now: Int

    /// - Parameter now: seconds since 1970. Sets that have expired decide nothing.
    public init(_ keySets: [TrustedKeySet], now: Int) {
        self.keySets = keySets
        self.now = now
    }

    /// One key of a role that counts for the type and whose globs match. Another organisation may evaluate and review; only the model's own
    /// publishes.
    /// - Throws: `.policy`, saying why nobody vouches.
    public func signers(of envelope: Envelope, predicateType: String, model: ModelName, subject: String) throws(TrustError) -> Signers {
        let roles = AttestationType(predicateType: predicateType).roles
        let publishes: Set<KeySet.RoleKind> = [.publisher, .root, .revoker]
        var refusal: TrustError?
        let own = keySets.filter { $0.org == model.organization }
        for set in own + keySets.filter({ $0.org != model.organization }) {
            let isOwn = set.org == model.organization
            let counted = isOwn ? roles : roles.subtracting(publishes)
            do throws(TrustError) {
                try set.requireUnexpired(now: now)
                guard !counted.isEmpty else { continue }
                return try set.signers(
                    of: envelope.signatures, over: envelope.signedBytes, as: counted, for: model, by: .oneKey, subject: subject,
                    others: isOwn ? keySets.filter { $0.org != set.org } : [])
            } catch {
                // What the model's own organisation says comes first.
                refusal = refusal ?? error
            }
        }
        throw refusal ?? TrustError(.unsigned, subject: subject, "no organisation is pinned whose keys would count")
    }
}
