import WaybillFormat
import WaybillSystem

extension StoreRepair {
    /// Makes evidence that is missing or damaged from the packs as they are now, and takes away what stays damaged: it can be made
    /// again, as long as its chunk is somewhere.
    func mendEvidence(_ check: StoreCheck, _ report: inout StoreRepairReport) async throws(StoreError) {
        var findings = StoreFindings()
        try await check.checkDescription(&findings)
        try await check.checkRefs(&findings)
        try await check.checkRevisions(&findings)
        try await check.checkEvidence(&findings)
        let store = try await DirectoryStore.open(path, work: work)
        var mended: Set<Digest> = []
        for chunk in findings.lackingEvidence {
            // A frame that the disk does not give is in no other pack either.
            let missing = try? await work.run { context throws(StoreError) in try store.writeEvidence([chunk], &context) }
            guard missing == [] else { continue }
            mended.insert(chunk.digest)
            report.did("made from the packs", ObjectName.evidence(chunk.digest).path)
        }
        for digest in findings.badEvidence where !mended.contains(digest) {
            try await remove(.evidence(digest), check.root)
            report.did("removed", ObjectName.evidence(digest).path)
        }
    }
}
