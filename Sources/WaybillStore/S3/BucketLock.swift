import WaybillFormat

/// `gc/collector`: one collector at a time.
struct BucketLock: Sendable {
    private static let path = "gc/collector"
    /// Seconds; a collector that did not write its lock for so long is gone.
    private static let maximumAge = 3_600
    private static let renewal: Duration = .seconds(60)

    private let store: S3Store
    private let bytes: [UInt8]
    private let ticker: Task<Void, Never>

    private init(_ store: S3Store, _ bytes: [UInt8]) {
        self.store = store
        self.bytes = bytes
        ticker = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.renewal)
                guard !Task.isCancelled, (try? await Self.isHeld(store, bytes)) == true else { continue }
                try? await store.putObject(Self.path, bytes)
            }
        }
    }

    /// - Throws: `.conflict` if another collector has it.
    static func acquire(_ store: S3Store) async throws(StoreError) -> BucketLock {
        let bytes = Array(PushName.random().text.utf8)
        for _ in 0..<2 {
            if try await store.createOnce(path, bytes) { return BucketLock(store, bytes) }
            guard let status = try await store.client.status(path) else { continue }
            guard try await store.now() - status.modifiedAt >= maximumAge * 1_000_000 else { break }
            try await store.removeObject(path)
        }
        throw busy(store)
    }

    /// - Throws: `.conflict` if another one took it, since this one was stopped for too long.
    func requireHeld() async throws(StoreError) {
        guard try await Self.isHeld(store, bytes) else { throw Self.busy(store) }
    }

    private static func isHeld(_ store: S3Store, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        try await store.client.objectIfAny(path, maximum: 1_024) == bytes
    }

    private static func busy(_ store: S3Store) -> StoreError {
        StoreError(
            .conflict, subject: store.label, cause: "another collector works in this store",
            remedy: "Wait until it is done; if it was killed, its lock ends an hour later")
    }

    func release() async {
        ticker.cancel()
        guard (try? await requireHeld()) != nil else { return }
        try? await store.removeObject(Self.path)
    }
}
