import Synchronization
import Testing
import WaybillFormat
import WaybillSystem

@Suite(.timeLimit(.minutes(1)))
struct WorkerPoolTests {
    private enum Complaint: Error, Equatable { case number(Int) }

    private final class Held: Sendable {}

    private final class Counter: Sendable {
        private let count = Atomic(0)

        func increment() -> Int { count.add(1, ordering: .acquiringAndReleasing).newValue }
        var value: Int { count.load(ordering: .acquiring) }
    }

    private func waitUntil(_ condition: () -> Bool) async -> Bool {
        let end = Host.monotonicNanoseconds() + 20_000_000_000
        while !condition() {
            if Host.monotonicNanoseconds() > end { return false }
            await Task.yield()
        }
        return true
    }

    @Test("jobs start in the order in which they came")
    func order() async {
        let pool = WorkerPool(threads: 1) { [Int]() }
        var tasks: [Task<Void, Never>] = []
        for number in 0..<2_000 {
            // An immediate task hands its job over before the next one is made.
            tasks.append(Task.immediate { await pool.run { context in context.append(number) } })
        }
        for task in tasks { await task.value }
        #expect(await pool.run { $0 } == Array(0..<2_000))
    }

    @Test("a job that goes ahead starts before those that wait, and those that go ahead keep their order")
    func ahead() async {
        let pool = WorkerPool(threads: 1) { [Int]() }
        let started = Counter()
        let go = Counter()
        var tasks = [
            Task.immediate {
                await pool.run { _ in
                    _ = started.increment()
                    let end = Host.monotonicNanoseconds() + 20_000_000_000
                    while go.value == 0, Host.monotonicNanoseconds() < end {}
                }
            }
        ]
        #expect(await waitUntil { started.value == 1 })
        for number in 0..<300 {
            tasks.append(Task.immediate { await pool.run(ahead: number % 3 == 2) { context in context.append(number) } })
        }
        _ = go.increment()
        for task in tasks { await task.value }
        let order = Array(0..<300)
        #expect(await pool.run { $0 } == order.filter { $0 % 3 == 2 } + order.filter { $0 % 3 != 2 })
    }

    @Test("each thread has one context, and all threads work")
    func contexts() async {
        let made = Counter()
        let pool = WorkerPool(threads: 3) { made.increment() }
        let arrived = Counter()
        let seen = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    await pool.run { context in
                        // Holds its thread until the two others have come.
                        _ = arrived.increment()
                        let end = Host.monotonicNanoseconds() + 20_000_000_000
                        while arrived.value < 3, Host.monotonicNanoseconds() < end {}
                        return context
                    }
                }
            }
            var seen: Set<Int> = []
            for await context in group { seen.insert(context) }
            return seen
        }
        #expect(seen == [1, 2, 3])
        #expect(made.value == 3)
        #expect(WorkerPool(threads: 0) { 0 }.threads == 1)
    }

    @Test("a job's error arrives as what it is, and the next job runs")
    func errors() async {
        let pool = WorkerPool(threads: 2) { 0 }
        for number in 0..<100 {
            do throws(Complaint) {
                _ = try await pool.run { (_) throws(Complaint) -> Int in
                    if number % 2 == 1 { throw .number(number) }
                    return number
                }
                #expect(number % 2 == 0)
            } catch {
                #expect(number % 2 == 1)
                #expect(error == .number(number))
            }
        }
        do throws(SystemError) {
            try await pool.run { (_) throws(SystemError) in throw SystemError(.storage, subject: "disk", cause: "full") }
            Issue.record("the job threw")
        } catch {
            #expect(error.code == .storage)
            #expect(error.subject == "disk")
        }
    }

    @Test("a finished job's captures are released while the pool lives")
    func captures() async {
        let pool = WorkerPool(threads: 1) { 0 }
        weak var seen: Held?
        do {
            let held = Held()
            seen = held
            await pool.run { _ in withExtendedLifetime(held) {} }
        }
        #expect(await waitUntil { seen == nil })
        await pool.run { _ in }
    }

    @Test("slabs that jobs held come back: more jobs than slabs")
    func slabs() async throws {
        let pool = WorkerPool(threads: 1) { 0 }
        let memory = SlabPool(budget: 3_000)
        for number in 0..<400 {
            // With a job that keeps its slab there would be no fourth; the check keeps the test from hanging.
            try #require(await waitUntil { memory.figures.used <= 2_000 })
            let slab = await memory.acquire(1_000)
            let count = await pool.run { _ -> Int in
                slab.resize(number)
                return slab.count
            }
            #expect(count == number)
        }
        #expect(await waitUntil { memory.figures.used == 0 })
    }

    @Test("jobs that were handed over run although the pool is let go, and the contexts are freed")
    func release() async {
        weak var context: Held?
        let first = Held()
        let total: Int
        do {
            let pool = WorkerPool(threads: 1) { Held() }
            context = await pool.run { held in
                withExtendedLifetime(first) {}
                return held
            }
            let tasks = (0..<50).map { number in Task.immediate { await pool.run { _ in number } } }
            var sum = 0
            for task in tasks { sum += await task.value }
            total = sum
        }
        #expect(total == 49 * 50 / 2)
        #expect(await waitUntil { context == nil })
    }
}
