import Synchronization
import WaybillFormat
import WaybillSystem

/// Examines a store in a directory: every object, and that they fit one another. Changes nothing.
///
/// Memory is bounded: tables of digests of objects are held, tables of chunks are not.
public final class StoreCheck: Sendable {
    let root: Folder
    let label: String
    /// Also decode and hash every frame, and prove every file against its chunks.
    let readsData: Bool
    /// Nil: nobody can tell which evidence is missing.
    let evidence: EvidenceRule?
    let work: Work
    let footers: FooterCache
    private let handler: @Sendable (StoreCheckProgress) -> Void
    private let counted = Mutex(StoreCheckProgress())

    /// - Parameter evidence: which chunks of a revision must stand as evidence. Without it, evidence that is missing is not missed.
    /// - Throws: `.notFound` if there is no store.
    public static func open(
        _ path: String, readsData: Bool = false, evidence: EvidenceRule? = nil, work: Work,
        progress: @escaping @Sendable (StoreCheckProgress) -> Void = { _ in }
    ) async throws(StoreError) -> StoreCheck {
        try await work.run { _ throws(StoreError) in
            let root: Folder
            do throws(SystemError) {
                root = try Folder.open(path)
            } catch  where error.code == .notFound {
                throw StoreError(.notFound, subject: path, cause: "there is no such store", remedy: "Check the path")
            } catch {
                throw StoreError(error)
            }
            let names = try StoreTree.names(root)
            guard names.contains("waybill.json") || names.contains("packs") || names.contains("refs") else {
                throw StoreError(
                    .notFound, subject: path, cause: "is not a Waybill store (it has no waybill.json)",
                    remedy: "Check the path; 'waybill store init \(path)' makes a store")
            }
            return StoreCheck(root: root, label: path, readsData: readsData, evidence: evidence, work: work, progress: progress)
        }
    }

    private init(
        root: Folder, label: String, readsData: Bool, evidence: EvidenceRule?, work: Work,
        progress: @escaping @Sendable (StoreCheckProgress) -> Void
    ) {
        self.root = root
        self.label = label
        self.readsData = readsData
        self.evidence = evidence
        self.work = work
        handler = progress
        footers = FooterCache(root: root, label: label)
    }

    /// - Throws: `.failure` for a store of a newer Waybill; `.storage` for what this user may not read.
    public func run() async throws(StoreError) -> StoreCheckReport {
        let started = Host.monotonicNanoseconds()
        var findings = StoreFindings()
        try await examine(&findings)
        var report = try await concluded(&findings)
        report.seconds = Double(Host.monotonicNanoseconds() - started) / 1e9
        return report
    }

    /// Everything, from the entries down: what a writer adds meanwhile lies below them already.
    func examine(_ findings: inout StoreFindings) async throws(StoreError) {
        try await checkDescription(&findings)
        try await checkRefs(&findings)
        try await checkRevisions(&findings)
        try await checkPacks(&findings)
        try await checkPlaces(&findings)
        try await checkEvidence(&findings)
        try await checkIndex(&findings)
        if readsData { try await proveFiles(&findings) }
        try await checkLeftovers(&findings)
    }

    /// The report, with whom each problem hurts.
    func concluded(_ findings: inout StoreFindings) async throws(StoreError) -> StoreCheckReport {
        findings.report.problems = try await HurtRevisions(check: self).problems(findings)
        return findings.report
    }

    func advance(_ change: (inout StoreCheckProgress) -> Void) {
        let now = counted.withLock { progress in
            change(&progress)
            return progress
        }
        handler(now)
    }

    func checkDescription(_ findings: inout StoreFindings) async throws(StoreError) {
        let found = try await work.run { [root] _ throws(StoreError) in try StoredObject.read(.storeDescription, root) }
        func damaged(_ cause: String) {
            findings.description = StoreError(.integrity, subject: "waybill.json", cause: cause)
            findings.damages.append(.init(object: "waybill.json", cause: cause))
        }
        switch found {
        case .absent: damaged("is missing")
        case .unreadable(let cause): damaged(cause)
        case .bytes(let bytes):
            do throws(FormatError) {
                _ = try StoreDescription(decoding: bytes, subject: "waybill.json")
            } catch  where error.code == .integrity {
                damaged(error.cause)
            } catch {
                throw StoreError(error)
            }
        }
    }
}
