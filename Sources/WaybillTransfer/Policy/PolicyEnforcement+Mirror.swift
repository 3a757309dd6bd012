import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

extension PolicyEnforcement {
    /// Decides whether a mirror may publish a revision that it holds: all gates, over the bytes in the store.
    ///
    /// What the newest revision of the ref says counts as the one that was held before.
    /// - Parameters:
    ///   - entry: the one that asks to be appended.
    ///   - trust: checks its signatures against what the operator pinned.
    /// - Throws: `.policy` where a policy refuses, or a pinned organisation did not sign it as it should.
    public func admit(
        _ digest: Digest, by entry: ReadEntry, in store: DirectoryStore, trust: PublisherCheck
    ) async throws(StoreError) {
        do throws(TransferError) {
            let (model, ref) = (entry.entry.model, entry.entry.ref)
            let (manifest, files) = try await Self.files(of: digest, in: store)
            let newest = try? await RevisionReader(store).newestEntry(model, ref)
            // Nothing is remembered: the entry may lose a race yet.
            let standing = try await trust.complete(try await trust.standing(of: entry, in: store, remembers: false), with: manifest)
            var signers: [Digest]?
            if let newest { signers = try? await trust.standing(of: newest, in: store, remembers: false).signerIDs }
            let candidate = Candidate(
                manifest: manifest, digest: digest, model: model, ref: ref, remote: nil, signatures: standing.facts(before: signers))
            var before: RevisionFiles?
            if let held = newest?.entry.manifest, held != digest { before = try await Self.files(of: held, in: store).files }
            let earlier = before
            try await WorkerPool<Void>(threads: 1) {}.run { (_) throws(TransferError) in
                let admission = try admit(
                    candidate, files: { files.evidence }, before: earlier.map { (files: $0.evidence, isWhole: true) })
                _ = try admit(content: files.evidence, candidate, admission)
            }
        } catch {
            throw StoreError(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy, isIncomplete: error.isIncomplete)
        }
    }

    private static func files(
        of digest: Digest, in store: DirectoryStore
    ) async throws(TransferError) -> (manifest: Manifest, files: RevisionFiles) {
        try await lifting { () async throws(StoreError) in
            let reader = RevisionReader(store)
            let manifest = try await reader.manifest(digest).manifest
            let rows = try await reader.rows(of: manifest)
            return (manifest, RevisionFiles(manifest, rows: rows, from: .packs, of: [store], work: store.work))
        }
    }
}
