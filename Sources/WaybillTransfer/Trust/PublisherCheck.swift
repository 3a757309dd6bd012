import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTrust

/// Checks who stands behind what a mirror shows, against the organisations that this user pinned.
public struct PublisherCheck: Sendable {
    let memory: any TrustMemory
    let now: @Sendable () -> Int

    /// Bytes of all attestations of one revision that are read.
    static let maximumAttestationBytes = 64 << 20

    /// - Parameter now: seconds since 1970.
    public init(memory: any TrustMemory, now: @escaping @Sendable () -> Int) {
        self.memory = memory
        self.now = now
    }

    /// Checks the newest entry of a ref: key sets, signatures, rollback and fork, expiry, withdrawal, attestations. What is accepted is
    /// remembered before this returns.
    /// - Throws: `.policy` or `.integrity`, naming the attack; only where the organisation is pinned.
    /// - Parameter remembers: false for an entry that may yet not come to be.
    public func standing(
        of read: ReadEntry, in source: any ChunkSource, remembers: Bool = true
    ) async throws(TransferError) -> Standing {
        let records = try memory.records()
        let org = read.entry.model.organization
        guard let record = records.first(where: { $0.covers(read.entry.model) }) else { return Self.unpinned(read, org) }
        return try await lifting { () async throws(TrustError) in
            try await check(read, record, records, SignedObjects(source), refreshes: true, remembers: remembers)
        }
    }

    /// As `standing(of:in:)`, model signatures included.
    public func standing(
        of read: ReadEntry, with manifest: Manifest, in source: any ChunkSource
    ) async throws(TransferError) -> Standing {
        try await complete(try await standing(of: read, in: source), with: manifest)
    }

    /// As `standing(of:in:)`, for what a directory keeps: nothing is asked of a mirror, and nothing is remembered.
    func standing(of read: ReadEntry, kept objects: [ObjectName: [UInt8]]) async throws(TransferError) -> Standing {
        let records = try memory.records()
        let org = read.entry.model.organization
        guard let record = records.first(where: { $0.covers(read.entry.model) }) else { return Self.unpinned(read, org) }
        return try await lifting { () async throws(TrustError) in
            try await check(read, record, records, SignedObjects(NothingElse(), known: objects), refreshes: false, remembers: false)
        }
    }

    /// For a revision that was asked for by its digest alone: nobody may use one that its organisation revoked.
    public func requireUnrevoked(_ manifest: Digest, of model: ModelName, in source: any ChunkSource) async throws(TransferError) {
        guard var record = try memory.records().first(where: { $0.covers(model) }) else { return }
        let objects = SignedObjects(source)
        try await lifting { () async throws(TrustError) in
            try await refresh(&record, objects)
            try record.keySet.requireUnrevoked(manifest: manifest)
        }
        try memory.remember(record)
    }

    private func check(
        _ read: ReadEntry, _ known: TrustRecord, _ records: [TrustRecord], _ objects: SignedObjects, refreshes: Bool,
        remembers: Bool
    ) async throws(TrustError) -> Standing {
        var record = known
        let entry = read.entry
        if refreshes { try await refresh(&record, objects) }
        let time = now()
        let others = records.filter { $0.org != record.org }.map(\.keySet)
        // Before signatures: a rollback is one whoever signed what is shown.
        var accepted = record
        if remembers { try accepted.accept(entry, digest: read.digest) }
        let signed = try await SignedRefCheck(keys: record.keySet, others: others, now: time) { (name) async throws(TrustError) in
            try await objects.bytes(name)
        }.authenticate(read.bytes, model: entry.model, ref: entry.ref, n: entry.n)
        var attestations: [Attestation] = []
        var notices: [String] = []
        if refreshes {
            // Also a withdrawal: whoever shows less after it rolls back.
            if remembers { try remember(accepted) }
            try signed.requireUsable(by: record.keySet, now: time)
        } else {
            if let manifest = entry.manifest { try record.keySet.requireUnrevoked(manifest: manifest) }
            if let expires = entry.expires, (Timestamp.secondsSince1970(expires) ?? 0) <= time {
                notices.append("the entry expired at \(expires): pull again to learn whether it is still the newest")
            }
        }
        if let index = signed.index, let manifest = entry.manifest {
            guard index.rows.reduce(0, { $0 + $1.size }) <= Self.maximumAttestationBytes else {
                throw TrustError(
                    .integrity, subject: entry.objectName.path,
                    cause: "has attestations of more than \(Self.maximumAttestationBytes >> 20) MiB",
                    remedy: "Ask the publisher to attach less")
            }
            let vouchers = AttestationVouchers([record.keySet] + others, now: time)
            for row in index.rows {
                let bytes = try await objects.bytes(.attestation(row.digest))
                if AttestationType(predicateType: row.predicateType) == .modelSignature {
                    // Compared with the files once the manifest is there.
                    _ = try Attestation.requireIntact(bytes, row)
                    continue
                }
                let attestation = try Attestation(bytes, row: row, model: entry.model, manifest: manifest, vouchers: vouchers)
                attestations.append(attestation)
                if let objection = attestation.objection, attestation.type.decides {
                    notices.append("an attestation (\(StrangerText.neutralised(row.predicateType))) counts for nothing: \(objection.cause)")
                }
            }
        }
        if let left = signed.expiresSoon(now: time) {
            notices.append("the entry of \(entry.model):\(entry.ref) expires in \(Self.days(left))")
        }
        if let left = record.keySet.expiresSoon(now: time) { notices.append("the key set of \(record.org) expires in \(Self.days(left))") }
        return Standing(
            org: record.org, record: accepted, ref: signed, signatureCount: Self.signatureCount(read), attestations: attestations,
            modelSigners: nil, notices: notices, objects: objects.all.merging([entry.objectName: read.bytes]) { _, new in new })
    }

