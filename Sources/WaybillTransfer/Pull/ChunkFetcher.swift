import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem

/// Gets chunks from sources, verifies and writes them. Alone it takes them from the first source that has them right: the primary one,
/// then the others.
struct ChunkFetcher: Sendable {
    let sources: [any ChunkSource]
    let work: Work
    /// Writes a verified chunk to where it belongs; blocks.
    let write: @Sendable (borrowing VerifiedChunk, _ isZero: Bool) throws(TransferError) -> Void
    let received: @Sendable (Int) -> Void
    /// The list segment and row in which a chunk stands, for looking it up in other locators.
    let position: @Sendable (ChunkName) -> (segment: Digest, rows: Int, row: Int)?

    /// Fetches, verifies and writes the pieces of one range.
    func fetch(_ fetch: PullPlan.Fetch) async throws(TransferError) {
        let failed: [(piece: PullPlan.Piece, error: TransferError)]
        do throws(TransferError) {
            failed = try await attempt(fetch, from: sources[0])
        } catch  where PullSources.mayFindElsewhere(error) {
            failed = fetch.pieces.map { ($0, error) }
        }
        for (piece, error) in failed { try await recover(piece, after: error) }
    }

    /// Fetches, verifies and writes the pieces of one range from one source, once.
    /// - Returns: pieces whose bytes were wrong, each with its error.
    func attempt(
        _ fetch: PullPlan.Fetch, from source: any ChunkSource
    ) async throws(TransferError) -> [(piece: PullPlan.Piece, error: TransferError)] {
        let slab = await work.memory.acquire(fetch.range.count)
        try await lifting { () async throws(StoreError) in try await source.read(.pack(fetch.pack), range: fetch.range, into: slab) }
        received(slab.count)
        let label = "\(source.label)/\(ObjectName.pack(fetch.pack).path)"
        // A job is several chunks of about a megabyte: long against its hand-over, short enough for both cores.
        let share = max(1, (fetch.pieces.count + work.pool.threads - 1) / max(1, work.pool.threads))
        let results = await withTaskGroup(of: Result<[(PullPlan.Piece, TransferError)], TransferError>.self) { group in
            for start in stride(from: 0, to: fetch.pieces.count, by: share) {
                let pieces = fetch.pieces[start..<min(start + share, fetch.pieces.count)]
                group.addTask {
                    do throws(TransferError) {
                        return .success(
                            try await work.perform { context throws(TransferError) in
                                var failed: [(PullPlan.Piece, TransferError)] = []
                                for piece in pieces {
                                    if let error = try unpack(
                                        piece, of: slab, base: fetch.range.lowerBound, label: label, context: &context)
                                    {
                                        failed.append((piece, error))
                                    }
                                }
                                return failed
                            })
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var results: [Result<[(PullPlan.Piece, TransferError)], TransferError>] = []
            for await result in group { results.append(result) }
            return results
        }
        var failed: [(piece: PullPlan.Piece, error: TransferError)] = []
        for result in results { failed += try result.get().map { (piece: $0.0, error: $0.1) } }
        return failed
    }

    /// Decodes, verifies and writes one chunk.
    /// - Returns: what is wrong with the source's bytes, if anything.
    private func unpack(
        _ piece: PullPlan.Piece, of slab: Slab, base: Int, label: String, context: inout WorkContext
    ) throws(TransferError) -> TransferError? {
        let start = piece.offset - base
        let (decoder, output) = (context.decoder, context.chunk)
        do throws(CodecError) {
            try decoder.decode(slab, range: start..<start + piece.stored, rawLength: piece.name.length, into: output, subject: label)
        } catch {
            return TransferError(error)
        }
        let chunk: VerifiedChunk
        do throws(SystemError) {
            chunk = try VerifiedChunk.verifying(output, range: 0..<output.count, as: piece.name, subject: label)
        } catch {
            return TransferError(error)
        }
        try write(chunk, output.isZero(0..<output.count))
        return nil
    }

    private func recover(_ piece: PullPlan.Piece, after error: TransferError) async throws(TransferError) {
        // A source that does not answer was already given all its tries.
        let candidates = error.code == .unavailable ? sources.indices.dropFirst() : sources.indices[...]
        _ = try await insist(on: piece.name, from: Array(candidates), after: error)
    }

    /// The link may have damaged the bytes, a mirror may have repacked since the locator was read, and another one may hold what this
    /// one damaged: each source is asked again in turn, several times while it answers.
    /// - Returns: the source that had it right.
    func insist(on name: ChunkName, from candidates: [Int], after error: TransferError) async throws(TransferError) -> Int {
        guard let position = position(name) else { throw error }
        var candidates = candidates
        for _ in 1..<RevisionReader.tries where !candidates.isEmpty {
            var answering: [Int] = []
            for source in candidates {
                do throws(TransferError) {
                    if try await find(name, at: position, in: sources[source]) { return source }
                    answering.append(source)
                } catch  where PullSources.mayFindElsewhere(error) {
                    continue
                }
            }
            candidates = answering
        }
        throw error
    }

    /// Fetches one chunk from where a source says now that it lies, on a new connection.
    /// - Returns: false if its bytes were wrong.
    private func find(
        _ name: ChunkName, at position: (segment: Digest, rows: Int, row: Int), in source: any ChunkSource
    ) async throws(TransferError) -> Bool {
        let locator = try await lifting { () async throws(StoreError) in
            try await RevisionReader(source).locator(position.segment, rows: position.rows, fresh: true)
        }
        guard let place = locator.places[position.row], place.stored <= name.length + Limits.frameOverhead else {
            throw TransferError(.notFound, subject: "\(source.label): chunk \(name.digest)", cause: "the mirror does not hold it")
        }
        let moved = PullPlan.Piece(name: name, offset: place.offset, stored: place.stored)
        let single = PullPlan.Fetch(pack: place.pack, range: place.offset..<place.offset + place.stored, pieces: [moved])
        return try await attempt(single, from: source).isEmpty
    }
}
