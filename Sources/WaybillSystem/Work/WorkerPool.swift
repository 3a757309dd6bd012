import Glibc
import Synchronization

/// Our own threads for work that computes or touches disks, so that the cooperative pool never blocks. A job is a whole chunk
/// or file; each thread keeps one `Context` (codec state, scratch slabs) for all its jobs.
///
/// Jobs start in the order in which they came, but for those that go ahead of the others. The threads end when the pool is released and
/// its last job is done.
public final class WorkerPool<Context>: Sendable {
    private let queue: JobQueue<Context>
    public let threads: Int

    /// - Parameter makeContext: called once on each thread.
    public init(threads: Int, makeContext: @escaping @Sendable () -> Context) {
        self.threads = max(1, threads)
        let queue = JobQueue<Context>()
        self.queue = queue
        for _ in 0..<self.threads {
            ThreadStart.launch {
                var context = makeContext()
                while let resume = queue.runNext(&context) { resume() }
            }
        }
    }

    deinit { queue.close() }

    /// Runs `job` on one of the threads and waits for it without blocking.
    /// - Parameter ahead: before all jobs that wait; for a job that others wait for one after another.
    public func run<T: Sendable, E: Error>(
        ahead: Bool = false, _ job: @escaping @Sendable (inout Context) throws(E) -> T
    ) async throws(E) -> T {
        let outcome = Outcome<T, E>()
        await withCheckedContinuation { continuation in
            queue.append(ahead: ahead) { context in
                do throws(E) { outcome.result = .success(try job(&context)) } catch { outcome.result = .failure(error) }
                return { continuation.resume() }
            }
        }
        // Taken out: the thread may hold the box for a while, and what is in it may be a lock.
        guard let result = outcome.take() else { preconditionFailure("a job ended without a result") }
        return try result.get()
    }
}

/// What came of a job, on its way to the caller.
private final class Outcome<T, E: Error>: @unchecked Sendable {
    var result: Result<T, E>?

    func take() -> Result<T, E>? {
        defer { result = nil }
        return result
    }
}

/// The number of processors this process may use.
public enum Processors {
    public static var count: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

private final class JobQueue<Context>: @unchecked Sendable {
    /// Works, and gives what lets its caller go on.
    typealias Job = (inout Context) -> () -> Void

    /// First come, first served.
    private struct Line {
        // A job that was taken leaves nil behind, so that what it held is freed with it.
        private var jobs: [Job?] = []
        private var head = 0

        mutating func append(_ job: @escaping Job) { jobs.append(job) }

        mutating func next() -> Job? {
            guard head < jobs.count else { return nil }
            defer {
                jobs[head] = nil
                head += 1
                if head > 256, head * 2 > jobs.count {
                    jobs.removeFirst(head)
                    head = 0
                }
            }
            return jobs[head]
        }
    }

    // A condition variable, since Synchronization.Mutex has none.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var ahead = Line()
    private var line = Line()
    private var closed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func append(ahead goesAhead: Bool, _ job: @escaping Job) {
        pthread_mutex_lock(mutex)
        if goesAhead { ahead.append(job) } else { line.append(job) }
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Runs the next job; nil when the queue is closed and empty. What the job held is released before its caller goes on: locks, files,
    /// memory.
    func runNext(_ context: inout Context) -> (() -> Void)? {
        guard let job = next() else { return nil }
        return job(&context)
    }

    private func next() -> Job? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let job = ahead.next() ?? line.next() { return job }
            if closed { return nil }
            pthread_cond_wait(condition, mutex)
        }
    }

    func close() {
        pthread_mutex_lock(mutex)
        closed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }
}

/// A detached thread that runs one closure.
enum ThreadStart {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    static func launch(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run)).toOpaque()
        var thread = pthread_t()
        let failed = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, body)
        pthread_detach(thread)
        if failed != 0 { preconditionFailure("the system refuses a thread (ulimit -u): errno \(failed)") }
    }
}
