import WaybillStore
import WaybillSystem

extension Work {
    /// Runs a job on the pool.
    /// - Parameter ahead: before all jobs that wait; for a job that others wait for one after another.
    func perform<T: Sendable>(
        ahead: Bool = false, _ job: @escaping @Sendable (inout WorkContext) throws(TransferError) -> T
    ) async throws(TransferError) -> T {
        try await pool.run(ahead: ahead, job)
    }

    /// Runs what mostly waits for a disk.
    func wait<T: Sendable>(_ job: @escaping @Sendable () throws(TransferError) -> T) async throws(TransferError) -> T {
        try await disk.run { (_) throws(TransferError) in try job() }
    }

    /// Runs a job on every item, `perJob` neighbours together, on all threads.
    /// - Returns: the results in order.
    func map<Item: Sendable, T: Sendable>(
        _ items: [Item], perJob: Int, _ job: @escaping @Sendable (Item, inout WorkContext) throws(TransferError) -> T
    ) async throws(TransferError) -> [T] {
        typealias Part = (start: Int, results: Result<[T], TransferError>)
        let parts = await withTaskGroup(of: Part.self) { group in
            var parts: [Part] = []
            var running = 0
            var failed = false
            func take(_ part: Part) {
                if case .failure = part.results { failed = true }
                parts.append(part)
            }
            for start in stride(from: 0, to: items.count, by: max(1, perJob)) {
                if running > pool.threads, let part = await group.next() {
                    running -= 1
                    take(part)
                }
                if failed { break }
                running += 1
                group.addTask {
                    do throws(TransferError) {
                        let results = try await perform { context throws(TransferError) in
                            var results: [T] = []
                            for item in items[start..<min(start + perJob, items.count)] { results.append(try job(item, &context)) }
                            return results
                        }
                        return (start, .success(results))
                    } catch {
                        return (start, .failure(error))
                    }
                }
            }
            for await part in group { take(part) }
            return parts.sorted { $0.start < $1.start }
        }
        var results: [T] = []
        results.reserveCapacity(items.count)
        for part in parts { results += try part.results.get() }
        return results
    }
}
