import WaybillFormat
import WaybillStore
import WaybillSystem

/// The `.waybill/` of a directory that is pushed; absent where it cannot be written (a hub's cache, a read-only disk).
struct LocalState: Sendable {
    let folder: CheckoutFolder?
    let lock: OwnedFile?
    let checkout: Checkout?

    static func open(_ directory: String, work: Work) async throws(TransferError) -> LocalState {
        try await work.perform { _ throws(TransferError) in
            guard (try? FileStatus.of(directory))?.kind == .folder else {
                throw TransferError(
                    .notFound, subject: directory, cause: "is no directory",
                    remedy: "Name the directory that holds the model's files; './' before the name forces a path")
            }
            guard let folder = try? CheckoutFolder.open(directory) else { return LocalState(folder: nil, lock: nil, checkout: nil) }
            let lock = try folder.lock()
            try folder.finishPendingSwitch(holding: lock)
            return LocalState(folder: folder, lock: lock, checkout: try folder.checkout())
        }
    }
}

extension Push {
    /// Has the chunks that papers are read from kept as evidence.
    /// - Returns: those that the store lacks, or a notice if it keeps no evidence at all.
    func keepEvidence(_ chunks: [ChunkName]) async throws(TransferError) -> (missing: [ChunkName], notice: String?) {
        guard let evidence = store as? any EvidenceStore, !chunks.isEmpty else { return ([], nil) }
        do throws(StoreError) {
            return (try await evidence.keepEvidence(chunks), nil)
        } catch  where error.code == .notFound {
            return ([], "the mirror's Waybill is older and keeps no evidence: pulls with a policy will be refused")
        } catch {
            throw TransferError(error)
        }
    }

    /// Sends lists and manifest.
    /// - Returns: chunks that the store turned out to lack; then nothing is published.
    func publish(_ revision: BuiltRevision, lacking: [ChunkName]) async throws(TransferError) -> Set<ChunkName> {
        var missing = Set(lacking)
        for (segment, digest) in zip(revision.segments, revision.manifest.lists) {
            let lacking = try await lifting { () async throws(StoreError) in try await store.put(segment, digest: digest) }
            missing.formUnion(lacking)
        }
        guard missing.isEmpty else { return missing }
        let total = revision.manifest.byteCount
        meter.update {
            $0.phase = .proving
            $0.bytesTotal = total
            $0.bytesDone = 0
        }
        try await lifting { () async throws(StoreError) in
            try await store.put(manifest: revision.bytes, digest: revision.digest) { proved, of in
                meter.update {
                    $0.bytesDone = proved
                    $0.bytesTotal = of
                }
            }
        }
        return []
    }

    func lost(_ count: Int) -> TransferError {
        TransferError(
            .unavailable, subject: remote, cause: "the store loses chunks while they are pushed (\(count) are missing)",
            remedy: "Check the store with 'waybill store check' and its disk, then push again", isIncomplete: true)
    }

    /// Creates the next entry, unless the newest names this revision already.
    func commit(_ revision: BuiltRevision, newest: (n: Int, bytes: [UInt8])?, isPublished: Bool) async throws(TransferError) -> SeenEntry {
        if isPublished, let newest, try isSigned(newest.bytes) {
            return SeenEntry(remote: remote, model: model, ref: ref, n: newest.n, entry: SHA256.digest(of: newest.bytes))
        }
        let time = Host.timestamp()
        var attestations: Digest?
        if let signing = options.signing {
            var rows = try await signing.vouch(for: revision.manifest, revision.digest, of: model, time: time, in: store)
            // What others attached to this revision stays attached.
            if isPublished, let newest {
                rows += try await lifting { () async throws(StoreError) in
                    let reader = RevisionReader(store)
                    return try await reader.attestations(of: try await reader.entry(model, ref, n: newest.n).entry)?.rows ?? []
                }
            }
            attestations = try await signing.index(rows, of: revision.digest, in: store)
        }
        let entry = RefEntry(
            model: model, ref: ref, n: (newest?.n ?? 0) + 1, previous: newest.map { SHA256.digest(of: $0.bytes) },
            manifest: revision.digest, movedTo: nil, attestations: attestations, state: .active, reason: nil, time: time,
            expires: options.signing?.expires)
        let envelope =
            try options.signing?.envelope(of: entry) ?? entry.encodedEnvelope(sha256: SHA256.digest(of:))
        do throws(StoreError) {
            try await store.append(entry, envelope: envelope)
        } catch  where error.code == .conflict {
            // A racing push of the same bytes did our work.
            let reader = RevisionReader(store)
            if let now = try? await reader.newestEntry(model, ref), now.entry.manifest == revision.digest, now.entry.state == .active {
                return SeenEntry(remote: remote, model: model, ref: ref, n: now.entry.n, entry: now.digest)
            }
            throw TransferError(error)
        } catch {
            throw TransferError(error)
        }
        return SeenEntry(remote: remote, model: model, ref: ref, n: entry.n, entry: SHA256.digest(of: envelope))
    }