    /// Holds model signatures against the manifest's files.
    /// - Throws: `.integrity` for a list that is not the files; nothing of them was fetched yet.
    func complete(_ standing: Standing, with manifest: Manifest) async throws(TransferError) -> Standing {
        guard let ref = standing.ref, let record = standing.record else { return standing }
        for attestation in standing.attestations where attestation.type == .revision {
            let stated = (try? JSONValue(parsing: attestation.statement.predicate))?["contentId"]?.text
            guard stated == manifest.contentId.hex else {
                throw TransferError(
                    .integrity, subject: ObjectName.attestation(attestation.row.digest).path,
                    cause: "replay: it vouches for other files than the manifest's",
                    remedy: "Pull from another mirror, and tell the publisher")
            }
        }
        var completed = standing
        for row in ref.index?.rows ?? [] where AttestationType(predicateType: row.predicateType) == .modelSignature {
            guard let bytes = standing.objects[.attestation(row.digest)] else { continue }
            do throws(TrustError) {
                completed.modelSigners = try Self.signers(of: bytes, row, ref.entry.model, record.keySet, manifest)
            } catch  where error.code == .policy {
                completed.notices.append("a model signature counts for nothing: \(error.cause)")
            } catch {
                throw TransferError(error)
            }
        }
        return completed
    }

    /// - Throws: `.policy` where no publisher's key signed it; `.integrity` where the list is not the manifest's.
    private static func signers(
        of bytes: [UInt8], _ row: AttestationIndex.Row, _ model: ModelName, _ keys: TrustedKeySet, _ manifest: Manifest
    ) throws(TrustError) -> Signers {
        let subject = ObjectName.attestation(row.digest).path
        let signature = try ModelSignature(decoding: bytes, subject: subject)
        let envelope = signature.bundle.envelope
        let signers = try keys.signers(
            of: envelope.signatures, over: envelope.signedBytes, as: [.publisher], for: model, by: .oneKey, subject: subject)
        guard let first = signers.keys.first, let key = try? PublicKey(der: first.publicKey) else { return signers }
        let signed = try signature.verified(by: .key(key))
        let unsigned = try signed.compare(with: manifest.files.map { SignedFile(path: $0.path.text, sha256: $0.sha256) })
        guard unsigned.isEmpty else {
            throw TrustError(
                .integrity, subject: subject,
                cause:
                    "the signed list is not the files: unsigned: `\(StrangerText.neutralised(unsigned[0]))` is in the manifest and was not signed",
                remedy: "Ask the publisher to sign all files of the revision")
        }
        return signers
    }

    /// Follows the key sets that a mirror shows.
    private func refresh(_ record: inout TrustRecord, _ objects: SignedObjects) async throws(TrustError) {
        var chain = record.chain
        while let name = chain.next { try chain.take(try await objects.bytes(name)) }
        if let newest = chain.newest { try record.accept(newest) }
    }

    private func remember(_ record: TrustRecord) throws(TrustError) {
        do throws(TransferError) { try memory.remember(record) } catch { throw TrustError(error) }
    }

    private static func unpinned(_ read: ReadEntry, _ org: OrganizationName) -> Standing {
        let count = signatureCount(read)
        var notices: [String] = []
        if count > 0 {
            notices.append(
                "\(read.entry.model):\(read.entry.ref) is signed, and \(org) is not pinned: 'waybill trust add \(org) --from REMOTE'")
        }
        return Standing(
            org: org, record: nil, ref: nil, signatureCount: count, attestations: [], modelSigners: nil, notices: notices,
            objects: [read.entry.objectName: read.bytes])
    }

    private static func signatureCount(_ read: ReadEntry) -> Int {
        (try? RefEnvelope(decoding: read.bytes, subject: "", sha256: SHA256.digest(of:)))?.signatures.count ?? 0
    }

    private static func days(_ seconds: Int) -> String {
        let days = seconds / 86_400
        return days == 0 ? "less than a day" : days == 1 ? "1 day" : "\(days) days"
    }
}

/// Where everything that there is was given already.
private struct NothingElse: ChunkSource {
    let label = ".waybill"

    func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        throw StoreError(.notFound, subject: name.path, cause: "was not kept")
    }

    func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        throw StoreError(.notFound, subject: name.path, cause: "was not kept")
    }
}
