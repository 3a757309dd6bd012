import WaybillFormat
import WaybillSystem

extension DirectoryStore: RevisionStore {
    public func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] {
        let index = try index
        return try await work.run { _ throws(StoreError) in try index.places(chunks).map { $0 == nil } }
    }

    public func put(_ pack: FinishedPack) async throws(StoreError) {
        try await work.run { [self] _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let name = Folder.temporaryName()
                let file = try temporary.file(name, .createNew)
                do throws(SystemError) {
                    try file.write(pack.slab, range: 0..<pack.slab.count, at: 0)
                    try file.sync()
                    try linkOnce(name, as: .pack(pack.name))
                } catch {
                    try? temporary.remove(name)
                    throw error
                }
                try temporary.remove(name)
            }
            try index.add(pack.name, rows: pack.footer.rows)
        }
    }

    /// Gives the synced temporary file its final name and makes that durable; an object that is there already stays.
    func linkOnce(_ temporaryName: String, as object: ObjectName) throws(SystemError) {
        let parts = object.path.split(separator: "/").map(String.init)
        let folder = try root.folder(parts.dropLast(), create: true)
        _ = try temporary.link(temporaryName, to: parts[parts.count - 1], in: folder)
        try folder.sync()
    }

    /// Stores a content-named object. One that is there with other bytes was damaged, and is replaced.
    func putObject(_ object: ObjectName, _ bytes: [UInt8]) throws(StoreError) {
        let isPresent = try Self.read(root, object) == bytes
        try storing { () throws(SystemError) in
            let parts = object.path.split(separator: "/").map(String.init)
            let folder = try root.folder(parts.dropLast(), create: true)
            // Another process may have put it there and not synced the folder yet: what follows must not be durable before it.
            if isPresent { return try folder.sync() }
            let name = try temporary.writeTemporary(bytes)
            do throws(SystemError) {
                try temporary.rename(name, to: parts[parts.count - 1], in: folder)
            } catch {
                try? temporary.remove(name)
                throw error
            }
            try folder.sync()
        }
    }

    /// Stores a list segment without a locator; for a server, which makes the locator when asked.
    public func putList(_ segment: ListSegment, digest: Digest) async throws(StoreError) {
        try await work.run { [self] _ throws(StoreError) in try putObject(.list(digest), segment.encoded()) }
    }

    /// Writes the locator of a stored list segment from the chunk index.
    /// - Returns: the chunks that the store lacks; then no locator is written.
    public func makeLocator(_ digest: Digest) async throws(StoreError) -> [ChunkName] {
        let segment = try await RevisionReader(self).segment(digest)
        return try await work.run { [self] _ throws(StoreError) in
            let names = segment.rows.map(\.name)
            var places = try index.places(names)
            if places.contains(where: { $0 == nil }) {
                // Another process may have added packs since the index was read.
                try index.refresh()
                places = try index.places(names)
            }
            let missing = zip(names, places).filter { $0.1 == nil }.map(\.0)
            guard missing.isEmpty else { return Array(Set(missing)) }
            let locator = Locator(segment: digest, places: places)
            try putObject(.locator(digest), locator.encoded())
            return []
        }
    }

    public func put(_ segment: ListSegment, digest: Digest) async throws(StoreError) -> [ChunkName] {
        try await putList(segment, digest: digest)
        return try await makeLocator(digest)
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
        let rows = try await RevisionReader(self).rows(of: manifest)
        if proof == .byStore {
            try await FileProof(store: self).prove(manifest, rows: rows, progress: progress)
        }
        try await work.run { [self] _ throws(StoreError) in
            try index.flush()
            try putObject(.manifest(digest), bytes)
        }
    }

    public func append(_ entry: RefEntry, envelope: [UInt8]) async throws(StoreError) {
        if let manifest = entry.manifest,
            try await work.run({ [root] _ throws(StoreError) in try Self.read(root, .manifest(manifest)) }) == nil
        {
            throw StoreError(
                .integrity, subject: "\(entry.model.path):\(entry.ref.text)",
                cause: "the entry names manifest \(manifest), which the store lacks",
                remedy: "Push the revision to this store first")
        }
        let reader = RevisionReader(self)
        let newest = try await reader.newestEntryBytes(entry.model, entry.ref)
        let expected = (newest?.n ?? 0) + 1
        guard entry.n == expected, entry.previous == newest.map({ SHA256.digest(of: $0.bytes) }) else {
            if let newest, newest.n == entry.n, newest.bytes == envelope { return }
            throw Self.moved(entry, newest: newest?.n ?? 0)
        }
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
