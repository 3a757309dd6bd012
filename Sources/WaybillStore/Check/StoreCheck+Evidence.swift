import WaybillFormat
import WaybillSystem

extension StoreCheck {
    /// Evidence: each object decodes to the chunk that names it, and every revision that an entry names has what it should have.
    func checkEvidence(_ findings: inout StoreFindings) async throws(StoreError) {
        let (present, strangers) = try await work.run { [root] _ throws(StoreError) in try StoreTree.digests("evidence", root) }
        findings.report.evidence = present.count
        findings.report.notices += strangers.map { "\($0) has no place in a store" }
        advance {
            $0 = StoreCheckProgress()
            $0.objectsTotal = present.count
        }
        var faults: [Digest: String] = [:]
        try await work.each(present) { [self] (digest, context) throws(StoreError) in
            let fault = try fault(of: digest, &context)
            advance { $0.objectsDone += 1 }
            return (digest, fault)
        } take: { (digest, fault) in
            if let fault { faults[digest] = fault }
        }
        findings.badEvidence = faults.keys.sorted()
        var needed: [Digest: [Digest]] = [:]
        if let evidence { needed = try await neededEvidence(evidence, Set(present), faults, &findings) }
        for digest in needed.keys where faults[digest] == nil { faults[digest] = "is missing" }
        for (digest, fault) in faults.sorted(by: { $0.key < $1.key }) {
            let reader = needed[digest] == nil ? "" : "; a pull with a policy is refused"
            findings.damages.append(
                .init(object: ObjectName.evidence(digest).path, cause: fault + reader, manifests: (needed[digest] ?? []).sorted()))
        }
    }

    /// Blocks.
    private func fault(of digest: Digest, _ context: inout WorkContext) throws(StoreError) -> String? {
        switch try StoredObject.read(.evidence(digest), root) {
        // A collector took it.
        case .absent: nil
        case .unreadable(let cause): cause
        case .bytes(let bytes): EvidenceFrame.fault(bytes, digest, &context)
        }
    }

    /// Evidence that is missing or damaged, with the revisions that need it.
    private func neededEvidence(
        _ rule: EvidenceRule, _ present: Set<Digest>, _ faults: [Digest: String], _ findings: inout StoreFindings
    ) async throws(StoreError) -> [Digest: [Digest]] {
        let source = ReadOnlySource(label: label, root: root, work: work)
        var needed: [Digest: [Digest]] = [:]
        var lacking: Set<ChunkName> = []
        for manifest in Set(findings.entriesByManifest.keys).intersection(findings.manifests.keys).sorted() {
            let chunks: [ChunkName]
            do throws(StoreError) {
                chunks = try await rule(manifest, source, work)
            } catch {
                // What of it cannot be read is reported as what it is.
                continue
            }
            for chunk in chunks where !present.contains(chunk.digest) || faults[chunk.digest] != nil {
                needed[chunk.digest, default: []].append(manifest)
                lacking.insert(chunk)
            }
        }
        findings.lackingEvidence = lacking.sorted { $0.digest < $1.digest }
        return needed
    }
}

/// A store's directory as a source, for whoever must not change anything in it.
private struct ReadOnlySource: ChunkSource {
    let label: String
    let root: Folder
    let work: Work

    func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        let found = try await work.run { [root] _ throws(StoreError) in try DirectoryStore.read(root, name) }
        guard let found else { throw .missing(name.path, in: label) }
        return found
    }

    func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        try await work.run { [root, label] _ throws(StoreError) in
            try DirectoryStore.read(root, name, range: range, into: slab, label: label)
        }
    }
}
