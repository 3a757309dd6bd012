import WaybillFormat
import WaybillSystem

/// What a push holds while it runs, so that a collector spares what it finds and sends.
public struct PushLease: Sendable {
    private let onRenew: @Sendable () async throws(StoreError) -> Void
    private let onEnd: @Sendable () async -> Void

    public init(
        renew: @escaping @Sendable () async throws(StoreError) -> Void = {}, end: @escaping @Sendable () async -> Void = {}
    ) {
        onRenew = renew
        onEnd = end
    }

    /// Makes it stand anew, also when a collector took it for abandoned. Call before starting over.
    public func renew() async throws(StoreError) { try await onRenew() }

    /// The push committed, or was given up. What it sent and did not commit may be collected.
    public func end() async { await onEnd() }
}
