/// How fast a source is: bytes that came over the time in which it had something to send, older ones counting less. It falls by
/// itself while a source that was asked sends nothing.
struct RateEstimate: Sendable {
    /// Seconds after which what was measured counts half.
    private let memory: Double
    private var bytes: Double
    private var busy: Double
    private var last = 0.0
    /// Something came; before, the value is a guess.
    private(set) var isMeasured = false

    /// - Parameter guess: bytes a second to begin with; it weighs little.
    init(guess: Double, memory: Double) {
        self.memory = memory
        busy = 0.1
        bytes = guess * busy
    }

    /// Bytes a second, never zero.
    var value: Double { max(1, bytes / max(busy, 1e-6)) }

    /// Time passed up to `now`.
    /// - Parameter isBusy: something was asked of the source meanwhile.
    mutating func pass(to now: Double, isBusy: Bool) {
        guard now > last else { return }
        if isBusy {
            let elapsed = now - last
            // Nearly exp(-elapsed / memory), and the same on every machine.
            let kept = 1 / (1 + elapsed / memory)
            bytes *= kept
            busy = busy * kept + elapsed
        }
        last = now
    }

    mutating func came(_ count: Int) {
        bytes += Double(count)
        isMeasured = true
    }
}
