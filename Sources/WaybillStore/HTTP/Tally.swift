import Synchronization

/// A number that the tries of one request share.
final class Tally: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    /// - Returns: the sum.
    @discardableResult
    func add(_ count: Int) -> Int {
        value.withLock { value in
            value += count
            return value
        }
    }
}
