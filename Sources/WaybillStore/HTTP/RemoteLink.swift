import Synchronization
import WaybillFormat
import WaybillSystem

/// What all requests to one remote share: they wait out one outage together, and one of them tells of it.
final class RemoteLink: Sendable {
    private let label: String
    private let notify: @Sendable (String) -> Void
    private let health: Mutex<RemoteHealth>
    private let saidWholeObjects = Mutex(false)

    init(_ label: String, policy: RetryPolicy, notify: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.notify = notify
        health = Mutex(RemoteHealth(policy))
    }

    /// Seconds of a clock that never jumps.
    static func now() -> Double { Double(Host.monotonicNanoseconds()) / 1e9 }

    /// The head of an answer arrived.
    func answered() { health.withLock { $0.answered() } }

    func progressed() {
        let now = Self.now()
        tell(health.withLock { $0.progressed(at: now) })
    }

    /// Ranges that cost whole objects are slow, and nobody would know why.
    func tellOfWholeObjects() {
        let isFirst = saidWholeObjects.withLock { said in
            defer { said = true }
            return !said
        }
        if isFirst { tell("sends whole objects where a part was asked for: the rest is read and dropped") }
    }

    private func tell(_ text: String) { notify("\(label): \(text)") }

    private func tell(_ notice: RemoteHealth.Notice?) {
        switch notice {
        case .waiting(let cause, let remaining): tell("\(cause); trying again for up to \(Seconds.text(remaining))")
        case .again(let after): tell("answers again after \(Seconds.text(after))")
        case nil: break
        }
    }

    /// Runs a request until it succeeds, fails for good, or patience ends.
    func run<T>(_ request: () async throws(RequestError) -> T) async throws(StoreError) -> T {
        var tries = RemoteHealth.Tries()
        while true {
            let failed: RequestError
            do throws(RequestError) {
                let result = try await request()
                progressed()
                return result
            } catch {
                failed = error
            }
            guard let failure = failed.failure else {
                // A refusal is an answer: the remote is there.
                if failed.error.code != .interrupted, failed.error.code != .unavailable { progressed() }
                throw failed.error
            }
            if failed.madeProgress {
                progressed()
                tries = RemoteHealth.Tries()
            }
            let (now, random) = (Self.now(), Double.random(in: 0..<1))
            let decision = health.withLock {
                $0.failed(failure, cause: failed.error.cause, tries: &tries, at: now, random: random)
            }
            switch decision {
            case .giveUp(let after): throw failed.givenUp(after: after, tries: tries.failures)
            case .wait(let until): try await wait(until: until)
            }
        }
    }

    /// In steps, so that a long wait is not a silent one.
    private func wait(until end: Double) async throws(StoreError) {
        while true {
            let now = Self.now()
            tell(health.withLock { $0.notice(at: now, until: end) })
            guard now < end else { return }
            do {
                try await Task.sleep(for: .seconds(min(end - now, 1)))
            } catch {
                throw StoreError(.interrupted, subject: label, cause: "the transfer was interrupted")
            }
        }
    }
}
