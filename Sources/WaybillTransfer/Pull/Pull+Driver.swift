import Synchronization
import WaybillFormat
import WaybillPlanning
import WaybillStore
import WaybillSystem

extension Pull {
    private enum Event: Sendable {
        case located(source: Int, count: Int, [(row: Int, place: ChunkPlace)])
        case failedToLocate(source: Int, TransferError)
        case fetched(SourceScheduler.Fetch, wrong: [(name: ChunkName, error: TransferError)])
        case notFetched(SourceScheduler.Fetch, TransferError, wasCancelled: Bool)
        case insisted(row: Int, of: [Int], Result<Int, TransferError>)
        /// Time passed, which the scheduler asked for.
        case woke
        case verified(target: Int)
        /// What was written before the mark of the journal is on the disk.
        case synced(mark: Int)
        case syncFailed(TransferError)
        case failed(TransferError)
    }

    /// A sleep may be cut short by nothing; so it is no longer than this.
    private static let longestSleep = 0.25

    /// Carries out the plan: requests, checks, journal and barriers.
    /// - Returns: each source's part.
    func fetch(
        _ state: BuildState, resolved: Resolved, parts: PartFiles, journal: Journal
    ) async throws(TransferError) -> [TransferReport.Source] {
        var plan = PullPlan(places: [], destinations: state.destinations, openRows: state.openRows)
        var sources = PullSources([source] + extraSources, order: state.order, options: options)
        let fetcher = fetcher(state, resolved: resolved, parts: parts)
        var digests = PartDigests(state, resolved: resolved, parts: parts, work: work)
        var requests: [Int: Task<Event, Never>] = [:]
        var sinceBarrier = 0
        var isSyncing = false
        var isSleeping = false
        var lastBarrier = Host.monotonicNanoseconds()
        var failure: TransferError?
        await withTaskGroup(of: Event.self) { group in
            var running = 0
            while !plan.isDone || isSyncing {
                if failure == nil {
                    for (number, start) in sources.toLocate(at: Host.monotonicSeconds()) {
                        locate(number, from: start, sources, state, resolved, in: &group)
                    }
                }
                // A single source and the checks of whole files share their number; several sources have limits of their own.
                var isFull = false
                while failure == nil, !isFull {
                    if running < options.connections, case .verify(let target)? = plan.next() {
                        running += 1
                        if resolved.standing?.vouchesForChunks == true {
                            accept(target, state.targets[target], parts, in: &group)
                        } else {
                            start(target, state.targets[target], digests.take(target), parts, in: &group)
                        }
                    } else if sources.isSingle && running >= options.connections {
                        isFull = true
                    } else {
                        switch sources.next(at: Host.monotonicSeconds()) {
                        case .fetch(let fetch)?:
                            if sources.isSingle { running += 1 }
                            requests[fetch.id] = start(fetch, sources, fetcher, in: &group)
                        case .cancel(let id)?: requests[id]?.cancel()
                        case .insist(let row, let able)?: insist(on: row, sources.name(row), able, fetcher, in: &group)
                        case .lost(let row, let reasons)?: failure = sources.error(row, reasons)
                        case nil: isFull = true
                        }
                    }
                }
                if failure != nil { group.cancelAll() }
                if failure == nil, !isSleeping, !sources.isSingle, let wake = sources.scheduler.wake(at: Host.monotonicSeconds()) {
                    isSleeping = true
                    sleep(until: wake, in: &group)
                }
                guard let event = await group.next() else { break }
                let now = Host.monotonicSeconds()
                do throws(TransferError) {
                    var names: [ChunkName] = []
                    switch event {
                    case .located(let number, let count, let places): sources.located(number, places, of: count)
                    case .failedToLocate(let number, let error):
                        guard !sources.isSingle, PullSources.mayFindElsewhere(error) else { throw error }
                        sources.failedToLocate(number, error, at: now)
                    case .fetched(let fetch, let wrong):
                        requests[fetch.id] = nil
                        if sources.isSingle { running -= 1 }
                        names = sources.fetched(fetch, wrong: wrong, at: now)
                    case .notFetched(let fetch, let error, let wasCancelled):
                        requests[fetch.id] = nil
                        if sources.isSingle { running -= 1 }
                        guard wasCancelled || (!sources.isSingle && PullSources.mayFindElsewhere(error)) else { throw error }
                        sources.failed(fetch, error, wasCancelled: wasCancelled, at: now)
                    case .insisted(let row, let asked, let result):
                        if case .failure(let error) = result, !PullSources.mayFindElsewhere(error) { throw error }
                        if let name = sources.insisted(row, result, of: asked, at: now) { names = [name] }
                    case .woke: isSleeping = false
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
                    guard !names.isEmpty else { continue }
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
                    let time = Host.monotonicNanoseconds()
                    if !isSyncing, sinceBarrier >= Self.barrierBytes || time - lastBarrier >= Self.barrierNanoseconds {
                        isSyncing = true
                        sinceBarrier = 0
                        lastBarrier = time
                        sync(parts, mark: journal.mark, in: &group)
                    }
                } catch {
                    if failure == nil { failure = error }
                    group.cancelAll()
                }
            }
            // Whoever is still asked for what is here already, or sleeps.
            group.cancelAll()
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
        return sources.shares
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

    private func locate(
        _ number: Int, from start: Int, _ sources: PullSources, _ state: BuildState, _ resolved: Resolved, in group: inout TaskGroup<Event>
    ) {
        let isSingle = sources.isSingle
        let source = sources.sources[number]
        group.addTask {
            do throws(TransferError) {
                let (count, places) = try await locate(source, from: start, state, resolved)
                // Nobody else could have what a single source lacks: better said before more is fetched.
                if isSingle, places.count < count { throw Self.missing(state.order, start, count, places, source) }
                return .located(source: number, count: count, places)
            } catch {
                return .failedToLocate(source: number, error)
            }
        }
    }

    private static func missing(
        _ order: [ChunkName], _ start: Int, _ count: Int, _ places: [(row: Int, place: ChunkPlace)], _ source: any ChunkSource
    ) -> TransferError {
        let there = Set(places.map(\.row))
        let row = (start..<start + count).first { !there.contains($0) } ?? start
        return TransferError(
            .integrity, subject: "\(source.label): chunk \(order[row].digest)", cause: "the mirror does not hold it",
            remedy: "Push the revision again, or pull from another mirror")
    }

    /// - Returns: what breaks the request off.
    private func start(
        _ fetch: SourceScheduler.Fetch, _ sources: PullSources, _ fetcher: ChunkFetcher, in group: inout TaskGroup<Event>
    ) -> Task<Event, Never>? {
        let request = sources.request(fetch)
        if sources.isSingle {
            // With nobody else to ask, the source is asked again until it is clear that it cannot.
            group.addTask {
                do throws(TransferError) {
                    try await fetcher.fetch(request)
                    return .fetched(fetch, wrong: [])
                } catch {
                    return .notFetched(fetch, error, wasCancelled: false)
                }
            }
            return nil
        }
        let source = sources.sources[fetch.source]
        let task = Task<Event, Never> {
            do throws(TransferError) {
                let failed = try await fetcher.attempt(request, from: source)
                return .fetched(fetch, wrong: failed.map { ($0.piece.name, $0.error) })
            } catch {
                return .notFetched(fetch, error, wasCancelled: Task.isCancelled)
            }
        }
        group.addTask {
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }
        return task
    }

    private func insist(on row: Int, _ name: ChunkName, _ able: [Int], _ fetcher: ChunkFetcher, in group: inout TaskGroup<Event>) {
        group.addTask {
            let unknown = TransferError(.integrity, subject: "chunk \(name.digest)", cause: "no source had its bytes right")
            do throws(TransferError) {
                return .insisted(row: row, of: able, .success(try await fetcher.insist(on: name, from: able, after: unknown)))
            } catch {
                return .insisted(row: row, of: able, .failure(error))
            }
        }
    }

    private func sleep(until time: Double, in group: inout TaskGroup<Event>) {
        let seconds = min(Self.longestSleep, max(0.001, time - Host.monotonicSeconds()))
        group.addTask {
            try? await Task.sleep(nanoseconds: UInt64(seconds * 1e9))
            return .woke
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
