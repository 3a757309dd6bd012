import Synchronization
import WaybillFormat
import WaybillStore

/// Proofs that are running. Who asks for one that runs already gets the same: a push that is tried again costs nothing.
package final class ProofBoard: Sendable {
    package enum Event: Sendable {
        case progress(proved: Int, total: Int)
        /// The manifest is stored; nothing follows.
        case accepted
        /// Nothing follows.
        case refused(StoreError)
    }

    private struct Job {
        var proved = 0
        var total = 0
        var nextListener = 1
        var listeners: [Int: AsyncStream<Event>.Continuation] = [:]
    }

    /// Manifests that wait for their proof are held in memory.
    package static let maximumJobs = 8

    private let jobs = Mutex<[Digest: Job]>([:])
    private let gate: Gate
    private let heartbeat: Duration

    package init(places: Int, heartbeat: Duration = .seconds(2)) {
        gate = Gate(places)
        self.heartbeat = heartbeat
    }

    /// Joins the proof of this manifest, or begins one that runs `body`. Events come every two seconds and at the end; a
    /// listener that goes away ends nothing.
    /// - Parameter body: gets what takes its progress: bytes proved, bytes in all.
    /// - Returns: nil if too many proofs wait.
    package func join(
        _ digest: Digest, body: @escaping @Sendable (@escaping @Sendable (Int, Int) -> Void) async throws(StoreError) -> Void
    ) -> AsyncStream<Event>? {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingNewest(1))
        let joined = jobs.withLock { jobs -> (number: Int, isNew: Bool)? in
            if let number = jobs[digest]?.nextListener {
                jobs[digest]?.nextListener += 1
                jobs[digest]?.listeners[number] = continuation
                return (number, false)
            }
            guard jobs.count < Self.maximumJobs else { return nil }
            jobs[digest] = Job(listeners: [0: continuation])
            return (0, true)
        }
        guard let joined else { return nil }
        continuation.onTermination = { [weak self] _ in
            _ = self?.jobs.withLock { $0[digest]?.listeners.removeValue(forKey: joined.number) }
        }
        // Not a child of the request: a client that goes away and asks again finds its proof further on.
        if joined.isNew { Task { await self.run(digest, body) } }
        return stream
    }

    private func run(
        _ digest: Digest, _ body: @escaping @Sendable (@escaping @Sendable (Int, Int) -> Void) async throws(StoreError) -> Void
    ) async {
        let ticker = Task { [heartbeat] in
            while !Task.isCancelled {
                try await Task.sleep(for: heartbeat)
                self.tell(digest)
            }
        }
        while await !gate.enter(within: .seconds(3_600)) {}
        let last: Event
        do throws(StoreError) {
            try await body { proved, total in
                self.jobs.withLock { jobs in
                    jobs[digest]?.proved = proved
                    jobs[digest]?.total = total
                }
            }
            last = .accepted
        } catch {
            last = .refused(error)
        }
        gate.leave()
        ticker.cancel()
        let listeners = jobs.withLock { $0.removeValue(forKey: digest)?.listeners ?? [:] }
        for listener in listeners.values {
            listener.yield(last)
            listener.finish()
        }
    }

    private func tell(_ digest: Digest) {
        guard let job = jobs.withLock({ $0[digest] }) else { return }
        for listener in job.listeners.values { listener.yield(.progress(proved: job.proved, total: job.total)) }
    }
}
