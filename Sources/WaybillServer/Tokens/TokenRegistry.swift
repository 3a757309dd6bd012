import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// The tokens of a store, in `private/tokens.json` (mode 0600). Several processes may change it at once; a server sees a change
/// within a second.
public final class TokenRegistry: Sendable {
    /// A token of this secret, or why there is none.
    enum Identified: Sendable, Equatable {
        case token(Token)
        case expired(Token)
        case unknown
    }

    private struct State {
        var tokens: [Token] = []
        var status: FileStatus?
        var checked: UInt64?
    }

    private let folderPath: String
    private let work: Work
    private let state = Mutex(State())
    /// A revoked token lives at most this long in a running server, in nanoseconds.
    private static let freshness: UInt64 = 1_000_000_000

    public init(store: DirectoryStore) {
        folderPath = store.path + "/private"
        work = store.work
    }

    private var path: String { "\(folderPath)/\(TokenFile.name)" }

    /// Makes a token. The secret is in the answer only.
    /// - Parameters:
    ///   - id: what lists and logs call it, up to 64 of `A-Za-z0-9._-`; nil: twelve random digits.
    ///   - lifetime: seconds until it expires; nil: never.
    /// - Throws: `.usage` for an id or a lifetime that cannot be; `.conflict` if the id is taken; `.storage`; `.integrity` if the
    ///   file is damaged.
    public func create(
        id: String? = nil, scope: Token.Scope, models: ModelPattern = .all, lifetime: Int? = nil
    ) async throws(ServerError) -> (secret: TokenSecret, token: Token) {
        if let id, !Token.isID(id) {
            throw ServerError(
                .usage, subject: id, cause: "is no name of a token",
                remedy: "Use up to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit")
        }
        if let lifetime, lifetime < 1 || lifetime > 100 * 366 * 86_400 {
            throw ServerError(.usage, subject: "\(lifetime)", cause: "is no lifetime", remedy: "Use 1 second to 100 years")
        }
        let secret = TokenSecret.random()
        let now = Host.unixSeconds()
        let token = Token(
            id: id ?? Self.randomID(), scope: scope, models: models, created: Timestamp.text(secondsSince1970: now),
            expires: lifetime.map { Timestamp.text(secondsSince1970: now + $0) },
            hash: Self.hash(secret))
        try await change { (tokens) throws(ServerError) in
            guard tokens.count < TokenFile.maximumTokens else {
                throw ServerError(.conflict, subject: "tokens", cause: "there are \(tokens.count) already", remedy: "Revoke some")
            }
            guard !tokens.contains(where: { $0.id == token.id }) else {
                throw ServerError(
                    .conflict, subject: token.id, cause: "there is a token of this name", remedy: "Choose another name, or revoke that one")
            }
            tokens.append(token)
        }
        return (secret, token)
    }

    /// All tokens, oldest first.
    public func list() async throws(ServerError) -> [Token] {
        try await run { [self] () throws(ServerError) in try read().tokens }
    }

    /// Removes a token; a running server refuses it from then on.
    /// - Throws: `.notFound`.
    public func revoke(_ id: String) async throws(ServerError) {
        try await change { (tokens) throws(ServerError) in
            guard let index = tokens.firstIndex(where: { $0.id == id }) else {
                throw ServerError(.notFound, subject: id, cause: "there is no such token", remedy: "'waybill token list' shows them")
            }
            tokens.remove(at: index)
        }
    }

    /// The token whose secret this is. Every hash is compared to its end, so that time tells nothing.
    func identify(_ text: String) async throws(ServerError) -> Identified {
        guard let secret = TokenSecret(text) else { return .unknown }
        let hash = Self.hash(secret)
        let now = Host.monotonicNanoseconds()
        let cached = state.withLock { state -> Token? in
            guard let checked = state.checked, now - checked < Self.freshness else { return nil }
            return Self.find(hash, in: state.tokens)
        }
        let found: Token?
        if let cached { found = cached } else { found = Self.find(hash, in: try await refreshed()) }
        guard let token = found else { return .unknown }
        return token.isExpired(at: Host.unixSeconds()) ? .expired(token) : .token(token)
    }

    /// Twelve hexadecimal digits.
    private static func randomID() -> String {
        let digits = String(UInt64.random(in: 0..<1 << 48), radix: 16)
        return String(repeating: "0", count: 12 - digits.utf8.count) + digits
    }

    private static func hash(_ secret: TokenSecret) -> Digest { SHA256.digest(of: Array(secret.text.utf8)) }

    private static func find(_ hash: Digest, in tokens: [Token]) -> Token? {
        let wanted = hash.bytes
        var found: Token?
        for token in tokens {
            var difference: UInt8 = 0
            for (a, b) in zip(wanted, token.hash.bytes) { difference |= a ^ b }
            if difference == 0 { found = token }
        }
        return found
    }

    private func refreshed() async throws(ServerError) -> [Token] {
        try await run { [self] () throws(ServerError) in
            let folder = try system { () throws(SystemError) in try Folder.open(folderPath) }
            let status = try system { () throws(SystemError) in try folder.status(TokenFile.name) }
            let now = Host.monotonicNanoseconds()
            let unchanged = state.withLock { state -> [Token]? in
                guard state.checked != nil, state.status == status else { return nil }
                state.checked = now
                return state.tokens
            }
            if let unchanged { return unchanged }
            let tokens = try read().tokens
            state.withLock { state in
                state.tokens = tokens
                state.status = status
                state.checked = now
            }
            return tokens
        }
    }

    private func read() throws(ServerError) -> TokenFile {
        let bytes = try system { () throws(SystemError) -> [UInt8]? in
            let folder = try Folder.open(folderPath)
            guard try folder.status(TokenFile.name) != nil else { return nil }
            let file = try folder.file(TokenFile.name, .read)
            let size = try file.status().size
            guard size <= TokenFile.maximumBytes else {
                throw SystemError(.integrity, subject: path, cause: "has \(size) bytes, which is too long", remedy: "Restore the file")
            }
            return try file.read(at: 0, count: size)
        }
        guard let bytes else { return TokenFile() }
        return try TokenFile(decoding: bytes, subject: path)
    }

    private func change(_ body: @escaping @Sendable (inout [Token]) throws(ServerError) -> Void) async throws(ServerError) {
        try await run { [self] () throws(ServerError) in
            let lock = try system { () throws(SystemError) in
                let file = try Folder.open(folderPath).folder("locks", create: true).file("tokens", .readWrite)
                try file.lock()
                return file
            }
            defer { withExtendedLifetime(lock) {} }
            var file = try read()
            try body(&file.tokens)
            let bytes = file.encoded()
            try system { () throws(SystemError) in
                try Folder.open(folderPath).replace(TokenFile.name, with: bytes, mode: 0o600)
            }
            state.withLock { $0.checked = nil }
        }
    }

    private func run<T: Sendable>(_ job: @escaping @Sendable () throws(ServerError) -> T) async throws(ServerError) -> T {
        try await work.pool.run { (_) throws(ServerError) -> T in try job() }
    }

    private func system<T>(_ body: () throws(SystemError) -> T) throws(ServerError) -> T {
        do throws(SystemError) { return try body() } catch { throw ServerError(error) }
    }
}
