import Synchronization
import WaybillFormat

/// The watch of an exchange under way, and the clock that it goes by.
final class RunningWatch: Sendable {
    private let watch: Mutex<ExchangeWatch>

    init(uploads: Bool, mayBeSlow: Bool) {
        watch = Mutex(ExchangeWatch(uploads: uploads, mayBeSlow: mayBeSlow, at: RemoteLink.now()))
    }

    private func note(_ change: (inout ExchangeWatch, Double) -> Void) {
        let now = RemoteLink.now()
        watch.withLock { change(&$0, now) }
    }

    func sent(_ count: Int) { note { $0.sent(count, at: $1) } }
    func sentAll() { note { $0.sentAll(at: $1) } }
    func answered() { note { $0.answered(at: $1) } }
    func received(_ count: Int) { note { $0.received(count, at: $1) } }

    /// Waits until the exchange stalls; nil when it was cancelled before.
    func untilStall() async -> ExchangeWatch.Stall? {
        while !Task.isCancelled {
            let now = RemoteLink.now()
            let (stall, deadline) = watch.withLock { ($0.stall(at: now), $0.deadline) }
            if let stall { return stall }
            try? await Task.sleep(for: .seconds(max(0.01, deadline - now)))
        }
        return nil
    }

    /// Runs `exchange` and breaks it off when it stalls.
    func guarding<T: Sendable>(
        subject: String, _ exchange: @escaping @Sendable () async throws(RequestError) -> T
    ) async throws(RequestError) -> T {
        let (result, stall) = await withTaskGroup(of: WatchedEvent<T>.self) { group in
            group.addTask {
                do throws(RequestError) { return .ended(.success(try await exchange())) } catch { return .ended(.failure(error)) }
            }
            group.addTask { await self.untilStall().map { .stalled($0) } ?? .unwatched }
            var result: Result<T, RequestError>?
            var stall: ExchangeWatch.Stall?
            for await event in group {
                switch event {
                case .ended(let ended): result = ended
                case .stalled(let found): stall = found
                case .unwatched: continue
                }
                group.cancelAll()
            }
            return (result, stall)
        }
        if case .success(let value)? = result { return value }
        if let stall { throw Self.error(stall, subject) }
        guard case .failure(let error)? = result else { throw RequestError(CancellationError(), subject: subject, answerBegan: false) }
        throw error
    }

    private static func error(_ stall: ExchangeWatch.Stall, _ subject: String) -> RequestError {
        let cause =
            switch stall {
            case .silent(let seconds): "nothing moved for \(Int(seconds)) seconds"
            case .slow: "moved less than 1 KiB a second for \(Int(ExchangeWatch.window)) seconds"
            }
        return RequestError(StoreError(.unavailable, subject: subject, cause: cause, remedy: RequestError.advice), .silent)
    }
}

/// What comes first of an exchange and its watch.
private enum WatchedEvent<T: Sendable>: Sendable {
    case ended(Result<T, RequestError>)
    case stalled(ExchangeWatch.Stall)
    case unwatched
}
