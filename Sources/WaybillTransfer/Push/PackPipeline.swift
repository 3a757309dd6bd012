import Synchronization
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem

/// Sends what the store lacks: asks, encodes, packs, uploads, all behind the reader's back. At most three packs exist at once, the one
/// being filled included (`PushMemory`), so that is all that an interruption can make us send again.
///
/// What is under way is bounded by the slabs of the batches, which the reader waits for.
final class PackPipeline: Sendable {
    private struct State {
        /// Chunks that the store has or that were packed here; nobody packs them again.
        var settled: Set<ChunkName> = []
        var chunksSent = 0
        var failure: TransferError?
    }

    /// Raw bytes of a job at least, unless a batch ends: long against its hand-over.
    private static let jobBytes = 1 << 20

    private let store: any RevisionStore
    private let work: Work
    private let meter: Meter
    private let missing: Set<ChunkName>
    private let state = Mutex(State())
    private let filler: PackFiller
    private let underWay = Outstanding()
    /// Each may hold a frame that waits for a pack: with a slow store, all jobs would.
    private let encoding: AsyncSemaphore

    /// - Parameter missing: chunks that the store is known to lack, whatever it says when it is asked.
    init(store: any RevisionStore, work: Work, meter: Meter, missing: Set<ChunkName> = []) {
        self.store = store
        self.work = work
        self.meter = meter
        self.missing = missing
        filler = PackFiller(PushMemory(of: work.memory.budget))
        encoding = AsyncSemaphore(permits: work.pool.threads + 2)
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

    /// Begins to send the chunks of a batch that the store lacks and nobody sent before.
    /// - Throws: what went wrong with an earlier batch or pack.
    func send(_ batch: ReadBatch) throws(TransferError) {
        try check()
        run { () async throws(TransferError) in try await self.process(batch) }
    }

    private func check() throws(TransferError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Carries out `body` in the background; the first failure is kept for who sends or finishes.
    private func run(_ body: @escaping @Sendable () async throws(TransferError) -> Void) {
        underWay.begin()
        Task {
            do throws(TransferError) {
                try await body()
            } catch {
                state.withLock { state in if state.failure == nil { state.failure = error } }
            }
            underWay.end()
        }
    }

    private func process(_ batch: ReadBatch) async throws(TransferError) {
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
        await withTaskGroup { group in
            for job in Self.jobs(claimed) { group.addTask { await self.encode(job, of: batch.slab) } }
        }
        try check()
        meter.update {
            $0.bytesDone += total
            $0.bytesReused += total - sent
            $0.filesDone += batch.finished.count
        }
    }

    /// Neighbours together until they are a job's worth.
    private static func jobs(_ chunks: [ReadChunk]) -> [ArraySlice<ReadChunk>] {
        var jobs: [ArraySlice<ReadChunk>] = []
        var start = 0
        var bytes = 0
        for (index, chunk) in chunks.enumerated() {
            bytes += chunk.range.count
            guard bytes >= jobBytes || index == chunks.count - 1 else { continue }
            jobs.append(chunks[start...index])
            start = index + 1
            bytes = 0
        }
        return jobs
    }

    private func encode(_ chunks: ArraySlice<ReadChunk>, of slab: Slab) async {
        await encoding.acquire()
        defer { encoding.release() }
        var left = chunks
        while !left.isEmpty {
            await filler.open()
            let rest = left
            let (packed, homeless) = await work.pool.run { context -> (Int, Slab?) in
                for (count, chunk) in rest.enumerated() {
                    guard self.state.withLock({ $0.failure }) == nil else { return (rest.count, nil) }
                    context.encoder.encode(slab, range: chunk.range, element: chunk.element, into: context.frame)
                    guard self.pack(chunk.name, context.frame) else { return (count, context.frame.copy()) }
                }
                return (rest.count, nil)
            }
            left = left.dropFirst(packed)
            guard let homeless, let chunk = left.popFirst() else { continue }
            // Another job filled the pack: encoding is not done twice.
            repeat { await filler.open() } while !pack(chunk.name, homeless)
        }
    }

    /// - Returns: false if no pack is open.
    private func pack(_ chunk: ChunkName, _ frame: Slab) -> Bool {
        switch filler.append(chunk, frame) {
        case .noPack: return false
        case .taken(let full):
            if let full { upload(full) }
            return true
        }
    }

    private func upload(_ pack: FinishedPack) {
        run { () async throws(TransferError) in
            try await lifting { () async throws(StoreError) in try await self.store.put(pack) }
            self.meter.update { $0.bytesTransferred += pack.slab.count }
        }
    }

    /// Sends the last pack and waits until the store has acknowledged all.
    func finish() async throws(TransferError) {
        await underWay.wait()
        if let last = filler.close(), state.withLock({ $0.failure }) == nil { upload(last) }
        await underWay.wait()
        try check()
    }

    /// Begins nothing more, and waits until nothing is under way: nothing of a push happens after it has failed.
    func abandon(after error: TransferError) async {
        state.withLock { state in if state.failure == nil { state.failure = error } }
        await underWay.wait()
    }
}
