import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

extension Pull {
    private enum Event: Sendable {
        case fetched([ChunkName])
        case verified(target: Int)
        case failed(TransferError)
    }

    /// Carries out the plan: requests, checks, journal and barriers.
    func fetch(
        _ state: BuildState, places: [(name: ChunkName, place: ChunkPlace)], resolved: Resolved, parts: PartFiles, journal: Journal
    ) async throws(TransferError) {
        var plan = PullPlan(places: places, destinations: state.destinations, openRows: state.openRows)
        let fetcher = fetcher(state, resolved: resolved, parts: parts)
        var sinceBarrier = 0
        var lastBarrier = Host.monotonicNanoseconds()
        var failure: TransferError?
        await withTaskGroup(of: Event.self) { group in
            var running = 0
            while !plan.isDone {
                while failure == nil, running < options.connections, let action = plan.next() {
                    running += 1
                    start(action, state, fetcher, parts, in: &group)
                }
                guard let event = await group.next() else { break }
                running -= 1
                do throws(TransferError) {
                    switch event {
                    case .fetched(let names):
                        let rows = names.flatMap { name in
                            plan.destinations(of: name).map {
                                Journal.Row(key: state.targets[$0.target].key, ordinal: state.targets[$0.target].ordinal, row: $0.row)
                            }
                        }
                        try await note(rows, journal)
                        plan.fetched(names)
                        let raw = names.reduce(0) { $0 + $1.length * plan.destinations(of: $1).count }
                        sinceBarrier += raw
                        meter.update { $0.bytesDone += raw }
                        let now = Host.monotonicNanoseconds()
                        if sinceBarrier >= Self.barrierBytes || now - lastBarrier >= Self.barrierNanoseconds {
                            try await barrier(parts, journal)
                            sinceBarrier = 0
                            lastBarrier = now
                        }
                    case .verified(let target):
                        plan.verified(target)
                        meter.update { $0.filesDone += 1 }
                    case .failed(let error):
                        throw error
                    }
                } catch {
                    if failure == nil { failure = error }
                    group.cancelAll()
                }
            }
        }
        // What arrived stays trusted even if the machine fails next.
        do throws(TransferError) { try await barrier(parts, journal) } catch { failure = failure ?? error }
        if let failure { throw failure }
        guard plan.isDone else {
            throw TransferError(
                .failure, subject: directory, cause: "the plan of the pull ended before every file was verified",
                remedy: "Pull again: what arrived is kept; please report this")
        }
    }

    private func fetcher(_ state: BuildState, resolved: Resolved, parts: PartFiles) -> ChunkFetcher {
        let destinations = state.destinations
        let targets = state.targets
        let position = positions(of: state.order, resolved)
        return ChunkFetcher(
            sources: [source] + extraSources, work: work,
            write: { (chunk, isZero) throws(TransferError) in
                for destination in destinations[chunk.name] ?? [] {
                    let target = targets[destination.target]
                    do throws(SystemError) {
                        try parts.write(
                            chunk, isZero: isZero, to: target.part, size: target.file.size, at: destination.offset)
                    } catch {
                        throw TransferError(error)
                    }
                }
            },
            received: { bytes in meter.update { $0.bytesTransferred += bytes } },
            position: { position[$0] })
    }

    private func positions(of names: [ChunkName], _ resolved: Resolved) -> [ChunkName: (segment: Digest, rows: Int, row: Int)] {
        let wanted = Set(names)
        var positions: [ChunkName: (segment: Digest, rows: Int, row: Int)] = [:]
        for (segment, digest) in zip(resolved.segments, resolved.manifest.lists) {
            for (row, item) in segment.rows.enumerated() where wanted.contains(item.name) && positions[item.name] == nil {
                positions[item.name] = (digest, segment.rows.count, row)
            }
        }
        return positions
    }

    private func start(
        _ action: PullPlan.Action, _ state: BuildState, _ fetcher: ChunkFetcher, _ parts: PartFiles, in group: inout TaskGroup<Event>
    ) {
        switch action {
        case .fetch(let fetch):
            group.addTask {
                do throws(TransferError) {
                    try await fetcher.fetch(fetch)
                    return .fetched(fetch.pieces.map(\.name))
                } catch {
                    return .failed(error)
                }
            }
        case .verify(let number):
            let target = state.targets[number]
            group.addTask {
                do throws(TransferError) {
                    try await verify(target, parts)
                    return .verified(target: number)
                } catch {
                    return .failed(error)
                }
            }
        }
    }

    /// Hashes a whole part: right chunks in a false manifest do not make a right file.
    private func verify(_ target: PullTarget, _ parts: PartFiles) async throws(TransferError) {
        let actual = try await work.perform { context throws(TransferError) in
            let file = try lifting { () throws(SystemError) in try parts.file(target.part, size: target.file.size) }
            let digest = try Self.digest(of: file, &context)
            parts.close(target.part)
            return digest
        }
        guard actual == target.file.sha256 else {
            // Either the manifest lies or the disk lost what was journalled: the next run begins this file anew.
            try await work.perform { _ throws(TransferError) in
                try lifting { () throws(SystemError) in try parts.discard(target.part) }
            }
            throw TransferError(
                .integrity, subject: target.file.path.text,
                cause:
                    "its chunks are right and the whole file is not: the manifest says SHA-256 \(target.file.sha256), the bytes have \(actual)",
                remedy: "Pull again, in case this disk lost bytes; if it says so again, the revision is false: tell its publisher")
        }
    }

    func note(_ rows: [Journal.Row], _ journal: Journal) async throws(TransferError) {
        try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in try journal.append(rows) }
        }
    }

    func barrier(_ parts: PartFiles, _ journal: Journal) async throws(TransferError) {
        try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in
                do throws(SystemError) {
                    try parts.sync()
                } catch {
                    // The kernel may have dropped what it could not write: rows since the last barrier are fetched again.
                    try? journal.forgetSinceBarrier()
                    throw error
                }
                try journal.barrier()
            }
        }
    }
}