    /// Whether an entry has the signatures that this push would make; it need not be written again then.
    private func isSigned(_ bytes: [UInt8]) throws(TransferError) -> Bool {
        guard let signing = options.signing else { return true }
        guard signing.expires == nil else { return false }
        let envelope = try lifting { () throws(FormatError) in
            try RefEnvelope(decoding: bytes, subject: "\(model.path):\(ref.text)", sha256: SHA256.digest(of:))
        }
        return signing.signers.allSatisfy { signer in
            envelope.signatures.contains { signer.publicKey.verifies($0.sig, of: envelope.signedBytes) }
        }
    }

    /// Writes what the directory remembers and tells what was done.
    func report(
        _ revision: BuiltRevision, _ tree: SourceTree, _ pipeline: PackPipeline?, _ entry: SeenEntry, _ local: LocalState, unchanged: Bool,
        notice: String?
    ) async throws(TransferError) -> TransferReport {
        let remembered = try await remember(revision, tree, entry, local)
        var notices = tree.notices + revision.notices + [notice].compactMap { $0 }
        let stored = await StoredBytes.afterTransfer(revision.manifest, revision.segments, in: store, &notices)
        if !remembered { notices.append("this directory cannot be written: the next push from it needs --expect \(entry.n)") }
        let progress = meter.current
        var report = TransferReport(manifest: revision.digest, contentId: revision.manifest.contentId, model: model)
        report.ref = ref
        report.entry = entry.n
        report.filesTotal = revision.manifest.files.count
        report.filesSelected = report.filesTotal
        report.bytesTotal = revision.manifest.byteCount
        report.bytesTransferred = progress.bytesTransferred
        report.bytesReused = pipeline == nil ? report.bytesTotal : min(progress.bytesReused, report.bytesTotal)
        report.bytesStored = stored
        report.chunksTotal = revision.rows.count
        report.chunksTransferred = pipeline?.chunksSent ?? 0
        report.seconds = meter.seconds
        report.notices = notices
        report.unchanged = unchanged
        return report
    }

    private func remember(
        _ revision: BuiltRevision, _ tree: SourceTree, _ entry: SeenEntry, _ local: LocalState
    ) async throws(TransferError) -> Bool {
        guard let folder = local.folder else { return false }
        return try await work.perform { [remote, model, ref] _ throws(TransferError) in
            do throws(TransferError) {
                try folder.keep(manifest: revision.bytes, segments: revision.segments)
                var tracked: [TrackedFile] = []
                for (source, file) in zip(tree.files, revision.manifest.files) {
                    // A link's target is tracked by the link's path only if it lies here; verify reads through it.
                    tracked.append(TrackedFile(path: file.path, sha256: file.sha256, status: source.status))
                }
                var checkout = Checkout(
                    remote: remote, model: model, ref: ref, entry: entry.n, entryDigest: entry.entry, manifestDigest: revision.digest,
                    include: [], seen: local.checkout?.seen ?? [], tracked: tracked, manifest: revision.manifest)
                checkout.note(entry)
                try folder.write(checkout)
                try folder.dropKept(except: revision.digest, revision.manifest)
                return true
            } catch  where error.code == .storage {
                return false
            }
        }
    }
}

/// What the distinct chunks of a revision occupy in a store, by its locators.
enum StoredBytes {
    /// As `of`, for a transfer that is done already: a mirror that goes away now must not turn it into a failure.
    static func afterTransfer(
        _ manifest: Manifest, _ segments: [ListSegment], in source: any ChunkSource, _ notices: inout [String]
    ) async -> Int {
        do throws(TransferError) {
            return try await of(manifest, segments, in: source)
        } catch {
            notices.append("what the revision occupies in the store could not be told: \(error.subject): \(error.cause)")
            return 0
        }
    }

    static func of(_ manifest: Manifest, _ segments: [ListSegment], in source: any ChunkSource) async throws(TransferError) -> Int {
        let reader = RevisionReader(source)
        var seen: Set<ChunkName> = []
        var total = 0
        for (segment, digest) in zip(segments, manifest.lists) {
            let locator = try await lifting { () async throws(StoreError) in
                try await reader.locator(digest, rows: segment.rows.count)
            }
            for (row, place) in zip(segment.rows, locator.places) where seen.insert(row.name).inserted { total += place?.stored ?? 0 }
        }
        return total
    }
}
