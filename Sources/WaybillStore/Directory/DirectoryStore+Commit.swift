import WaybillFormat
import WaybillSystem

extension DirectoryStore {
    public func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) {
        let reader = RevisionReader(self)
        let newest = try await reader.newestEntryBytes(entry.model, entry.ref)
        let expected = (newest?.n ?? 0) + 1
        guard entry.n == expected, entry.previous == newest.map({ SHA256.digest(of: $0.bytes) }) else {
            if let newest, newest.n == entry.n, newest.bytes == envelope { return }
            throw Self.moved(entry, newest: newest?.n ?? 0)
        }
        // What is found whole under this lock stays until the entry names it.
        let collection = try await CollectionLock.acquire(.shared, in: self)
        defer { withExtendedLifetime(collection) {} }
        try await requireWhole(entry)
        try await work.run { [self] _ throws(StoreError) in
            let lock = try storing { () throws(SystemError) in
                let file = try privateFolder.folder("locks", create: true).file("refs", .readWrite)
                try file.lock()
                return file
            }
            defer { withExtendedLifetime(lock) {} }
            try Self.requireDistinct(root, entry.model, entry.ref)
            try createEntry(entry, envelope)
            let index = try Self.refIndex(root, entry.model)
            try Self.writeListings(root, model: entry.model, index: index, catalog: Catalog(models: try Self.models(root)))
        }
    }

    /// Checks that the revision of an entry is there: manifest, lists, and every chunk where its locator says, or elsewhere; then
    /// the locator is written anew. Of a withdrawal only the manifest, so that a damaged revision can be withdrawn.
    /// - Throws: `.integrity` that `isIncomplete`.
    private func requireWhole(_ entry: RefEntry) async throws(StoreError) {
        guard let digest = entry.manifest else { return }
        let subject = "\(entry.model.path):\(entry.ref.text)"
        let isThere = try await work.run { [root] _ throws(StoreError) in try Self.read(root, .manifest(digest)) != nil }
        guard isThere else {
            throw StoreError(
                .integrity, subject: subject, cause: "the entry names manifest \(digest), which the store lacks",
                remedy: "Push the revision to this store first", isIncomplete: true)
        }
        let reader = RevisionReader(self)
        do throws(StoreError) {
            try await requireAttestations(of: entry, reader)
            guard entry.state == .active else { return }
            let manifest = try await reader.manifest(digest).manifest
            for list in Set(manifest.lists) {
                let segment = try await reader.segment(list)
                let missing = try await work.run { [self] _ throws(StoreError) in
                    try locates(list, rows: segment.rows.count) ? [] : try writeLocator(segment, list)
                }
                guard let first = missing.first else { continue }
                throw StoreError(
                    .integrity, subject: subject, cause: "the store lacks \(missing.count) chunks of the revision, \(first.digest) first",
                    remedy: "Push the revision to this store again")
            }
        } catch  where error.code == .integrity {
            throw error.incomplete()
        }
    }

    private func requireAttestations(of entry: RefEntry, _ reader: RevisionReader) async throws(StoreError) {
        guard let rows = try await reader.attestations(of: entry)?.rows else { return }
        for row in rows {
            let status = try await work.run { [self] _ throws(StoreError) in try objectStatus(.attestation(row.digest)) }
            guard status?.size != row.size else { continue }
            throw StoreError(
                .integrity, subject: "\(entry.model.path):\(entry.ref.text)",
                cause: "the store lacks the attestation \(row.digest), or has one of another size", remedy: "Send it first")
        }
    }

    /// Whether the locator of a list is there and every pack that it names reaches as far as it says. Blocks.
    private func locates(_ list: Digest, rows: Int) throws(StoreError) -> Bool {
        guard let bytes = try Self.read(root, .locator(list)),
            let locator = try? Locator(decoding: bytes, segment: list, rows: rows, subject: ObjectName.locator(list).path)
        else { return false }
        var ends: [Digest: Int] = [:]
        for place in locator.places {
            guard let place else { return false }
            ends[place.pack] = max(ends[place.pack] ?? 0, place.offset + place.stored)
        }
        for (pack, end) in ends where try packSize(pack) ?? 0 < end { return false }
        return true
    }

    /// Bytes of a pack; nil if it is not there. Blocks.
    func packSize(_ pack: Digest) throws(StoreError) -> Int? { try objectStatus(.pack(pack))?.size }

    /// What the file system says of an object; nil if it is not there. Blocks.
    func objectStatus(_ name: ObjectName) throws(StoreError) -> FileStatus? {
        let parts = name.path.split(separator: "/").map(String.init)
        do throws(SystemError) {
            return try root.folder(parts.dropLast()).status(parts[parts.count - 1])
        } catch  where error.code == .notFound {
            return nil
        } catch {
            throw StoreError(error)
        }
    }

    private func createEntry(_ entry: RefEntry, _ envelope: [UInt8]) throws(StoreError) {
        let parts = ObjectName.refEntry(entry.model, entry.ref, entry.n).path.split(separator: "/").map(String.init)
        let created = try storing { () throws(SystemError) in
            let folder = try root.folder(parts.dropLast(), create: true)
            let name = try temporary.writeTemporary(envelope)
            let created: Bool
            do throws(SystemError) {
                created = try temporary.link(name, to: parts[parts.count - 1], in: folder)
            } catch {
                try? temporary.remove(name)
                throw error
            }
            try temporary.remove(name)
            guard created else { return false }
            try folder.sync()
            try folder.replace("latest", with: RefHint.encode(entry.n))
            return true
        }
        if !created { throw Self.moved(entry, newest: entry.n) }
    }

    static func moved(_ entry: RefEntry, newest: Int) -> StoreError {
        StoreError(
            .conflict, subject: "\(entry.model.path):\(entry.ref.text)",
            cause: newest == 0
                ? "the ref has no entry, and entry \(entry.n) was to follow entry \(entry.n - 1)"
                : "the ref moved: its newest entry is \(newest), and this push was based on \(entry.n - 1)",
            remedy: "Pull the newest revision and push again, or push on top of it with --expect \(newest)")
    }
}
