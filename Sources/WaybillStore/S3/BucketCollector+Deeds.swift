import WaybillCodec
import WaybillFormat
import WaybillSystem

/// What a collector does to a bucket.
extension BucketCollector {
    /// Creates the set. Writers that look from then on rely on nothing that it names.
    /// - Returns: its time, in microseconds.
    func condemn(_ set: CondemnedSet, as name: PushName) async throws(StoreError) -> Int {
        let path = BucketCondemned.folder + name.text
        try await store.putObject(path, set.encoded())
        guard let status = try await store.client.status(path) else {
            throw StoreError(
                .conflict, subject: "\(store.label)/\(path)", cause: "is gone, just after it was written",
                remedy: "Look whether another collector works there")
        }
        return status.modifiedAt
    }

    func finish(_ name: PushName) async throws(StoreError) {
        // The set first: what says that it is final is nothing without it, but the set without it would be shown as final once more.
        for suffix in ["", BucketCondemned.finalSuffix] {
            try await store.removeObject(BucketCondemned.folder + name.text + suffix)
        }
    }

    // MARK: Locators

    /// Makes the locators of `lists` name other packs than `packs`.
    /// - Returns: packs that hold the only copy of a chunk that is needed.
    func redirect(
        _ lists: [Digest], awayFrom packs: Set<Digest>, avoiding condemned: Set<Digest>, footers: [(pack: Digest, rows: [PackRow])]
    ) async throws(StoreError) -> Set<Digest> {
        let store = store
        let reader = RevisionReader(store)
        struct Affected: Sendable {
            let list: Digest
            let rows: [ChunkRow]
            var places: [ChunkPlace?]
        }
        let affected = try await store.concurrently(lists) { (list) async throws(StoreError) -> Affected? in
            let name = ObjectName.locator(list)
            let bytes = try await store.client.objectIfAny(name.path, maximum: name.maximumBytes)
            let locator = bytes.flatMap { try? Locator(decoding: $0, subject: name.path) }
            if let locator, locator.segment == list, packs.isDisjoint(with: locator.packs) { return nil }
            // A list of a push that was not committed may be damaged; it is nobody's yet.
            guard let segment = try await BucketLook.readable({ () async throws(StoreError) in try await reader.segment(list) }) else {
                return nil
            }
            let isFitting = locator?.segment == list && locator?.places.count == segment.rows.count
            let places = isFitting ? locator?.places ?? [] : Array(repeating: nil, count: segment.rows.count)
            return Affected(list: list, rows: segment.rows, places: places)
        }.compactMap { $0 }
        guard !affected.isEmpty else { return [] }
        func isMoving(_ place: ChunkPlace?) -> Bool { place.map { packs.contains($0.pack) } ?? true }
        var wanted: Set<ChunkName> = []
        for item in affected { for (row, place) in zip(item.rows, item.places) where isMoving(place) { wanted.insert(row.name) } }
        var others: [ChunkName: ChunkPlace] = [:]
        for (pack, rows) in footers where !packs.contains(pack) && !condemned.contains(pack) {
            for row in rows where wanted.contains(row.name) {
                others[row.name] = ChunkPlace(pack: pack, offset: row.offset, stored: row.stored)
            }
        }
        var unmovable: Set<Digest> = []
        for var item in affected {
            for index in item.places.indices where isMoving(item.places[index]) {
                if let other = others[item.rows[index].name] {
                    item.places[index] = other
                } else if let old = item.places[index] {
                    unmovable.insert(old.pack)
                }
            }
            guard !item.places.contains(nil) else {
                // A push that is under way knows places that we do not: its locator must not be overwritten by one with holes.
                unmovable.formUnion(item.places.compactMap { $0?.pack }.filter { packs.contains($0) })
                continue
            }
            try await store.putObject(ObjectName.locator(item.list).path, Locator(segment: item.list, places: item.places).encoded())
        }
        return unmovable
    }

    // MARK: Repacking

    struct Repacked: Sendable {
        /// Packs all of whose chosen frames are in other packs now, durably.
        var moved: [Digest] = []
        var byteCount = 0
        var written: [(pack: Digest, rows: [PackRow])] = []
        var notices: [String] = []
    }

