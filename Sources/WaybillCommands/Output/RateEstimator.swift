/// Bytes a second over the last seconds, so that a stall or a change of pace shows soon. Pure: the time comes from the caller.
package struct RateEstimator: Sendable {
    /// Seconds that count.
    package static let window = 8.0

    private var samples: [(seconds: Double, bytes: Int)] = []

    package init() {}

    /// Begins anew where the count falls back.
    package mutating func add(bytes: Int, at seconds: Double) {
        if let last = samples.last, bytes < last.bytes || seconds < last.seconds { samples.removeAll() }
        samples.append((seconds, bytes))
        while samples.count > 2, seconds - samples[1].seconds >= Self.window { samples.removeFirst() }
    }

    package mutating func reset() { samples.removeAll() }

    /// Nil until half a second has been seen.
    package var bytesPerSecond: Double? {
        guard let first = samples.first, let last = samples.last, last.seconds - first.seconds >= 0.5 else { return nil }
        return Double(last.bytes - first.bytes) / (last.seconds - first.seconds)
    }
}
