import WaybillFormat
import WaybillSystem

/// Mends a store in a directory: brings back what other stores have, saves what damaged packs still hold, and makes everything
/// anew that can be made from the rest.
///
/// Every step is durable before the next one begins and can be done again: interrupted anywhere, the store is no worse than before,
/// and another run continues. Readers may go on; a collector and commits are kept out by a lock.
public struct StoreRepair: Sendable {
    let path: String
    let sources: [any ChunkSource]
    let evidence: EvidenceRule?
    let work: Work
    let progress: @Sendable (StoreCheckProgress) -> Void

    /// - Parameters:
    ///   - sources: other stores that may hold the same objects. What they give is verified.
    ///   - evidence: which chunks of a revision must stand as evidence; without it, none is made.
    public init(
        _ path: String, sources: [any ChunkSource] = [], evidence: EvidenceRule? = nil, work: Work,
        progress: @escaping @Sendable (StoreCheckProgress) -> Void = { _ in }
    ) {
        self.path = path
        self.sources = sources
        self.evidence = evidence
        self.work = work
        self.progress = progress
    }

    /// - Throws: `.conflict` if a collector or another repair works on the store. What stays broken is in the report.
    public func run() async throws(StoreError) -> StoreRepairReport {
        let started = Host.monotonicNanoseconds()
        let check = try await StoreCheck.open(path, readsData: true, evidence: evidence, work: work, progress: progress)
        // A collector decides by what it saw before, so that its lock is needed as well as that of commits.
        let locks = [try await lock("collector", check.root), try await lock("gc", check.root)]
        defer { withExtendedLifetime(locks) {} }
        // What a repair that was killed left in the page cache must not be taken for durable.
        try await work.run { _ throws(StoreError) in try storing { () throws(SystemError) in try check.root.syncFileSystem() } }
        var report = StoreRepairReport()
        try await mendDescription(check, &report)
        let store = try await DirectoryStore.open(path, work: work)
        try await mendEntries(check, store, &report)
        try await mendRevisions(check, store, &report)

        var findings = StoreFindings()
        try await check.examine(&findings)
        try await salvage(&findings, check, store, &report)
        // Damaged packs will go, with all that is in them: what still leads there is looked for elsewhere.
        var places = findings.distrustingDamagedPacks
        try await check.checkPlaces(&places)
        try await recoverAside(&places, check, store, &report)
        try await refill(&places, check, store, &report)
        let lost = try await rewriteLocators(places, check, store, &report)
        try await dropPacks(findings, keepsAside: lost > 0, check, &report)
        try await dropUnneeded(findings, check, &report)
        try await rebuildIndex(findings, check, &report)
        try await mendEvidence(check, &report)
        try await rebuildHints(check, &report)

        let again = try await StoreCheck.open(path, evidence: evidence, work: work, progress: progress)
        report.after = try await again.run()
        // Only reading all data shows these, and nothing that was done here changes them.
        for file in findings.falseFiles {
            let cause = "is false: the chunks of \(file.path) do not make the SHA-256 that it says"
            let entries = findings.entriesByManifest[file.manifest] ?? []
            let hurt = StoreProblem.Hurt(manifest: file.manifest, entries: entries, paths: [file.path])
            report.after.problems.append(.init(object: ObjectName.manifest(file.manifest).path, cause: cause, hurts: [hurt]))
        }
        report.after.filesProved = findings.report.filesProved
        report.seconds = Double(Host.monotonicNanoseconds() - started) / 1e9
        return report
    }

    /// Keeps out a collector, commits and other repairs.
    private func lock(_ name: String, _ root: Folder) async throws(StoreError) -> OwnedFile {
        let file = try await work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                try root.folder("private", create: true, mode: 0o700).folder("locks", create: true).file(name, .readWrite)
            }
        }
        // Commits hold theirs for moments.
        for _ in 0..<150 {
            if file.tryLock() { return file }
            try? await Task.sleep(for: .milliseconds(200))
        }
        throw StoreError(
            .conflict, subject: path, cause: "a collector, a push or another repair works on the store",
            remedy: "Wait until it is done, and run 'waybill store repair' again")
    }

    private func mendDescription(_ check: StoreCheck, _ report: inout StoreRepairReport) async throws(StoreError) {
        var findings = StoreFindings()
        try await check.checkDescription(&findings)
        guard findings.description != nil else { return }
        // Only layout 1 has these objects, and it has no other features.
        try await work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                try check.root.replace(ObjectName.storeDescription.path, with: StoreDescription().encoded())
            }
        }
        report.did("written anew", ObjectName.storeDescription.path)
    }
}
