import WaybillFormat
import WaybillSystem

extension Collector {
    /// Deletes evidence that no list names any more. Comes last: lists that this run deleted name nothing.
    ///
    /// A list that is dead and still stands counts, since an entry may name its revision again.
    /// - Returns: how many objects went, or would go.
    func sweepEvidence(_ look: StoreLook) async throws(StoreError) -> Int {
        guard !look.looseEvidence.isEmpty else { return 0 }
        let loose = try await store.work.run { [self] _ throws(StoreError) in try unnamed(look) }
        guard !options.isDryRun else { return loose.count }
        var swept = 0
        for start in stride(from: 0, to: loose.count, by: CollectionPlan.batchSize) {
            let batch = loose[start..<min(start + CollectionPlan.batchSize, loose.count)]
            // Nobody writes evidence meanwhile, so that what is young here stays.
            let lock = try await CollectionLock.acquire(.exclusive, in: store)
            defer { withExtendedLifetime(lock) {} }
            swept += try await store.work.run { [self] _ throws(StoreError) in try delete(batch, olderThan: look.horizon) }
        }
        return swept
    }

    /// What is loose by the look and named by no other list either, sorted. Blocks.
    private func unnamed(_ look: StoreLook) throws(StoreError) -> [Digest] {
        var loose = look.looseEvidence
        let live = Set(look.liveLists)
        for list in try StoreTree.digests("lists", store.root).digests where !live.contains(list) {
            guard let segment = try? store.segment(list) else { continue }
            for row in segment.rows { loose.remove(row.name.digest) }
        }
        return loose.sorted()
    }

    /// Blocks.
    private func delete(_ evidence: ArraySlice<Digest>, olderThan horizon: Int) throws(StoreError) -> Int {
        var deleted = 0
        var shards: [String: Folder] = [:]
        for digest in evidence {
            guard let status = try store.objectStatus(.evidence(digest)), status.touchedAt < horizon else { continue }
            try storing { () throws(SystemError) in
                let folder: Folder
                if let open = shards[digest.shard] { folder = open } else { folder = try store.root.folder(["evidence", digest.shard]) }
                shards[digest.shard] = folder
                try folder.remove(digest.hex)
            }
            deleted += 1
        }
        for folder in shards.values { try storing { () throws(SystemError) in try folder.sync() } }
        return deleted
    }
}
