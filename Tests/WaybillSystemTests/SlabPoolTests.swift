import Synchronization
import Testing
import WaybillSystem
import WaybillTestSupport

@Suite(.timeLimit(.minutes(1)))
struct SlabPoolTests {
    /// Counts the bytes that tasks hold, and their maximum.
    private final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0))

        func took(_ bytes: Int) {
            state.withLock { state in
                state.now += bytes
                state.most = max(state.most, state.now)
            }
        }

        func gave(_ bytes: Int) { state.withLock { $0.now -= bytes } }
        var most: Int { state.withLock { $0.most } }
        var now: Int { state.withLock { $0.now } }
    }

    /// Waits until the pool shows `figures`; false if it does not within half a minute.
    private func wait(_ pool: SlabPool, waiting: Int) async -> Bool {
        let end = Host.monotonicNanoseconds() + 30_000_000_000
        while pool.figures.waiting != waiting {
            if Host.monotonicNanoseconds() > end { return false }
            await Task.yield()
        }
        return true
    }

    @Test("a thousand tasks stay within the budget and leave nothing behind")
    func budget() async {
        let pool = SlabPool(budget: 1 << 20)
        let gauge = Gauge()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(number))
                    let capacity = [1_000, 40_000, 5 << 16, 1 << 20][Int.random(in: 0..<4, using: &generator)]
                    var slab: Slab? = await pool.acquire(capacity)
                    gauge.took(capacity)
                    #expect(slab?.capacity == capacity)
                    #expect(slab?.count == 0)
                    let mark = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1_000)
                    slab?.add(mark)
                    if number % 3 == 0 { await Task.yield() }
                    // Nobody else writes into this memory.
                    #expect(slab?.bytes(0..<1_000) == mark)
                    gauge.gave(capacity)
                    slab = nil
                }
            }
        }
        #expect(gauge.now == 0)
        #expect(gauge.most <= 1 << 20)
        #expect(gauge.most > 1 << 19, "the budget was hardly used")
        #expect(pool.figures.used == 0)
        #expect(pool.figures.waiting == 0)
        #expect(pool.figures.free <= 1 << 20)
    }

    @Test("nobody overtakes one that waits, even if he would fit")
    func fairness() async {
        let pool = SlabPool(budget: 100)
        var first: Slab? = await pool.acquire(60)
        #expect(first?.capacity == 60)
        let large = Task { await pool.acquire(80) }
        #expect(await wait(pool, waiting: 1))
        let small = Task { await pool.acquire(10) }
        #expect(await wait(pool, waiting: 2))
        #expect(pool.figures.used == 60)
        first = nil
        let (a, b) = (await large.value, await small.value)
        #expect(a.capacity + b.capacity == 90)
        #expect(pool.figures.used == 90)
        #expect(pool.figures.waiting == 0)
    }

    @Test("one that is larger than the budget is had alone, and not beside another")
    func oversized() async {
        let pool = SlabPool(budget: 100)
        var large: Slab? = await pool.acquire(1_000)
        #expect(large?.capacity == 1_000)
        let next = Task { await pool.acquire(1) }
        #expect(await wait(pool, waiting: 1))
        large = nil
        #expect(await next.value.capacity == 1)
        #expect(pool.figures.free <= 100)
    }

    @Test("memory is kept for the next slab of its size, and given up for another size")
    func reuse() async {
        let pool = SlabPool(budget: 1_000)
        do {
            let slab = await pool.acquire(600)
            slab.resize(600)
        }
        #expect(pool.figures == .init(used: 0, free: 600, waiting: 0))
        do {
            let again = await pool.acquire(600)
            #expect(again.count == 0)
            #expect(pool.figures == .init(used: 600, free: 0, waiting: 0))
        }
        let other = await pool.acquire(700)
        #expect(pool.figures == .init(used: 700, free: 0, waiting: 0))
        #expect(other.capacity == 700)
    }

    @Test("a slab of no bytes is one of one byte")
    func empty() async {
        let pool = SlabPool(budget: 10)
        let slab = await pool.acquire(0)
        #expect(slab.capacity == 1)
        #expect(pool.figures.used == 1)
    }

    @Test("a slab that outlives the caller's pool still has its memory")
    func outlives() async {
        var pool: SlabPool? = SlabPool(budget: 100)
        let slab = await pool?.acquire(50)
        pool = nil
        let bytes: [UInt8] = Array(1...50)
        #expect(slab?.add(bytes) == true)
        #expect(slab?.bytes(0..<50) == bytes)
    }

    @Test("sizes are rounded up by an eighth at most, so that slabs of about the same size share memory")
    func rounding() async {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let size = Int.random(in: 1...64 << 20, using: &generator)
            let rounded = SlabPool.rounded(size)
            #expect(rounded >= size)
            #expect(rounded - size <= (size > 64 << 10 ? size / 8 : 0))
            #expect(SlabPool.rounded(rounded) == rounded)
        }
        let pool = SlabPool(budget: 20 << 20)
        var slab: Slab? = await pool.acquire((8 << 20) - 5_000)
        #expect(slab?.capacity == 8 << 20)
        slab = nil
        #expect(pool.figures == SlabPool.Figures(used: 0, free: 8 << 20, waiting: 0))
        slab = await pool.acquire((8 << 20) - 90_000)
        #expect(pool.figures == SlabPool.Figures(used: 8 << 20, free: 0, waiting: 0))
    }
}
