import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

extension Pull {
    private enum Event: Sendable {
        case located([(name: ChunkName, place: ChunkPlace)])
        case failedToLocate(TransferError)
        case fetched([ChunkName])
        case verified(target: Int)
        /// What was written before the mark of the journal is on the disk.
        case synced(mark: Int)
        case syncFailed(TransferError)
        case failed(TransferError)
    }

    /// Carries out the plan: requests, checks, journal and barriers.
    func fetch(
        _ state: BuildState, resolved: Resolved, parts: PartFiles, journal: Journal
    ) async throws(TransferError) {
        var plan = PullPlan(places: [], destinations: state.destinations, openRows: state.openRows)
        var located = 0
        var isLocating = false
        let fetcher = fetcher(state, resolved: resolved, parts: parts)
        var digests = PartDigests(state, resolved: resolved, parts: parts, work: work)
        var sinceBarrier = 0
        var isSyncing = false
        var lastBarrier = Host.monotonicNanoseconds()
        var failure: TransferError?
        await withTaskGroup(of: Event.self) { group in
            var running = 0
            while !plan.isDone || isSyncing || isLocating {
                if failure == nil, !isLocating, located < state.order.count, plan.fetchesLeft <= options.connections {
                    isLocating = true
                    locate(from: located, state, resolved, in: &group)
                }
                while failure == nil, running < options.connections, let action = plan.next() {
                    running += 1
                    switch action {
                    case .fetch(let fetch): start(fetch, fetcher, in: &group)
                    case .verify(let target) where resolved.standing?.vouchesForChunks == true:
                        accept(target, state.targets[target], parts, in: &group)
                    case .verify(let target): start(target, state.targets[target], digests.take(target), parts, in: &group)
                    }
                }
                guard let event = await group.next() else { break }
                do throws(TransferError) {
                    switch event {
                    case .located(let places):
                        isLocating = false
                        located += places.count
                        plan.add(places)
                    case .failedToLocate(let error):
                        isLocating = false
                        throw error
                    case .fetched(let names):
                        running -= 1
                        let rows = names.flatMap { name in
                            plan.destinations(of: name).map {
                                Journal.Row(key: state.targets[$0.target].key, ordinal: state.targets[$0.target].ordinal, row: $0.row)
                            }
                        }
                        try await note(rows, journal)
                        plan.fetched(names)
                        digests.follow(names.flatMap { plan.destinations(of: $0) })
                        let raw = names.reduce(0) { $0 + $1.length * plan.destinations(of: $1).count }
                        sinceBarrier += raw
                        meter.update { $0.bytesDone += raw }
                        let now = Host.monotonicNanoseconds()
                        if !isSyncing, sinceBarrier >= Self.barrierBytes || now - lastBarrier >= Self.barrierNanoseconds {
                            isSyncing = true
                            sinceBarrier = 0
                            lastBarrier = now
                            sync(parts, mark: journal.mark, in: &group)
                        }
                    case .synced(let mark):
                        isSyncing = false
                        try await work.wait { () throws(TransferError) in
                            try lifting { () throws(SystemError) in try journal.barrier(mark) }
                        }
                    case .syncFailed(let error):
                        try await forget(journal, after: error)
                    case .verified(let target):
                        running -= 1
                        plan.verified(target)
                        meter.update { $0.filesDone += 1 }
                    case .failed(let error):
                        running -= 1
                        throw error
                    }
                } catch {
                    if failure == nil { failure = error }
                    group.cancelAll()
                }
            }
        }
        await digests.abandon()
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
            position: { Self.position(of: $0, state, resolved) })
    }

    private func locate(from start: Int, _ state: BuildState, _ resolved: Resolved, in group: inout TaskGroup<Event>) {
        group.addTask {
            do throws(TransferError) {
                return .located(try await locate(from: start, state, resolved))
            } catch {
                return .failedToLocate(error)
            }
        }
    }

    private func start(_ fetch: PullPlan.Fetch, _ fetcher: ChunkFetcher, in group: inout TaskGroup<Event>) {
        group.addTask {
            do throws(TransferError) {
                try await fetcher.fetch(fetch)
                return .fetched(fetch.pieces.map(\.name))
            } catch {
                return .failed(error)
            }
        }
    }

    private func start(
        _ number: Int, _ target: PullTarget, _ digest: PartDigest, _ parts: PartFiles, in group: inout TaskGroup<Event>
    ) {
        group.addTask {
            do throws(TransferError) {
                try await verify(target, try await digest.finish(), parts)
                return .verified(target: number)
            } catch {
                return .failed(error)
            }
        }
    }

    /// Right chunks in a manifest that its publisher signed make a right file.
    private func accept(_ number: Int, _ target: PullTarget, _ parts: PartFiles, in group: inout TaskGroup<Event>) {
        group.addTask {
            do throws(TransferError) {
                try await work.perform { _ throws(TransferError) in
                    // An empty file has no chunk that would have made its part.
                    _ = try lifting { () throws(SystemError) in try parts.file(target.part, size: target.file.size) }
                    parts.close(target.part)
                }
                return .verified(target: number)
            } catch {
                return .failed(error)
            }
        }
    }

    /// Right chunks in a false manifest do not make a right file.
    private func verify(_ target: PullTarget, _ actual: Digest, _ parts: PartFiles) async throws(TransferError) {
        guard actual != target.file.sha256 else { return parts.close(target.part) }
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

    func note(_ rows: [Journal.Row], _ journal: Journal) async throws(TransferError) {
        try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in try journal.append(rows) }
        }
    }

    private func sync(_ parts: PartFiles, mark: Int, in group: inout TaskGroup<Event>) {
        group.addTask {
            do throws(TransferError) {
                try await work.wait { () throws(TransferError) in try lifting { () throws(SystemError) in try parts.sync() } }
                return .synced(mark: mark)
            } catch {
                return .syncFailed(error)
            }
        }
    }

    /// The kernel may have dropped what it could not write: rows since the last barrier are fetched again.
    private func forget(_ journal: Journal, after error: TransferError) async throws(TransferError) -> Never {
        await work.disk.run { _ in try? journal.forgetDoubtful() }
        throw error
    }

    func barrier(_ parts: PartFiles, _ journal: Journal) async throws(TransferError) {
        let mark = journal.mark
        do throws(TransferError) {
            try await work.wait { () throws(TransferError) in try lifting { () throws(SystemError) in try parts.sync() } }
        } catch {
            try await forget(journal, after: error)
        }
        try await work.wait { () throws(TransferError) in try lifting { () throws(SystemError) in try journal.barrier(mark) } }
    }
}
