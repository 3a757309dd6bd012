import HTTPTypes
import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// Which push a request belongs to, and whose it is.
struct PushTag: Sendable {
    /// The token's id; nil for whoever has none.
    let owner: String?
    /// What the client calls it; nil for clients that name no push.
    let name: PushName?

    init(owner: String?, name: PushName?) {
        self.owner = owner
        self.name = name
    }

    init(_ headers: HTTPFields, _ admission: Admission, subject: String) throws(Refusal) {
        owner = admission.token?.id
        guard let text = headers[.waybillPush] else {
            name = nil
            return
        }
        guard let name = PushName(text) else {
            throw Refusal(
                .badRequest, .usage, subject: subject, cause: "Waybill-Push is not 32 lower-case hexadecimal digits",
                remedy: "Send one random name a push")
        }
        self.name = name
    }
}

/// The intents that a mirror keeps for its clients' pushes, one each; a client without a name for its push, or with too many of
/// them, shares one.
package final class PushBoard: Sendable {
    /// Pushes of one owner that have an intent of their own at once.
    package static let maximumPerOwner = 64
    /// Intents in the store beyond which new pushes share one.
    package static let maximumIntents = 4_096
    /// An intent is renewed by a request that comes so long after the last renewal.
    private static let renewal: Duration = .seconds(600)
    /// After this time without a request a push has lost its client, or its intent.
    private static let patience: Duration = .seconds(7 * 24 * 3_600)
    /// A shared intent is left to expire and followed by another: otherwise busy old clients would keep everything for ever.
    private static let sharedLife: Duration = .seconds(24 * 3_600)

    private struct Kept {
        let owner: String
        var renewed: ContinuousClock.Instant
    }

    private struct Shared {
        let intent: PushName
        let began: ContinuousClock.Instant
    }

    private struct State {
        var kept: [PushName: Kept] = [:]
        var shared: [String: Shared] = [:]
    }

    private let store: DirectoryStore
    private let state = Mutex(State())

    package init(store: DirectoryStore) { self.store = store }

    /// Makes or renews the intent of a push; it is durable when this returns.
    func keep(_ tag: PushTag) async throws(StoreError) {
        let owner = Self.owner(tag)
        if let name = tag.name, try await keep(Self.intent(owner, name), owner: owner) { return }
        // An id that nobody can tell from another's: what it says is that some push of this owner runs.
        let shared = state.withLock { state -> PushName in
            if let shared = state.shared[owner], shared.began.duration(to: .now) < Self.sharedLife { return shared.intent }
            let fresh = Shared(intent: .random(), began: .now)
            state.shared[owner] = fresh
            return fresh.intent
        }
        _ = try await keep(shared, owner: nil)
    }

    /// The push is over.
    func end(_ tag: PushTag) async {
        guard let name = tag.name else { return }
        let intent = Self.intent(Self.owner(tag), name)
        state.withLock { _ = $0.kept.removeValue(forKey: intent) }
        // One that stays behind expires.
        try? await store.dropIntent(intent)
    }

    /// - Parameter owner: nil for an intent that is not counted.
    /// - Returns: false if the owner, or the store, has too many.
    private func keep(_ intent: PushName, owner: String?) async throws(StoreError) -> Bool {
        let now = ContinuousClock.now
        let (known, own) = state.withLock { state -> (Kept?, Int) in
            for (name, kept) in state.kept where kept.renewed.duration(to: now) > Self.patience { state.kept[name] = nil }
            return (state.kept[intent], state.kept.values.count { $0.owner == owner })
        }
        if let known, known.renewed.duration(to: now) < Self.renewal { return true }
        if known == nil, owner != nil {
            let total = try await store.intentCount()
            if own >= Self.maximumPerOwner || total >= Self.maximumIntents {
                // One that was made before this server started is renewed all the same.
                return try await store.keepIntent(intent, mayMake: false)
            }
        }
        // Noted only now: a request that comes meanwhile must not be answered before the intent is there.
        _ = try await store.keepIntent(intent)
        state.withLock { $0.kept[intent] = Kept(owner: owner ?? "", renewed: now) }
        return true
    }

    private static func owner(_ tag: PushTag) -> String { tag.owner.map { "token \($0)" } ?? "anonymous" }

    /// What the file is called: nobody's name of a push can be another's file, and the folder tells no names of pushes.
    private static func intent(_ owner: String, _ name: PushName) -> PushName {
        PushName(SHA256.digest(of: Array("\(owner) \(name)".utf8)))
    }
}