    /// Copies the chosen frames of partly dead packs into new packs, each decoded and hashed on the way.
    func repack(_ packs: [Digest], _ look: BucketLook) async throws(StoreError) -> Repacked {
        var outcome = Repacked()
        var numbers: [Digest: Int] = [:]
        for (number, footer) in look.footers.enumerated() { numbers[footer.pack] = number }
        let slab = Slab(capacity: PackBuilder.slabCapacity)
        let frame = FrameEncoder.makeFrameSlab()
        var builder = PackBuilder(slab: slab)
        // Read to the end, with frames in the builder.
        var open: [Digest] = []
        var openBytes = 0
        for name in packs {
            guard let number = numbers[name] else { continue }
            do throws(StoreError) {
                for row in look.footers[number].rows where look.selection.isChosen(row, in: number) {
                    frame.resize(0)
                    try await store.read(.pack(name), range: row.offset..<row.offset + row.stored, into: frame)
                    try await verify(frame, row, of: name)
                    if builder.isFull {
                        try await flush(&builder, &outcome, &open, &openBytes)
                        builder = PackBuilder(slab: slab)
                    }
                    _ = builder.append(row.name, frame: frame)
                    openBytes += row.stored
                }
                open.append(name)
            } catch  where error.code == .integrity {
                outcome.notices.append("pack \(name) was left as it is: \(error.cause)")
            }
        }
        try await flush(&builder, &outcome, &open, &openBytes)
        return outcome
    }

    private func flush(
        _ builder: inout PackBuilder, _ outcome: inout Repacked, _ open: inout [Digest], _ openBytes: inout Int
    ) async throws(StoreError) {
        if let pack = builder.finish() {
            try await store.client.put(ObjectName.pack(pack.name).path, .slab(pack.slab))
            outcome.written.append((pack.name, pack.footer.rows))
        }
        outcome.moved += open
        outcome.byteCount += openBytes
        open = []
        openBytes = 0
    }

    private func verify(_ frame: Slab, _ row: PackRow, of pack: Digest) async throws(StoreError) {
        try await work.run { (context) throws(StoreError) in
            let (output, decoder) = (context.chunk, context.decoder)
            try decoding { () throws(CodecError) in
                try decoder.decode(frame, range: 0..<frame.count, rawLength: row.name.length, into: output, subject: "pack \(pack)")
            }
            try storing { () throws(SystemError) in
                _ = try VerifiedChunk.verifying(output, range: 0..<output.count, as: row.name, subject: "pack \(pack)")
            }
        }
    }

    // MARK: Deleting

    struct Deleted: Sendable {
        var gone = 0
        var freed = CollectionReport.Amount()
    }

    /// Deletes what is still dead of a batch.
    func delete(
        _ batch: CondemnedBatch, madeAt: Int, closed: Set<Digest>, _ arrivals: BucketArrivals, _ look: BucketLook
    ) async throws(StoreError) -> Deleted {
        let names = batch.names.filter { closed.contains($0) && !arrivals.spares($0, batch.kind) }
        if batch.kind == .manifests, !names.isEmpty {
            var bytes: [UInt8] = []
            for name in names { name.append(to: &bytes) }
            try await store.putObject("private/collected/\(PushName.random())", bytes)
        }
        let folder = batch.kind.folderName
        let isRewritable = batch.kind != .packs
        let wentAway = try await store.concurrently(names) { [store] (name) async throws(StoreError) -> Bool in
            let path = "\(folder)/\(name.shard)/\(name.hex)"
            // Written anew since: a push that saw the set relies on it.
            if isRewritable, let status = try await store.client.status(path), status.modifiedAt >= madeAt { return false }
            try await store.removeObject(path)
            return true
        }
        var sizes: [Digest: Int] = [:]
        if batch.kind == .packs { for pack in look.findings.packs { sizes[pack.name] = pack.byteCount } }
        var deleted = Deleted()
        for (name, isGone) in zip(names, wentAway) where isGone {
            deleted.gone += 1
            if batch.kind == .packs { deleted.freed += .init(packs: 1, bytes: sizes[name] ?? 0) }
            if batch.kind == .manifests { deleted.freed += .init(revisions: 1) }
        }
        return deleted
    }
}
