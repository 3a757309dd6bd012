import Synchronization
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem

/// Sends what the store lacks: asks, encodes, packs, uploads. At most three packs exist at once, the one being filled
/// included, so that is all that an interruption can make us send again.
final class PackPipeline: Sendable {
    private struct State {
        /// Chunks that the store has or that were packed here; nobody packs them again.
        var settled: Set<ChunkName> = []
        var chunksSent = 0
        var failure: TransferError?
        var uploads: [Task<Void, Never>] = []
    }

    private final class Building: @unchecked Sendable {
        var builder: PackBuilder?
    }

    private let store: any RevisionStore
    private let work: Work
    private let meter: Meter
    private let missing: Set<ChunkName>
    private let state = Mutex(State())
    // Only touched with `lock` held.
    private let building = Building()
    private let lock = AsyncLock()
    private let packs = SlabPool(budget: 3 * PackBuilder.slabCapacity)

    /// - Parameter missing: chunks that the store is known to lack, whatever it says when it is asked.
    init(store: any RevisionStore, work: Work, meter: Meter, missing: Set<ChunkName> = []) {
        self.store = store
        self.work = work
        self.meter = meter
        self.missing = missing
    }

    /// Chunks packed so far.
    var chunksSent: Int { state.withLock { $0.chunksSent } }

    private func lacks(_ names: [ChunkName]) async throws(TransferError) -> [Bool] {
        let answer = try await lifting { () async throws(StoreError) in try await store.lacks(names) }
        return zip(names, answer).map { missing.contains($0) || $1 }
    }

    /// Those of `names` that the store lacks; the others need not be read.
    func lacking(among names: some Sequence<ChunkName>) async throws(TransferError) -> Set<ChunkName> {
        var lacking: Set<ChunkName> = []
        var asked: Set<ChunkName> = []
        var batch: [ChunkName] = []
        func ask() async throws(TransferError) {
            let part = batch
            let answer = try await lacks(part)
            for (name, lacks) in zip(part, answer) where lacks { lacking.insert(name) }
            state.withLock { state in for (name, lacks) in zip(part, answer) where !lacks { state.settled.insert(name) } }
            batch.removeAll(keepingCapacity: true)
        }
        for name in names where asked.insert(name).inserted {
            batch.append(name)
            if batch.count == Limits.have { try await ask() }
        }
        if !batch.isEmpty { try await ask() }
        return lacking
    }

    /// Sends the chunks of a batch that the store lacks and nobody sent before.
    func send(_ batch: ReadBatch) async throws(TransferError) {
        let chunks = batch.pieces.flatMap(\.chunks)
        var questions: [ChunkName] = []
        var asked: Set<ChunkName> = []
        let known = state.withLock { state in Set(chunks.map(\.name).filter { state.settled.contains($0) }) }
        for chunk in chunks where !known.contains(chunk.name) && asked.insert(chunk.name).inserted { questions.append(chunk.name) }
        var lacking: Set<ChunkName> = []
        for start in stride(from: 0, to: questions.count, by: Limits.have) {
            let part = Array(questions[start..<min(start + Limits.have, questions.count)])
            let answer = try await lacks(part)
            for (name, lacks) in zip(part, answer) where lacks { lacking.insert(name) }
        }
        // Another batch may have claimed a chunk while we asked.
        let claimed = state.withLock { state -> [ReadChunk] in
            var claimed: [ReadChunk] = []
            for chunk in chunks where asked.contains(chunk.name) {
                if state.settled.insert(chunk.name).inserted, lacking.contains(chunk.name) { claimed.append(chunk) }
            }
            state.chunksSent += claimed.count
            return claimed
        }
        let total = chunks.reduce(0) { $0 + $1.range.count }
        let sent = claimed.reduce(0) { $0 + $1.range.count }
        try await encode(claimed, of: batch.slab)
        meter.update {
            $0.bytesDone += total
            $0.bytesReused += total - sent
            $0.filesDone += batch.finished.count
        }
    }

    private func encode(_ chunks: [ReadChunk], of slab: Slab) async throws(TransferError) {
        guard !chunks.isEmpty else { return }
        let width = work.pool.threads + 1
        let failure = await withTaskGroup(of: TransferError?.self) { group in
            var failure: TransferError?
            var running = 0
            for chunk in chunks {
                if running >= width, let ended = await group.next() {
                    running -= 1
                    failure = failure ?? ended
                }
                if failure != nil { break }
                running += 1
                group.addTask {
                    let frame = await self.work.pool.run { context in
                        context.encoder.encode(slab, range: chunk.range, element: chunk.element, into: context.frame)
                        let frame = Slab(capacity: context.frame.count)
                        frame.append(context.frame, range: 0..<context.frame.count)
                        return frame
                    }
                    do throws(TransferError) {
                        try await self.append(chunk.name, frame)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for await ended in group { failure = failure ?? ended }
            return failure
        }
        if let failure { throw failure }
    }

    private func append(_ name: ChunkName, _ frame: Slab) async throws(TransferError) {
        await lock.acquire()
        defer { lock.release() }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        let builder: PackBuilder
        if let current = building.builder {
            builder = current
        } else {
            builder = PackBuilder(slab: await packs.acquire(PackBuilder.slabCapacity))
            building.builder = builder
        }
        guard builder.append(name, frame: frame) else {
            throw TransferError(.failure, subject: "pack", cause: "a frame of \(frame.count) bytes does not fit")
        }
        if builder.isFull { upload() }
    }

    /// Starts the upload of the pack being filled; the lock is held.
    private func upload() {
        guard let pack = building.builder?.finish() else { return }
        building.builder = nil
        let task = Task {
            do throws(StoreError) {
                try await store.put(pack)
                meter.update { $0.bytesTransferred += pack.slab.count }
            } catch {
                state.withLock { state in if state.failure == nil { state.failure = TransferError(error) } }
            }
        }
        state.withLock { $0.uploads.append(task) }
    }

    /// Sends the last pack and waits until the store has acknowledged all.
    func finish() async throws(TransferError) {
        await lock.acquire()
        upload()
        lock.release()
        for task in state.withLock({ $0.uploads }) { await task.value }
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}
