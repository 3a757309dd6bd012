import AsyncHTTPClient
import NIOCore
import Synchronization

/// The kept connections to one remote. After an answer that was wrong nobody can say what else is under way on its connection, a
/// repeated answer or somebody else's: `renew` puts all of them out of use, and they close when their requests are done.
final class HTTPConnections: Sendable {
    struct Lease: Sendable {
        let client: HTTPClient
        fileprivate let generation: Int
    }

    private struct Generation: Sendable {
        let client: HTTPClient
        var users = 0
    }

    private struct State: Sendable {
        var current = 0
        var isClosed = false
        var generations: [Int: Generation]
    }

    private let configuration: HTTPClient.Configuration
    private let state: Mutex<State>

    init(_ configuration: HTTPClient.Configuration) {
        self.configuration = configuration
        state = Mutex(State(generations: [0: Generation(client: Self.client(configuration))]))
    }

    private static func client(_ configuration: HTTPClient.Configuration) -> HTTPClient {
        HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The right to make requests until `release`.
    func lease() -> Lease {
        state.withLock { state in
            var generation = state.generations[state.current] ?? Generation(client: Self.client(configuration))
            generation.users += 1
            state.generations[state.current] = generation
            return Lease(client: generation.client, generation: state.current)
        }
    }

    func release(_ lease: Lease) async {
        let unused = state.withLock { state -> HTTPClient? in
            state.generations[lease.generation]?.users -= 1
            return Self.takeUnused(lease.generation, from: &state)
        }
        try? await unused?.shutdown()
    }

    /// Requests from now on are made on new connections.
    /// - Parameter lease: of the request that shows it; nothing happens if its connections are out of use already. nil: the present ones.
    func renew(_ lease: Lease? = nil) async {
        let unused = state.withLock { state -> HTTPClient? in
            let old = state.current
            guard !state.isClosed, (lease?.generation ?? old) == old else { return nil }
            state.current += 1
            state.generations[state.current] = Generation(client: Self.client(configuration))
            return Self.takeUnused(old, from: &state)
        }
        try? await unused?.shutdown()
    }

    private static func takeUnused(_ number: Int, from state: inout State) -> HTTPClient? {
        guard number != state.current, let generation = state.generations[number], generation.users == 0 else { return nil }
        state.generations[number] = nil
        return generation.client
    }

    /// Ends all connections and the requests on them; call once, last.
    func close() async {
        let generations = state.withLock { state in
            state.isClosed = true
            return Array(state.generations.values)
        }
        for generation in generations { try? await generation.client.shutdown() }
    }
}
