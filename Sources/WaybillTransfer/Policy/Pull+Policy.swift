import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

extension Pull {
    /// Decides whether the revision may come, before any weights move.
    func admit(_ resolved: Resolved, _ folder: CheckoutFolder, old: Checkout?) async throws(TransferError) -> PolicyEnforcement.Admission? {
        guard let enforcement = options.policy else { return nil }
        let revision = RevisionFiles(
            resolved.manifest, rows: resolved.rows, from: .evidence, of: [source] + extraSources, work: work)
        let candidate = candidate(resolved, before: try await signersBefore(old, resolved))
        // A thread of its own: what it reads comes over the network, by way of the other threads.
        return try await WorkerPool<Void>(threads: 1) {}.run { [meter] (_) throws(TransferError) in
            let before = old.map { HeldFiles.read($0, in: folder) }
            let admission = try enforcement.admit(candidate, files: { revision.evidence }, before: before)
            meter.update { $0.bytesTransferred += revision.bytesFetched }
            return admission
        }
    }

    /// Decides over the bytes as they were written, before any of them takes its name.
    func admit(
        content survey: Survey, _ folder: CheckoutFolder, _ resolved: Resolved, _ admission: PolicyEnforcement.Admission?
    ) async throws(TransferError) -> [String] {
        guard let enforcement = options.policy, let admission else { return [] }
        let candidate = candidate(resolved, before: nil)
        let targets = Self.targets(survey.build, rows: resolved.rows).targets
        return try await WorkerPool<Void>(threads: 1) {}.run { (_) throws(TransferError) in
            let parts = targets.isEmpty ? nil : try lifting { () throws(SystemError) in try PartFiles(state: folder.state) }
            let built = targets.map { target in
                HeldFiles.file(target.file) { () throws(SystemError) in try parts?.file(target.part, size: target.file.size) }
            }
            let kept = survey.kept.map { item in
                HeldFiles.file(item.file) { () throws(SystemError) in try folder.file(at: item.file.path) }
            }
            return try enforcement.admit(content: built + kept, candidate, admission)
        }
    }

    private func candidate(_ resolved: Resolved, before: [Digest]?) -> PolicyEnforcement.Candidate {
        PolicyEnforcement.Candidate(
            manifest: resolved.manifest, digest: resolved.digest, model: resolved.model, ref: resolved.entry?.ref ?? ref, remote: remote,
            signatures: resolved.standing?.facts(before: before))
    }

    /// Ids of the keys that signed the revision that the directory holds; nil if nobody can tell.
    private func signersBefore(_ old: Checkout?, _ resolved: Resolved) async throws(TransferError) -> [Digest]? {
        guard let old, resolved.standing != nil else { return nil }
        // What was revoked since is no reason not to replace it.
        let standing = try? await options.trust?.standing(of: old, in: directory, work: work)
        return standing.map(\.signerIDs)
    }
}
