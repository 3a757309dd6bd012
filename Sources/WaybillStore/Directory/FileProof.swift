import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Proves that each file of a manifest has the SHA-256 that the manifest says, by decoding its chunks in order.
///
/// What was proved once is remembered in `private/proved.log`, 32 bytes a file version, so that a new revision costs only its
/// new files. A file of one chunk is proved by the chunk's own name.
struct FileProof {
    let store: DirectoryStore

    /// The running digest of one file, handed from job to job.
    private final class Running: @unchecked Sendable {
        private var hasher = SHA256()

        func update(_ chunk: borrowing VerifiedChunk) { chunk.withSpan { span in hasher.update(span) } }
        func finish() -> Digest { hasher.finish() }
    }

    private static let emptyDigest = SHA256.digest(of: [])
    /// Chunks decoded in one job.
    private static let batch = 8

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
        progress(0, total)
        for (file, key) in open {
            try await proveOne(file, rows: Array(rows[file.firstRow..<file.firstRow + file.rows])) { bytes in
                done += bytes
                progress(done, total)
            }
            try await remember(key)
        }
    }

    private func proveOne(_ file: ManifestFile, rows: [ChunkRow], advance: (Int) -> Void) async throws(StoreError) {
        let running = Running()
        var next = 0
        while next < rows.count {
            let batch = Array(rows[next..<min(next + Self.batch, rows.count)])
            let store = store
            try await store.work.run { context throws(StoreError) in
                let places = try store.index.places(batch.map(\.name), .readable)
                for (row, place) in zip(batch, places) {
                    guard let place else {
                        throw StoreError(
                            .integrity, subject: file.path.text, cause: "the store lacks chunk \(row.name.digest)", remedy: "Push again",
                            isIncomplete: true)
                    }
                    do throws(StoreError) {
                        running.update(try store.chunk(row.name, at: place, context: &context))
                    } catch  where error.code == .integrity {
                        // A collector may have taken the pack; a damaged one is there.
                        throw try store.packSize(place.pack) == nil ? error.incomplete() : error
                    }
                }
            }
            next += batch.count
            advance(batch.reduce(0) { $0 + $1.name.length })
        }
        let actual = running.finish()
        guard actual == file.sha256 else { throw disagreement(file, actual) }
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

    private func remember(_ key: Digest) async throws(StoreError) {
        try await store.work.run { [store] _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let file = try store.privateFolder.file("proved.log", .readWrite)
                try file.lock()
                // A torn record of an earlier crash is overwritten, so that records stay aligned.
                let size = try file.status().size
                try file.write(key.bytes.span, at: size / Digest.byteCount * Digest.byteCount)
                try file.syncData()
            }
        }
    }
}

extension DirectoryStore {
    /// Reads, decodes and verifies one chunk; blocks. The chunk lives in the context's scratch memory.
    func chunk(_ name: ChunkName, at place: ChunkPlace, context: inout WorkContext) throws(StoreError) -> VerifiedChunk {
        context.frame.resize(0)
        let object = ObjectName.pack(place.pack)
        guard place.stored <= context.frame.capacity else {
            throw StoreError(.integrity, subject: object.path, cause: "a frame of \(place.stored) bytes is too long", remedy: "Push again")
        }
        try Self.read(root, object, range: place.offset..<place.offset + place.stored, into: context.frame, label: label)
        let subject = "\(label)/\(object.path)"
        let (decoder, source, output) = (context.decoder, context.frame, context.chunk)
        try decoding { () throws(CodecError) in
            try decoder.decode(source, range: 0..<source.count, rawLength: name.length, into: output, subject: subject)
        }
        do throws(SystemError) {
            return try VerifiedChunk.verifying(output, range: 0..<output.count, as: name, subject: subject)
        } catch {
            throw StoreError(error)
        }
    }
}
