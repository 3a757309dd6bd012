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
        let candidate = candidate(resolved)
        // A thread of its own: what it reads comes over the network, by way of the other threads.
        return try await WorkerPool<Void>(threads: 1) {}.run { [meter] (_) throws(TransferError) in
            let before = old.map { Self.files(of: $0, in: folder) }
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
        let candidate = candidate(resolved)
        let targets = Self.targets(survey.build, rows: resolved.rows).targets
        return try await WorkerPool<Void>(threads: 1) {}.run { (_) throws(TransferError) in
            let parts = targets.isEmpty ? nil : try lifting { () throws(SystemError) in try PartFiles(state: folder.state) }
            let built = targets.map { target in
                Self.file(target.file) { () throws(SystemError) in try parts?.file(target.part, size: target.file.size) }
            }
            let kept = survey.kept.map { item in
                Self.file(item.file) { () throws(SystemError) in try folder.file(at: item.file.path) }
            }
            return try enforcement.admit(content: built + kept, candidate, admission)
        }
    }

    private func candidate(_ resolved: Resolved) -> PolicyEnforcement.Candidate {
        PolicyEnforcement.Candidate(
            manifest: resolved.manifest, digest: resolved.digest, model: model, ref: resolved.entry?.ref ?? ref, remote: remote)
    }

    private static func file(
        _ file: ManifestFile, _ open: @escaping @Sendable () throws(SystemError) -> OwnedFile?
    ) -> EvidenceFile {
        EvidenceFile(path: file.path, sha256: file.sha256, size: file.size, format: file.format) {
            (offset: Int, count: Int) throws(SystemError) in
            guard let opened = try open() else {
                throw SystemError(.conflict, subject: file.path.text, cause: "was taken away while the pull ran", remedy: "Pull again")
            }
            return try opened.read(at: offset, count: count)
        }
    }

    /// The files of the revision that the directory holds, as far as nobody edited them.
    private static func files(of old: Checkout, in folder: CheckoutFolder) -> (files: [EvidenceFile], isWhole: Bool) {
        var tracked: [ModelPath: TrackedFile] = [:]
        for file in old.tracked { tracked[file.path] = file }
        var isWhole = true
        for file in old.manifest.files where PapersDerivation.reads(file.path, format: file.format) || LicenseFindings.reads(file.path) {
            let status = (try? folder.status(of: file.path)) ?? nil
            if let status, tracked[file.path]?.isUntouched(status) == true { continue }
            isWhole = false
        }
        let files = old.manifest.files.map { file in
            Self.file(file) { () throws(SystemError) in try folder.file(at: file.path) }
        }
        return (files, isWhole)
    }
}
