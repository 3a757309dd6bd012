import WaybillFormat
import WaybillStore

/// A remote in use.
struct OpenRemote: Sendable {
    let store: any RevisionStore
    let http: HTTPStore?
    var bucket: S3Store?
    let hasToken: Bool

    var source: any ChunkSource { store }

    func close() async {
        await http?.close()
        await bucket?.close()
    }
}

extension Session {
    /// The store of a bucket, by the settings of the environment; nothing is asked of it yet.
    func bucket(_ location: RemoteLocation, retry: RetryPolicy = RetryPolicy(), connections: Int = 8) throws(CommandError) -> S3Store {
        try lifting { () throws(StoreError) in
            try S3Store(location, connections: connections, retry: retry) { [output] in output.notice("\($0)") }
        }
    }

    /// - Throws: `.usage` for a kind of remote that this version does not reach; `.notFound` for a directory that is no store.
    /// - Parameter connections: open at once to an HTTP remote.
    func open(
        _ remote: ResolvedRemote, tokens: TokenChoice, work: Work, retry: RetryPolicy = RetryPolicy(), connections: Int = 8
    ) async throws(CommandError) -> OpenRemote {
        switch remote.location {
        case .http:
            let token = try tokens.token(for: remote.location)
            let store = try lifting { () throws(StoreError) in
                try HTTPStore(remote.location, token: token, connections: connections, retry: retry) { [output] in
                    output.notice("\($0)")
                }
            }
            return OpenRemote(store: store, http: store, hasToken: token != nil)
        case .file(let path):
            let store = try await lifting { () async throws(StoreError) in try await DirectoryStore.open(path, work: work) }
            return OpenRemote(store: store, http: nil, hasToken: false)
        case .s3:
            let store = try bucket(remote.location, retry: retry, connections: connections)
            return OpenRemote(store: store, http: nil, bucket: store, hasToken: false)
        case .alias(let name):
            throw RemoteAliases.unknown(name, [])
        }
    }

    /// Runs `body` with an open remote and closes it, whatever happens.
    func with<T: Sendable>(
        _ remote: ResolvedRemote, tokens: TokenChoice, work: Work, retry: RetryPolicy = RetryPolicy(), connections: Int = 8,
        _ body: (OpenRemote) async throws(CommandError) -> T
    ) async throws(CommandError) -> T {
        let opened = try await open(remote, tokens: tokens, work: work, retry: retry, connections: connections)
        do throws(CommandError) {
            let result = try await body(opened)
            await opened.close()
            return result
        } catch {
            await opened.close()
            throw error
        }
    }

    /// Runs `body` with the remote of an address; an error about a model or ref that is not there gets a suggestion.
    func with<T: Sendable>(
        _ address: ResolvedAddress, tokens: TokenChoice, work: Work, retry: RetryPolicy = RetryPolicy(), connections: Int = 8,
        _ body: (OpenRemote) async throws(CommandError) -> T
    ) async throws(CommandError) -> T {
        try await with(address.remote, tokens: tokens, work: work, retry: retry, connections: connections) {
            (opened) async throws(CommandError) in
            do throws(CommandError) {
                return try await body(opened)
            } catch  where error.code == .notFound {
                throw await Directions(source: opened.source).explain(error, address)
            }
        }
    }

    /// As above, for the first address of a command.
    func with<T: Sendable>(
        _ address: ResolvedAddress, tokenFile: String?, work: Work, retry: RetryPolicy = RetryPolicy(), connections: Int = 8,
        _ body: (OpenRemote, TokenChoice) async throws(CommandError) -> T
    ) async throws(CommandError) -> T {
        let tokens = try tokens(first: address.remote, file: tokenFile)
        return try await with(address, tokens: tokens, work: work, retry: retry, connections: connections) {
            (opened) async throws(CommandError) in
            try await body(opened, tokens)
        }
    }

    /// Checks that a remote takes pushes, before anything is read or sent.
    func requirePushes(_ opened: OpenRemote, _ remote: ResolvedRemote) async throws(CommandError) {
        guard let http = opened.http else { return }
        let server = try await lifting { () async throws(StoreError) in try await http.serverDescription() }
        guard server.allowsAnonymousPush || opened.hasToken else {
            throw CommandError(
                .authentication, subject: remote.text, cause: "the mirror takes pushes with a token only",
                remedy:
                    "Ask its operator for one ('waybill token create STORE --name ID --scope push') and run 'waybill login \(remote.text)'")
        }
    }
}
