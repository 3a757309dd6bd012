import WaybillCodec
import WaybillFormat
import WaybillSystem

/// The SHA-256 of one file, from its chunks in the store: while one thread hashes what comes next, the others read, decode and verify
/// what comes behind it.
///
/// Holds as many raw chunks as there are threads, and two.
struct FileDigest {
    let store: DirectoryStore
    /// For errors.
    let subject: String

    /// The running digest, handed from job to job; no two of them at a time.
    private final class Running: @unchecked Sendable {
        private var hasher = SHA256()

        func update(_ chunks: [Slab]) { for chunk in chunks { chunk.withSpan { hasher.update($0) } } }
        func finish() -> Digest { hasher.finish() }
    }

    private struct Decoded: Sendable {
        let number: Int
        let chunk: Result<Slab, StoreError>
    }

    /// Places that are looked up at a time.
    private static let lookup = 256

    /// - Parameter advance: is told of bytes that were hashed, in order.
    /// - Throws: `.integrity` if the store lacks a chunk (`isIncomplete`) or has a damaged one.
    func digest(of rows: ArraySlice<ChunkRow>, advance: (Int) -> Void) async throws(StoreError) -> Digest {
        let running = Running()
        for start in stride(from: rows.startIndex, to: rows.endIndex, by: Self.lookup) {
            let part = rows[start..<min(start + Self.lookup, rows.endIndex)].map(\.name)
            try await hash(part, at: try await places(of: part), running, advance)
        }
        return running.finish()
    }

    private func places(of chunks: [ChunkName]) async throws(StoreError) -> [ChunkPlace] {
        try await store.work.run { [store, subject] _ throws(StoreError) in
            var places: [ChunkPlace] = []
            for (chunk, place) in zip(chunks, try store.index.places(chunks, .readable)) {
                guard let place else {
                    throw StoreError(
                        .integrity, subject: subject, cause: "the store lacks chunk \(chunk.digest)", remedy: "Push again",
                        isIncomplete: true)
                }
                places.append(place)
            }
            return places
        }
    }

    private func hash(
        _ chunks: [ChunkName], at places: [ChunkPlace], _ running: Running, _ advance: (Int) -> Void
    ) async throws(StoreError) {
        let ahead = store.work.pool.threads + 2
        let failure = await withTaskGroup(of: Decoded.self, returning: StoreError?.self) { group in
            var free: [Slab] = []
            var decoded: [Int: Slab] = [:]
            var begun = 0
            var hashed = 0
            while hashed < chunks.count {
                while begun < chunks.count, begun < hashed + ahead {
                    let (number, slab) = (begun, free.popLast() ?? Slab(capacity: Limits.chunk))
                    group.addTask { await self.decode(chunks[number], at: places[number], into: slab, number) }
                    begun += 1
                }
                guard let next = await group.next() else { break }
                switch next.chunk {
                case .failure(let error): return error
                case .success(let slab): decoded[next.number] = slab
                }
                var ready: [Slab] = []
                while let slab = decoded.removeValue(forKey: hashed + ready.count) { ready.append(slab) }
                guard !ready.isEmpty else { continue }
                let batch = ready
                await store.work.pool.run(ahead: true) { _ in running.update(batch) }
                advance(batch.reduce(0) { $0 + $1.count })
                hashed += batch.count
                free += batch
            }
            return nil
        }
        if let failure { throw failure }
    }

    private func decode(_ chunk: ChunkName, at place: ChunkPlace, into slab: Slab, _ number: Int) async -> Decoded {
        do throws(StoreError) {
            try await store.work.run { [store] context throws(StoreError) in
                do throws(StoreError) {
                    _ = try store.chunk(chunk, at: place, into: slab, context: &context)
                } catch  where error.code == .integrity {
                    // A collector may have taken the pack; a damaged one is there.
                    throw try store.packSize(place.pack) == nil ? error.incomplete() : error
                }
            }
            return Decoded(number: number, chunk: .success(slab))
        } catch {
            return Decoded(number: number, chunk: .failure(error))
        }
    }
}

extension DirectoryStore {
    /// Reads, decodes and verifies one chunk; blocks.
    func chunk(_ name: ChunkName, at place: ChunkPlace, into output: Slab, context: inout WorkContext) throws(StoreError) -> VerifiedChunk {
        context.frame.resize(0)
        let object = ObjectName.pack(place.pack)
        guard place.stored <= context.frame.capacity else {
            throw StoreError(.integrity, subject: object.path, cause: "a frame of \(place.stored) bytes is too long", remedy: "Push again")
        }
        try Self.read(root, object, range: place.offset..<place.offset + place.stored, into: context.frame, label: label)
        let subject = "\(label)/\(object.path)"
        let (decoder, source) = (context.decoder, context.frame)
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
