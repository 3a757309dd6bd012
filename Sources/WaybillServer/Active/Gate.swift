import Synchronization

/// Lets so many in at once; others wait their turn, for a while.
package final class Gate: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var free: Int
        var waiters: [Waiter] = []
        var nextNumber = 0
    }

    private let state: Mutex<State>

    package init(_ places: Int) { state = Mutex(State(free: max(1, places))) }

    /// - Returns: false if no place became free in time; then do not call `leave`.
    package func enter(within patience: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state -> Int? in
                guard state.free == 0 else {
                    state.free -= 1
                    return nil
                }
                state.nextNumber += 1
                state.waiters.append(Waiter(number: state.nextNumber, continuation: continuation))
                return state.nextNumber
            }
            guard let number else { return continuation.resume(returning: true) }
            Task { [weak self] in
                try? await Task.sleep(for: patience)
                self?.giveUp(number)
            }
        }
    }

    package func leave() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiters.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    private func giveUp(_ number: Int) {
        let late = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiters.remove(at: index)
        }
        late?.continuation.resume(returning: false)
    }
}
