import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTrust

/// How entries are signed, and what is attached to the revisions that they name.
public struct RevisionSigning: Sendable {
    let signers: [any Signer]
    /// Of the new entry, `YYYY-MM-DDThh:mm:ssZ`; nil: the entry does not expire.
    let expires: String?
    /// The set that the signer knows to be in force.
    let keySet: AttestationIndex.KeySetReference?

    /// - Parameters:
    ///   - signers: at least one; as many as the publisher's threshold asks for.
    ///   - keySet: nil if the organisation's is not known here.
    public init(signers: [any Signer], expires: String? = nil, keySet: AttestationIndex.KeySetReference? = nil) {
        self.signers = signers
        self.expires = expires
        self.keySet = keySet
    }

    /// Of all signers.
    public var keyIDs: [Digest] { signers.map(\.publicKey.id) }

    /// The envelope of an entry, signed by all.
    func envelope(of entry: RefEntry) throws(TransferError) -> [UInt8] {
        try lifting { () throws(TrustError) in
            var envelope = RefEnvelope(payload: entry.encodedPayload())
            for signer in signers { envelope = try envelope.signed(by: signer) }
            return envelope.encoded(sha256: SHA256.digest(of:))
        }
    }

    /// Signs a revision's manifest and its list of files, and stores that.
    /// - Returns: rows for the index, durable in the store.
    func vouch(
        for manifest: Manifest, _ digest: Digest, of model: ModelName, time: String, in store: any SignedObjectStore
    ) async throws(TransferError) -> [AttestationIndex.Row] {
        let predicate = JSONValue.object(["contentId": .string(manifest.contentId.hex), "time": .string(time)])
        var rows = [
            try await attest(PredicateType.revision, predicate.canonical, about: digest, of: model, in: store)
        ]
        let files = manifest.files.map { SignedFile(path: $0.path.text, sha256: $0.sha256) }
        for signer in signers {
            let bundle = try lifting { () throws(TrustError) in try ModelSignature.sign(files, name: model.name, with: signer) }
            rows.append(try await store.put(bundle, PredicateType.modelSignature))
        }
        return rows
    }

    /// Signs a statement about a revision, and stores it.
    func attest(
        _ predicateType: String, _ predicate: [UInt8], about manifest: Digest, of model: ModelName, in store: any SignedObjectStore
    ) async throws(TransferError) -> AttestationIndex.Row {
        let statement = Statement(
            subjects: [.init(name: model.path, sha256: manifest)], predicateType: predicateType, predicate: predicate)
        let envelope = try lifting { () throws(TrustError) in
            var envelope = Envelope(payload: statement.encoded(), payloadType: Envelope.statementType)
            for signer in signers { envelope = try envelope.signed(by: signer) }
            return envelope
        }
        return try await store.put(envelope.value.canonical, predicateType)
    }

    /// Stores the index of a revision's attestations.
    func index(
        _ rows: [AttestationIndex.Row], of manifest: Digest, in store: any SignedObjectStore
    ) async throws(TransferError) -> Digest {
        var distinct: [Digest: AttestationIndex.Row] = [:]
        for row in rows { distinct[row.digest] = row }
        let index = AttestationIndex(manifest: manifest, keySet: keySet, rows: Array(distinct.values))
        let valid = try lifting { () throws(FormatError) in try index.validated(subject: "index of attestations") }
        let bytes = valid.encoded()
        try await lifting { () async throws(StoreError) in try await store.put(attestation: bytes) }
        return SHA256.digest(of: bytes)
    }
}

extension SignedObjectStore {
    fileprivate func put(_ bytes: [UInt8], _ predicateType: String) async throws(TransferError) -> AttestationIndex.Row {
        try await lifting { () async throws(StoreError) in try await put(attestation: bytes) }
        return AttestationIndex.Row(digest: SHA256.digest(of: bytes), predicateType: predicateType, size: bytes.count)
    }
}
