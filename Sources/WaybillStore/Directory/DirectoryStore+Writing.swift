import WaybillFormat
import WaybillSystem

extension DirectoryStore: RevisionStore {
    public func lacks(_ chunks: [ChunkName]) async throws(StoreError) -> [Bool] {
        let index = try index
        return try await work.run { _ throws(StoreError) in try index.places(chunks).map { $0 == nil } }
    }

    public func put(_ pack: FinishedPack) async throws(StoreError) {
        try await work.wait { [self] () throws(StoreError) in try putPack(pack) }
    }

    /// Blocks.
    func putPack(_ pack: FinishedPack) throws(StoreError) {
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

    /// Gives the synced temporary file its final name and makes that durable; an object that is there already stays.
    func linkOnce(_ temporaryName: String, as object: ObjectName) throws(SystemError) {
        let parts = object.path.split(separator: "/").map(String.init)
        let folder = try root.folder(parts.dropLast(), create: true)
        _ = try temporary.link(temporaryName, to: parts[parts.count - 1], in: folder)
        try folder.sync()
    }

    /// Stores a content-named object. One that is there with other bytes was damaged, and is replaced; so is one that is
    /// condemned, since a collector spares what was written after it condemned.
    func putObject(_ object: ObjectName, _ bytes: [UInt8]) throws(StoreError) {
        let isCondemned = try isCondemned(object)
        let isPresent = try Self.read(root, object) == bytes && !isCondemned
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

    private func isCondemned(_ object: ObjectName) throws(StoreError) -> Bool {
        switch object {
        case .manifest(let digest), .list(let digest), .locator(let digest): try condemned.current().objects.contains(digest)
        default: false
        }
    }

    /// Stores a list segment without a locator; for a server, which makes the locator when asked.
    public func putList(_ segment: ListSegment, digest: Digest) async throws(StoreError) {
        try await work.run { [self] _ throws(StoreError) in try putObject(.list(digest), segment.encoded()) }
    }

    /// Writes the locator of a stored list segment from the chunk index.
    /// - Returns: the chunks that the store lacks; then no locator is written.
    public func makeLocator(_ digest: Digest) async throws(StoreError) -> [ChunkName] {
        let segment: ListSegment
        do throws(StoreError) {
            segment = try await RevisionReader(self).segment(digest)
        } catch  where error.code == .integrity {
            throw error.incomplete()
        }
        // A collector that condemns or deletes meanwhile would make it stale before it is written.
        let lock = try await CollectionLock.acquire(.shared, in: self)
        defer { withExtendedLifetime(lock) {} }
        return try await work.run { [self] _ throws(StoreError) in try writeLocator(segment, digest) }
    }

    /// As `makeLocator`; blocks, and holds no lock.
    func writeLocator(_ segment: ListSegment, _ digest: Digest, avoiding: Set<Digest> = []) throws(StoreError) -> [ChunkName] {
        let names = segment.rows.map(\.name)
        var places = try index.places(names, avoiding: avoiding)
        if places.contains(where: { $0 == nil }) {
            // Another process may have added packs since the index was read.
            try index.refresh()
            places = try index.places(names, avoiding: avoiding)
        }
        let missing = zip(names, places).filter { $0.1 == nil }.map(\.0)
        guard missing.isEmpty else { return Array(Set(missing)) }
        try putObject(.locator(digest), Locator(segment: digest, places: places).encoded())
        return []
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
        let rows: [ChunkRow]
        do throws(StoreError) {
            rows = try await RevisionReader(self).rows(of: manifest)
        } catch  where error.code == .integrity {
            throw error.incomplete()
        }
        if proof == .byStore {
            try await FileProof(store: self).prove(manifest, rows: rows, progress: progress)
        }
        try await work.run { [self] _ throws(StoreError) in
            try index.flush()
            try putObject(.manifest(digest), bytes)
        }
    }
}
