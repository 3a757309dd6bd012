import Synchronization
import WaybillFormat
import WaybillSystem

/// An intent of this process: its file is locked as long as the process lives, so that a collector on the same machine knows at
/// once when it is gone.
final class ProcessIntent: Sendable {
    /// Well below the week after which an unrenewed intent is abandoned.
    static let renewal: Duration = .seconds(3_600)

    private struct Standing {
        let name: PushName
        let file: OwnedFile
    }

    private struct State {
        var standing: Standing?
        var ticker: Task<Void, Never>?
    }

    private let store: DirectoryStore
    private let state: Mutex<State>

    /// Makes an intent, durably.
    static func begin(in store: DirectoryStore) async throws(StoreError) -> ProcessIntent {
        let intent = ProcessIntent(store: store, try await make(in: store))
        let ticker = Task { [weak intent] in
            while !Task.isCancelled {
                try? await Task.sleep(for: renewal)
                // A renewal that fails leaves the intent as old as it is; the commit checks for itself.
                if !Task.isCancelled { try? await intent?.renew() }
            }
        }
        intent.state.withLock { $0.ticker = ticker }
        return intent
    }

    private init(store: DirectoryStore, _ standing: Standing) {
        self.store = store
        state = Mutex(State(standing: standing))
    }

    deinit { state.withLock { $0.ticker?.cancel() } }

    /// Makes it as new; if a collector took it away, another one.
    func renew() async throws(StoreError) {
        guard let standing = state.withLock({ $0.standing }) else { return }
        let stands = try await store.work.run { [store] _ throws(StoreError) in
            try store.renewIntent(standing.name, standing.file)
        }
        guard !stands else { return }
        let fresh = try await Self.make(in: store)
        state.withLock { $0.standing = fresh }
    }

    func end() async {
        let standing = state.withLock { state -> Standing? in
            state.ticker?.cancel()
            defer { state.standing = nil }
            return state.standing
        }
        guard let standing else { return }
        try? await store.work.run { [store] _ throws(StoreError) in try store.removeIntent(standing.name) }
    }

    private static func make(in store: DirectoryStore) async throws(StoreError) -> Standing {
        let name = PushName.random()
        let file = try await store.work.run { [store] _ throws(StoreError) in try store.makeIntent(name, .process) }
        return Standing(name: name, file: file)
    }
}
