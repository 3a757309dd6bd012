import WaybillFormat
import WaybillSystem

/// Proves that each file of a manifest has the SHA-256 that the manifest says, by decoding its chunks in order.
///
/// What was proved once is remembered in `private/proved.log`, 32 bytes a file version, so that a new revision costs only its
/// new files. A file of one chunk is proved by the chunk's own name.
struct FileProof {
    let store: DirectoryStore

    private static let emptyDigest = SHA256.digest(of: [])
    /// Bytes that are proved between two syncs of the log.
    private static let remembered = 64 << 20

    func prove(_ manifest: Manifest, rows: [ChunkRow], progress: @Sendable (Int, Int) -> Void) async throws(StoreError) {
        let known = try await remembered()
        var open: [(file: ManifestFile, key: Digest)] = []
        var total = 0
        for file in manifest.files {
            let names = rows[file.firstRow..<file.firstRow + file.rows]
            if names.isEmpty {
                guard file.sha256 == Self.emptyDigest else { throw disagreement(file, Self.emptyDigest) }
            } else if names.count == 1, let only = names.first {
                guard file.sha256 == only.name.digest else { throw disagreement(file, only.name.digest) }
            } else {
                let key = Self.key(file, names)
                if known.contains(key) { continue }
                open.append((file, key))
                total += file.size
            }
        }
        var done = 0
        var proved: [Digest] = []
        var unsaved = 0
        progress(0, total)
        for (file, key) in open {
            let actual = try await FileDigest(store: store, subject: file.path.text)
                .digest(of: rows[file.firstRow..<file.firstRow + file.rows]) { bytes in
                    done += bytes
                    progress(done, total)
                }
            guard actual == file.sha256 else { throw disagreement(file, actual) }
            proved.append(key)
            unsaved += file.size
            guard unsaved >= Self.remembered else { continue }
            try await remember(proved)
            (proved, unsaved) = ([], 0)
        }
        if !proved.isEmpty { try await remember(proved) }
    }

    private func disagreement(_ file: ManifestFile, _ actual: Digest) -> StoreError {
        StoreError(
            .integrity, subject: file.path.text,
            cause: "the manifest says SHA-256 \(file.sha256), its chunks have \(actual)",
            remedy: "The revision is false or was built wrongly; push the files again with 'waybill push'")
    }

    /// Names a file version: its SHA-256 and its chunks.
    private static func key(_ file: ManifestFile, _ rows: ArraySlice<ChunkRow>) -> Digest {
        var hasher = SHA256()
        hasher.update(file.sha256.bytes.span)
        for row in rows { hasher.update(row.name.digest.bytes.span) }
        return hasher.finish()
    }

    private func remembered() async throws(StoreError) -> Set<Digest> {
        try await store.work.run { [store] _ throws(StoreError) in
            try storing { () throws(SystemError) in
                guard try store.privateFolder.status("proved.log") != nil else { return [] }
                let file = try store.privateFolder.file("proved.log", .read)
                let size = try file.status().size
                var known: Set<Digest> = []
                var offset = 0
                while offset + Digest.byteCount <= size {
                    let bytes = try file.read(at: offset, count: min(1 << 20, size - offset) / Digest.byteCount * Digest.byteCount)
                    if bytes.isEmpty { break }
                    for start in stride(from: 0, to: bytes.count - Digest.byteCount + 1, by: Digest.byteCount) {
                        known.insert(Digest(bytes.span, at: start))
                    }
                    offset += bytes.count
                }
                return known
            }
        }
    }

    private func remember(_ keys: [Digest]) async throws(StoreError) {
        try await store.work.wait { [store] () throws(StoreError) in
            try storing { () throws(SystemError) in
                let file = try store.privateFolder.file("proved.log", .readWrite)
                try file.lock()
                // A torn record of an earlier crash is overwritten, so that records stay aligned.
                let size = try file.status().size
                var bytes: [UInt8] = []
                for key in keys { key.append(to: &bytes) }
                try file.write(bytes.span, at: size / Digest.byteCount * Digest.byteCount)
                try file.syncData()
            }
        }
    }
}
