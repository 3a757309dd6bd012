import NIOHTTP1
import Synchronization
import WaybillFormat
import WaybillSystem

/// A store behind HTTP: any web server over a store directory can be read; `waybill serve` takes pushes too. What fails for a while
/// is tried again as `RetryPolicy` says; all requests share one patience.
public final class HTTPStore: ChunkSource {
    public let label: String
    let transport: HTTPTransport
    private let lastFresh = Mutex<ObjectName?>(nil)
    var link: RemoteLink { transport.link }
    /// Names the push of this value to the mirror, so that a collector there spares what belongs to it.
    let push = PushName.random()
    /// The mirror may keep an intent for the push.
    let isPushOpen = Mutex(false)

    /// - Parameters:
    ///   - token: sent to this origin only, and over plain HTTP only on loopback.
    ///   - connections: open at once.
    ///   - notify: told, in words for people, when the remote does not answer and when it answers again.
    public init(
        _ location: RemoteLocation, token: String? = nil, connections: Int = 8, retry: RetryPolicy = RetryPolicy(),
        notify: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(StoreError) {
        transport = try HTTPTransport(location, token: token, connections: connections, retry: retry, notify: notify)
        label = transport.base
    }

    /// Ends all connections; call once, last.
    public func close() async { await transport.close() }

    public func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        if fresh, isInDoubt(name) { await transport.connections.renew() }
        let headers = fresh ? [("Cache-Control", "no-cache"), ("Pragma", "no-cache")] : []
        let request = HTTPRequest(method: .GET, path: name.path, headers: headers)
        return try await link.run { [transport] () async throws(RequestError) -> [UInt8] in
            try await transport.exchange(request) { (answer) async throws(RequestError) -> [UInt8] in
                guard answer.status == 200 else { throw await transport.refusal(answer) }
                return try await answer.collect(maximum: name.maximumBytes)
            }
        }
    }

    /// Whether an object that is asked for past caches was wrong before. Then the kept connections are no better than the caches: a
    /// proxy may have mixed up what it sends on them.
    private func isInDoubt(_ name: ObjectName) -> Bool {
        let isAskedAgain = lastFresh.withLock { last in
            defer { last = name }
            return last == name
        }
        switch name {
        case .storeDescription, .manifest, .list, .locator, .pack, .evidence, .attestation: return true
        // These move, and are always asked for past caches.
        case .catalog, .refIndex, .refHint, .refEntry, .keySet: return isAskedAgain
        }
    }

    public func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        let download = RangeDownload(name.path, range: range, into: slab, transport: transport)
        do throws(StoreError) {
            try await link.run { () async throws(RequestError) in try await download.continue() }
        } catch {
            download.discard()
            throw error
        }
    }
}
