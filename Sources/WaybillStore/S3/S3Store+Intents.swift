import Synchronization
import WaybillFormat
import WaybillSystem

extension S3Store {
    /// Newest entries of one model whose chunks a push learns.
    private static let maximumRevisions = 32
    /// Chunks that a push learns, 48 MiB of them.
    private static let maximumKnown = 1 << 20
    /// Well below the week after which an unrenewed intent is abandoned.
    private static let renewal: Duration = .seconds(3_600)

    public func beginPush() async throws(StoreError) -> PushLease { try await beginPush(of: []) }

    /// - Parameter models: the one that is pushed, and others with whose chunks it is compared.
    public func beginPush(of models: [ModelName]) async throws(StoreError) -> PushLease {
        try await requireCreation()
        try await openIntent()
        push.withLock { push in
            push.model = models.first
            push.renewal?.cancel()
            push.renewal = Task { [weak self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.renewal)
                    // A renewal that fails leaves the intent as old as it is; the commit looks for itself.
                    if !Task.isCancelled { try? await self?.stampIntent() }
                }
            }
        }
        do throws(StoreError) {
            try await learn(models)
        } catch {
            await endPush()
            throw error
        }
        return PushLease(
            renew: { [self] () async throws(StoreError) in
                try await openIntent()
                try await learn(models)
            }, end: { [self] in await endPush() })
    }

    // MARK: The intent

    /// Shows a new intent, then looks at the condemned sets, and forgets what was known before.
    func openIntent() async throws(StoreError) {
        let intent = BucketPush.Intent(name: .random(), startedAt: try await now())
        try await putObject(intent.path, intent.bytes)
        let old = push.withLock { push in
            defer { push.intent = intent }
            return push.intent
        }
        let condemned = try await BucketCondemned.read(client)
        push.withLock { push in
            push.condemned = condemned
            push.places = PlaceTable()
            push.packs = [:]
            push.stored = []
            push.learned = []
            push.used = []
        }
        // Not before the new one is there: a collector sees one of them at any time.
        if let old { try? await client.delete(old.path) }
    }

    /// Makes the intent as new, if it is there.
    private func stampIntent() async throws(StoreError) {
        guard let intent = push.withLock({ $0.intent }), try await client.status(intent.path) != nil else { return }
        try await putObject(intent.path, intent.bytes)
    }

    /// - Throws: an error that `isIncomplete` if a collector took the intent for abandoned.
    func requireIntent() async throws(StoreError) {
        guard let intent = push.withLock({ $0.intent }), try await client.status(intent.path) == nil else { return }
        throw StoreError(
            .integrity, subject: label, cause: "a collector took this push for abandoned", remedy: "Push again", isIncomplete: true)
    }

    func endPush() async {
        let (intent, marks) = push.withLock { push in
            push.renewal?.cancel()
            // Without an entry the marks stay, for the push that goes on from here.
            defer { push = BucketPush() }
            return (push.intent, push.isDone ? push.marks.intersection(push.used).compactMap { push.markPath($0) } : [])
        }
        _ = try? await concurrently(marks) { [client] (mark) async throws(StoreError) in try await client.delete(mark) }
        if let intent { try? await client.delete(intent.path) }
    }

    // MARK: What is there already

    /// Learns the chunks of the newest revisions of `models`, and of packs that earlier pushes to the first of them sent.
    private func learn(_ models: [ModelName]) async throws(StoreError) {
        if let model = models.first { try await learnMarks(model) }
        for model in models {
            let newest = try await newestEntries(model).sorted { $0.modifiedAt > $1.modifiedAt }
            for entry in newest.prefix(Self.maximumRevisions) { try await learnRevision(model, entry) }
        }
    }

    private func learnRevision(_ model: ModelName, _ newest: NewestEntry) async throws(StoreError) {
        let reader = RevisionReader(self)
        do throws(StoreError) {
            guard let digest = try await reader.entry(model, newest.ref, n: newest.n).entry.manifest else { return }
            let manifest = try await reader.manifest(digest).manifest
            let lists = push.withLock { push in manifest.lists.filter { push.learned.insert($0).inserted } }
            _ = try await concurrently(lists) { [self] (list) async throws(StoreError) in
                guard push.withLock({ $0.places.count < Self.maximumKnown }) else { return }
                // Each list that can be read is a gain; one that cannot is no loss.
                guard let segment = try await Self.ifReadable({ () async throws(StoreError) in try await reader.segment(list) }),
                    let locator = try await Self.ifReadable({ () async throws(StoreError) in
                        try await reader.locator(list, rows: segment.rows.count)
                    })
                else { return }
                push.withLock { push in
                    for (row, place) in zip(segment.rows, locator.places) {
                        guard let place, !push.condemned.packs.contains(place.pack) else { continue }
                        push.places.insert(row.name, place)
                    }
                }
            }
        } catch  where error.code == .notFound || error.code == .integrity {
            return
        }
    }

    private func learnMarks(_ model: ModelName) async throws(StoreError) {
        let folder = BucketPush.marksFolder(model)
        let marks = try await client.objects(folder).compactMap { Digest(hex: $0.key.dropFirst(folder.count)) }
        _ = try await concurrently(marks) { [self] (pack) async throws(StoreError) in
            let path = folder + pack.hex
            guard push.withLock({ $0.places.count < Limits.revisionRows }),
                let bytes = try await client.objectIfAny(path, maximum: PackFooter.encodedByteCount(rows: Limits.packRows)),
                SHA256.digest(of: bytes) == pack, let footer = try? PackFooter(decoding: bytes, subject: path)
            else { return }
            push.withLock { push in
                push.marks.insert(pack)
                push.learn(footer, of: pack)
            }
        }
    }

    /// nil for what is not there, or damaged.
    private static func ifReadable<T>(_ body: () async throws(StoreError) -> T) async throws(StoreError) -> T? {
        do throws(StoreError) { return try await body() } catch  where error.code == .notFound || error.code == .integrity { return nil }
    }
}
