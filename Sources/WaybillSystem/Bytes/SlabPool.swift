import Glibc
import Synchronization

/// Bounds the bytes in flight: a slab is had only while the sum of all slabs stays within the budget, otherwise the caller
/// waits its turn. Memory is kept for the next slab of the same capacity, since fresh pages cost as much as hashing them.
public final class SlabPool: @unchecked Sendable {
    /// Upper bound of the bytes of all slabs, free ones included.
    public let budget: Int

    private struct Waiter {
        let capacity: Int
        let continuation: CheckedContinuation<Slab, Never>
    }

    /// Memory without an owner; an address, since a pointer may not cross into the lock.
    private struct FreeBlock {
        let address: UInt

        init(_ pointer: UnsafeMutableRawPointer) { address = UInt(bitPattern: pointer) }

        var pointer: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: address) }
    }

    private struct State {
        var used = 0
        var free: [Int: [FreeBlock]] = [:]
        var freeBytes = 0
        var waiters: [Waiter] = []
    }

    /// What the pool holds at a moment: bytes of slabs that are out, bytes kept for the next ones, and callers that wait.
    package struct Figures: Equatable, Sendable {
        package let used: Int
        package let free: Int
        package let waiting: Int

        package init(used: Int, free: Int, waiting: Int) {
            self.used = used
            self.free = free
            self.waiting = waiting
        }
    }

    package var figures: Figures {
        state.withLock { Figures(used: $0.used, free: $0.freeBytes, waiting: $0.waiters.count) }
    }

    private let state: Mutex<State>

    public init(budget: Int) {
        self.budget = budget
        state = Mutex(State())
    }

    deinit {
        state.withLock { state in
            for list in state.free.values { for block in list { block.pointer?.deallocate() } }
        }
    }

    /// An empty slab of at least `capacity` bytes; waits until it fits. One that is larger than the whole budget is had when no other is
    /// out.
    public func acquire(_ capacity: Int) async -> Slab {
        let capacity = Self.rounded(max(capacity, 1))
        return await withCheckedContinuation { continuation in
            let slab = state.withLock { state -> Slab? in
                if state.waiters.isEmpty, let slab = take(capacity, from: &state) { return slab }
                state.waiters.append(Waiter(capacity: capacity, continuation: continuation))
                return nil
            }
            if let slab { continuation.resume(returning: slab) }
        }
    }

    /// Up by an eighth at most, so that slabs of about the same size take one another's memory.
    package static func rounded(_ capacity: Int) -> Int {
        guard capacity > 64 << 10 else { return capacity }
        let step = 1 << (Int.bitWidth - capacity.leadingZeroBitCount - 4)
        return (capacity + step - 1) & ~(step - 1)
    }

    private func take(_ capacity: Int, from state: inout State) -> Slab? {
        guard state.used == 0 || state.used + capacity <= budget else { return nil }
        state.used += capacity
        if let pointer = popFree(capacity, from: &state) {
            return Slab(memory: pointer, capacity: capacity, pool: self)
        }
        dropFree(from: &state)
        return Slab(memory: Self.allocate(capacity), capacity: capacity, pool: self)
    }

    /// Huge pages where a slab is large: each of its small pages would be a fault of its own, which takes longer than hashing it.
    private static func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
        let page = 2 << 20
        guard capacity >= 2 * page else { return UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64) }
        let pointer = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: page)
        madvise(pointer, capacity / page * page, MADV_HUGEPAGE)
        return pointer
    }

    private func dropFree(from state: inout State) {
        while state.used + state.freeBytes > budget, let capacity = state.free.first?.key {
            popFree(capacity, from: &state)?.deallocate()
        }
    }

    // An emptied list goes: ranges have thousands of different lengths.
    private func popFree(_ capacity: Int, from state: inout State) -> UnsafeMutableRawPointer? {
        guard let block = state.free[capacity]?.popLast() else { return nil }
        state.freeBytes -= capacity
        if state.free[capacity]?.isEmpty == true { state.free[capacity] = nil }
        return block.pointer
    }

    func recycle(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        let block = FreeBlock(pointer)
        let ready = state.withLock { state -> [(CheckedContinuation<Slab, Never>, Slab)] in
            state.used -= capacity
            state.free[capacity, default: []].append(block)
            state.freeBytes += capacity
            dropFree(from: &state)
            var ready: [(CheckedContinuation<Slab, Never>, Slab)] = []
            while let waiter = state.waiters.first, let slab = take(waiter.capacity, from: &state) {
                state.waiters.removeFirst()
                ready.append((waiter.continuation, slab))
            }
            return ready
        }
        for (continuation, slab) in ready { continuation.resume(returning: slab) }
    }
}
