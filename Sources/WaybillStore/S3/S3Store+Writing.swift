import Synchronization
import WaybillFormat
import WaybillSystem

extension S3Store: RevisionStore {
    /// How long a writer waits for a collector that is about to delete what it needs.
    private static let closingPatience: Duration = .seconds(120)

    public func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] {
        push.withLock { push in chunks.map { push.places.place(of: $0) == nil } }
    }

    public func put(_ pack: FinishedPack) async throws(StoreError) {
        try await client.put(ObjectName.pack(pack.name).path, .slab(pack.slab))
        let mark = push.withLock { push in
            push.packs[pack.name] = pack.slab.count
            push.learn(pack.footer, of: pack.name)
            return push.markPath(pack.name)
        }
        guard let mark else { return }
        try await putObject(mark, pack.footer.encoded())
        push.withLock { _ = $0.marks.insert(pack.name) }
    }

    public func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName] {
        let missing = try await requirePlaces(segment)
        guard missing.isEmpty else { return missing }
        try await waitForCollector(digest)
        try await putObject(ObjectName.list(digest).path, segment.encoded())
        let places = push.withLock { push in segment.rows.map { push.places.place(of: $0.name) } }
        try await putObject(ObjectName.locator(digest).path, Locator(segment: digest, places: places).encoded())
        push.withLock { push in
            push.stored.insert(digest)
            for place in places { if let place { push.used.insert(place.pack) } }
        }
        return []
    }

    /// Asks for each pack of a segment's chunks whether it is there, once a push.
    /// - Returns: chunks that lie nowhere.
    private func requirePlaces(_ segment: ListSegment) async throws(StoreError) -> [ChunkName] {
        let ends = push.withLock { push -> [Digest: Int] in
            var ends: [Digest: Int] = [:]
            for row in segment.rows {
                guard let place = push.places.place(of: row.name) else { continue }
                let end = place.offset + place.stored
                if push.packs[place.pack] ?? 0 < end { ends[place.pack] = max(ends[place.pack] ?? 0, end) }
            }
            return ends
        }
        let sizes = try await packSizes(Array(ends.keys))
        return push.withLock { push in
            for (pack, end) in ends where sizes[pack] ?? 0 < end { push.places.drop(pack) }
            return Array(Set(segment.rows.map(\.name).filter { push.places.place(of: $0) == nil }))
        }
    }

    /// Bytes of those packs that are there, and remembers them for this push.
    func packSizes(_ packs: [Digest]) async throws(StoreError) -> [Digest: Int] {
        let sizes = try await concurrently(packs) { [client] (pack) async throws(StoreError) in
            try await client.status(ObjectName.pack(pack).path)?.byteCount
        }
        var found: [Digest: Int] = [:]
        for (pack, size) in zip(packs, sizes) { if let size { found[pack] = size } }
        let present = found
        push.withLock { push in push.packs.merge(present) { $1 } }
        return present
    }

    public func put(
        manifest bytes: [UInt8], digest: Digest, progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws(StoreError) {
        guard SHA256.digest(of: bytes) == digest else {
            throw StoreError(.integrity, subject: "manifest \(digest)", cause: "the bytes have another SHA-256", remedy: "Send it again")
        }
        let manifest = try parsing { () throws(FormatError) in
            try Manifest(decoding: bytes, subject: "manifest \(digest)", sha256: SHA256.digest(of:))
        }
        try await requireLists(manifest)
        try await waitForCollector(digest)
        try await putObject(ObjectName.manifest(digest).path, bytes)
        push.withLock { _ = $0.stored.insert(digest) }
    }

    /// Checks that all lists of a manifest are there, and their chunks where the locators say: those that this push did not store
    /// itself.
    /// - Throws: `.integrity` that `isIncomplete`.
    func requireLists(_ manifest: Manifest) async throws(StoreError) {
        let lists = push.withLock { push in Set(manifest.lists).filter { !push.stored.contains($0) } }
        let reader = RevisionReader(self)
        do throws(StoreError) {
            for list in lists.sorted() {
                if push.withLock({ $0.condemned.objects.contains(list) }) { throw goes(ObjectName.list(list).path) }
                let segment = try await reader.segment(list)
                let locator = try await reader.locator(list, rows: segment.rows.count)
                var ends: [Digest: Int] = [:]
                for (row, place) in zip(segment.rows, locator.places) {
                    guard let place else { throw lost(row.name.digest) }
                    ends[place.pack] = max(ends[place.pack] ?? 0, place.offset + place.stored)
                }
                let (condemned, known) = push.withLock { ($0.condemned.packs, $0.packs) }
                if let pack = ends.keys.first(where: { condemned.contains($0) }) { throw goes(ObjectName.pack(pack).path) }
                var sizes = known
                sizes.merge(try await packSizes(ends.keys.filter { known[$0] == nil })) { $1 }
                for (pack, end) in ends where sizes[pack] ?? 0 < end { throw lost(pack) }
            }
        } catch  where error.code == .integrity {
            throw error.incomplete()
        }
    }

    private func lost(_ digest: Digest) -> StoreError {
        StoreError(
            .integrity, subject: label, cause: "lacks \(digest), which the revision needs", remedy: "Push the revision to this store again")
    }

    func goes(_ path: String) -> StoreError {
        StoreError(
            .integrity, subject: "\(label)/\(path)", cause: "is condemned by a collector, since no entry named it",
            remedy: "Push the revision to this store again", isIncomplete: true)
    }

    /// Waits until no set that is about to be deleted names a list or manifest: it must not be written just when it is deleted.
    private func waitForCollector(_ digest: Digest) async throws(StoreError) {
        let end = ContinuousClock.now + Self.closingPatience
        while let set = push.withLock({ $0.condemned.closing[digest] }) {
            guard try await client.status(BucketCondemned.folder + set.text) != nil else {
                push.withLock { push in push.condemned.closing = push.condemned.closing.filter { $0.value != set } }
                continue
            }
            guard ContinuousClock.now < end else {
                throw StoreError(
                    .unavailable, subject: label, cause: "a collector is about to delete what this push needs anew",
                    remedy: "Wait until 'waybill store gc' is done there (run it, if it was killed), and push again: what was sent is kept")
            }
            do { try await Task.sleep(for: .seconds(1)) } catch {
                throw StoreError(.interrupted, subject: label, cause: "the transfer was interrupted")
            }
        }
    }

    // MARK: Commit

    public func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) {
        let newest = try await RevisionReader(self).newestEntryBytes(entry.model, entry.ref)
        let expected = (newest?.n ?? 0) + 1
        guard entry.n == expected, entry.previous == newest.map({ SHA256.digest(of: $0.bytes) }) else {
            if let newest, newest.n == entry.n, newest.bytes == envelope { return push.withLock { $0.isDone = true } }
            throw DirectoryStore.moved(entry, newest: newest?.n ?? 0)
        }
        // What is named is spared by collectors only while an intent stands.
        guard push.withLock({ $0.intent != nil }) else {
            try await requireCreation()
            try await openIntent()
            do throws(StoreError) {
                try await commit(entry, envelope)
                return await endPush()
            } catch {
                await endPush()
                throw error
            }
        }
        try await commit(entry, envelope)
    }

    private func commit(_ entry: RefEntry, _ envelope: [UInt8]) async throws(StoreError) {
        try await requireWhole(entry)
        do throws(StoreError) {
            try await requireAttestations(of: entry)
        } catch  where error.code == .integrity {
            throw error.incomplete()
        }
        if entry.n == 1 { try await requireDistinct(entry.model, entry.ref) }
        try await requireIntent()
        guard try await createOnce(ObjectName.refEntry(entry.model, entry.ref, entry.n).path, envelope) else {
            throw DirectoryStore.moved(entry, newest: entry.n)
        }
        push.withLock { $0.isDone = true }
        // The entry is there, and decides: what follows only helps readers of the bare bucket.
        try? await writeHints(entry.model, entry.ref, entry.n)
        do throws(StoreError) {
            try await requireIntent()
        } catch  where error.isIncomplete {
            // Asleep for a week between two lines: whoever reads this knows that the revision may have been collected.
            throw StoreError(
                .integrity, subject: "\(entry.model.path):\(entry.ref.text)",
                cause: "entry \(entry.n) was created, and a collector took this push for abandoned meanwhile",
                remedy: "Check that it can be pulled; if not, push again with --expect \(entry.n)")
        } catch {
            return
        }
    }

    /// Checks that the revision of an entry is there. Of a withdrawal only the manifest, so that a damaged one can be withdrawn.
    private func requireWhole(_ entry: RefEntry) async throws(StoreError) {
        guard let digest = entry.manifest, !push.withLock({ $0.stored.contains(digest) }) else { return }
        let path = ObjectName.manifest(digest).path
        if push.withLock({ $0.condemned.objects.contains(digest) }) { throw goes(path) }
        guard try await client.status(path) != nil else {
            throw StoreError(
                .integrity, subject: "\(entry.model.path):\(entry.ref.text)",
                cause: "the entry names manifest \(digest), which the store lacks", remedy: "Push the revision to this store first",
                isIncomplete: true)
        }
        guard entry.state == .active else { return }
        do throws(StoreError) {
            try await requireLists(try await RevisionReader(self).manifest(digest).manifest)
        } catch  where error.code == .integrity {
            throw error.incomplete()
        }
    }
}
