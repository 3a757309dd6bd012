import Dispatch
import Foundation
import Synchronization

/// Runs what recurses as deep as a stranger's text asks for: YAML may nest a thousand brackets, which a thread of 2 MiB (all that
/// `ulimit -s unlimited` gives) does not survive.
enum DeepStack {
    /// Four times what the deepest text that the parser accepts was measured to need.
    private static let byteCount = 16 << 20
    /// A thread that has not ended by then never began.
    private static let patience = DispatchTimeInterval.seconds(120)

    private final class Outcome<T: Sendable>: Sendable {
        let value = Mutex<T?>(nil)
        let isDone = DispatchSemaphore(value: 0)
    }

    /// What `body` returns; nil if the system gives no thread.
    static func run<T: Sendable>(_ body: @escaping @Sendable () -> T) -> T? {
        let outcome = Outcome<T>()
        let thread = Thread {
            let value = body()
            outcome.value.withLock { $0 = value }
            outcome.isDone.signal()
        }
        thread.stackSize = byteCount
        thread.start()
        guard outcome.isDone.wait(timeout: .now() + patience) == .success else { return nil }
        return outcome.value.withLock { $0 }
    }
}
