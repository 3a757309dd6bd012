import WaybillCodec
import WaybillFormat
import WaybillSystem

/// What each thread of the pool keeps: codec state and scratch memory for one chunk.
public struct WorkContext {
    public let encoder = FrameEncoder()
    public let decoder = FrameDecoder()
    /// One raw chunk.
    public let chunk = Slab(capacity: Limits.chunk)
    /// One frame.
    public let frame = FrameEncoder.makeFrameSlab()

    public init() {}
}

/// The threads and the memory that a command works with.
public struct Work: Sendable {
    public let pool: WorkerPool<WorkContext>
    /// Threads that wait for disks, so that those of `pool` always compute.
    public let disk: WorkerPool<Void>
    /// Bounds read buffers, ranges and packs in flight.
    public let memory: SlabPool

    /// Threads by default: scratch memory of more would break the promise of 256 MiB.
    public static let defaultThreads = min(Processors.count, 6)

    /// - Parameter memory: bytes for buffers in flight; beside it is scratch memory of the threads, about 14 MiB each. The default keeps
    ///   every command below 256 MiB.
    public init(threads: Int = defaultThreads, memory: Int = 112 << 20) {
        pool = WorkerPool(threads: threads) { WorkContext() }
        disk = WorkerPool(threads: Self.diskThreads) {}
        self.memory = SlabPool(budget: memory)
    }

    private init(_ work: Work, memory: Int) {
        pool = work.pool
        disk = work.disk
        self.memory = SlabPool(budget: memory)
    }

    /// The same threads with another budget for buffers.
    package func withMemory(_ bytes: Int) -> Work { Work(self, memory: bytes) }

    /// As many packs of a push are synced at once.
    private static let diskThreads = 2

    /// Runs a job on the pool; system and codec errors become store errors.
    public func run<T: Sendable>(
        _ job: @escaping @Sendable (inout WorkContext) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        try await pool.run(job)
    }

    /// Runs what mostly waits for a disk.
    func wait<T: Sendable>(_ job: @escaping @Sendable () throws(StoreError) -> T) async throws(StoreError) -> T {
        try await disk.run { (_) throws(StoreError) in try job() }
    }
}

/// Runs `body`, turning a lower module's error into a `StoreError`.
func storing<T>(_ body: () throws(SystemError) -> T) throws(StoreError) -> T {
    do throws(SystemError) { return try body() } catch { throw StoreError(error) }
}

func parsing<T>(_ body: () throws(FormatError) -> T) throws(StoreError) -> T {
    do throws(FormatError) { return try body() } catch { throw StoreError(error) }
}

func decoding<T>(_ body: () throws(CodecError) -> T) throws(StoreError) -> T {
    do throws(CodecError) { return try body() } catch { throw StoreError(error) }
}
