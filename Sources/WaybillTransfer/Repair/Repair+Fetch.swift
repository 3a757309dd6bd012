import WaybillFormat
import WaybillStore
import WaybillSystem

/// Where the sources say that wanted chunks lie.
struct ChunkLocation: Sendable {
    var places: [(name: ChunkName, place: ChunkPlace)] = []
    /// The source that gave a chunk's place.
    var source: [ChunkName: Int] = [:]
    /// Chunks that no source knows, and why.
    var failures: [ChunkName: TransferError] = [:]
    /// The list segment and row of each wanted chunk.
    var positions: [ChunkName: (segment: Digest, rows: Int, row: Int)] = [:]
}

extension Repair {
    private enum Event: Sendable {
        case fetched([ChunkName], lost: [ChunkName: TransferError])
        case finished(target: Int, Result<FileStatus, TransferError>)
    }

    /// Asks the sources, in order, for the places of chunks.
    func locate(_ names: [ChunkName], _ checkout: Checkout, _ rows: [ChunkRow]) async -> ChunkLocation {
        var location = ChunkLocation()
        guard !names.isEmpty else { return location }
        let wanted = Set(names)
        let segments = checkout.manifest.lists.enumerated().map { (number, digest) in
            let start = number * Limits.segmentRows
            return (digest, rows[start..<min(start + Limits.segmentRows, rows.count)])
        }
        for (digest, own) in segments {
            for (row, chunk) in own.enumerated() where wanted.contains(chunk.name) && location.positions[chunk.name] == nil {
                location.positions[chunk.name] = (digest, own.count, row)
            }
        }
        var places: [ChunkName: ChunkPlace] = [:]
        var failure: TransferError?
        sources: for (number, source) in sources.enumerated() {
            for (digest, own) in segments where own.contains(where: { wanted.contains($0.name) && places[$0.name] == nil }) {
                do throws(StoreError) {
                    let locator = try await RevisionReader(source).locator(digest, rows: own.count)
                    for (row, place) in zip(own, locator.places) where wanted.contains(row.name) && places[row.name] == nil {
                        // No frame is longer: a locator that says so would only make us read more.
                        guard let place, place.stored <= row.name.length + Limits.frameOverhead else { continue }
                        places[row.name] = place
                        location.source[row.name] = number
                    }
                } catch {
                    failure = failure ?? TransferError(error)
                    // A source that does not answer was given all its tries.
                    if error.code == .unavailable || error.code == .authentication { continue sources }
                }
            }
        }
        for name in names {
            if let place = places[name] {
                location.places.append((name, place))
            } else {
                location.failures[name] =
                    failure
                    ?? TransferError(
                        .integrity, subject: sources.map(\.label).joined(separator: ", "), cause: "no source holds it",
                        remedy: "Name a mirror that has it: 'waybill repair --from REMOTE'")
            }
        }
        return location
    }

    /// Fetches what is wanted and finishes each file whose chunks are all there.
    /// - Returns: statuses of the targets that are right now, and the chunks that came.
    func fetch(
        _ state: BuildState, _ location: ChunkLocation, _ checkout: Checkout, _ rows: [ChunkRow], _ files: MendedFiles,
        _ lost: inout [ChunkName: TransferError]
    ) async throws(TransferError) -> (statuses: [Int: FileStatus], fetched: Set<ChunkName>) {
        var plan = PullPlan(places: location.places, destinations: state.destinations, openRows: state.openRows)
        let fetchers = sources.indices.map { fetcher(from: $0, state.destinations, location, files) }
        var statuses: [Int: FileStatus] = [:]
        var arrived: Set<ChunkName> = []
        var losses = lost
        // No source answers any more: what is left would only be waited for.
        var isOver = false
        await withTaskGroup(of: Event.self) { group in
            var running = 0
            while true {
                while running < connections, let action = plan.next() {
                    switch action {
                    case .fetch(let fetch):
                        if isOver {
                            for piece in fetch.pieces { losses[piece.name] = losses[piece.name] ?? Self.gaveUp }
                            continue
                        }
                        running += 1
                        let fetcher = fetchers[location.source[fetch.pieces[0].name] ?? 0]
                        group.addTask { await Self.fetch(fetch, by: fetcher) }
                    case .verify(let target):
                        running += 1
                        group.addTask {
                            do throws(TransferError) {
                                let status = try await work.perform { context throws(TransferError) in
                                    try files.finish(target, &context)
                                }
                                return .finished(target: target, .success(status))
                            } catch {
                                return .finished(target: target, .failure(error))
                            }
                        }
                    }
                }
                guard let event = await group.next() else { break }
                running -= 1
                switch event {
                case .fetched(let names, let missing):
                    plan.fetched(names)
                    arrived.formUnion(names)
                    losses.merge(missing) { first, _ in first }
                    if missing.values.contains(where: { $0.code == .unavailable || $0.code == .authentication }) { isOver = true }
                    let bytes = names.reduce(0) { $0 + $1.length * plan.destinations(of: $1).count }
                    meter.update { $0.bytesDone += bytes }
                case .finished(let target, .success(let status)):
                    plan.verified(target)
                    statuses[target] = status
                    meter.update { $0.filesDone += 1 }
                case .finished(_, .failure): break  // Noted by the files themselves.
                }
            }
        }
        lost = losses
        return (statuses, arrived)
    }

    private static let gaveUp = TransferError(
        .unavailable, subject: "the sources", cause: "do not answer any more", remedy: "Run 'waybill repair' again later")

    /// One request; where a piece of it is wrong, its pieces one by one, so that the others are had.
    private static func fetch(_ fetch: PullPlan.Fetch, by fetcher: ChunkFetcher) async -> Event {
        let names = fetch.pieces.map(\.name)
        do throws(TransferError) {
            try await fetcher.fetch(fetch)
            return .fetched(names, lost: [:])
        } catch {
            guard fetch.pieces.count > 1, error.code != .unavailable, error.code != .authentication else {
                return .fetched([], lost: Dictionary(names.map { ($0, error) }) { first, _ in first })
            }
        }
        var had: [ChunkName] = []
        var lost: [ChunkName: TransferError] = [:]
        for piece in fetch.pieces {
            do throws(TransferError) {
                let range = piece.offset..<piece.offset + piece.stored
                try await fetcher.fetch(PullPlan.Fetch(pack: fetch.pack, range: range, pieces: [piece]))
                had.append(piece.name)
            } catch {
                lost[piece.name] = error
            }
        }
        return .fetched(had, lost: lost)
    }

    /// Asks source `first` before the others.
    private func fetcher(
        from first: Int, _ destinations: [ChunkName: [Destination]], _ location: ChunkLocation, _ files: MendedFiles
    ) -> ChunkFetcher {
        let positions = location.positions
        return ChunkFetcher(
            sources: [sources[first]] + sources.enumerated().filter { $0.offset != first }.map(\.element), work: work,
            write: { (chunk, isZero) throws(TransferError) in
                for destination in destinations[chunk.name] ?? [] { files.write(chunk, isZero: isZero, to: destination) }
            },
            received: { bytes in meter.update { $0.bytesTransferred += bytes } },
            position: { positions[$0] })
    }
}
