import WaybillFormat
import WaybillSystem

/// Tokens that `waybill login` keeps, in `credentials.json`, readable by the user only.
package struct Credentials: Sendable {
    private static let file = "credentials.json"
    private static let member = "tokens"
    /// Bytes of a token.
    package static let maximumByteCount = 1024

    package let folder: ConfigurationFolder

    package init(_ folder: ConfigurationFolder) { self.folder = folder }

    /// - Parameter origin: see `RemoteLocation.origin`.
    package func token(for origin: String) throws(CommandError) -> String? {
        guard let entry = try folder.read(Self.file)[Self.member]?[origin] else { return nil }
        guard let text = entry.text else { return nil }
        return try Self.checked(text, subject: Self.file)
    }

    package func set(_ token: String, for origin: String) async throws(CommandError) {
        try await change { $0[origin] = .string(token) }
    }

    /// - Returns: whether there was one.
    package func remove(_ origin: String) async throws(CommandError) -> Bool {
        guard try folder.read(Self.file)[Self.member]?[origin] != nil else { return false }
        try await change { $0[origin] = nil }
        return true
    }

    private func change(_ body: (inout [String: JSONValue]) -> Void) async throws(CommandError) {
        try await folder.update(Self.file, mode: 0o600) { (members) throws(CommandError) in
            var tokens: [String: JSONValue] = [:]
            if case .object(let known)? = members[Self.member] { tokens = known }
            body(&tokens)
            members[Self.member] = .object(tokens)
        }
    }

    /// The token in the first line of a file.
    package static func read(file path: String) throws(CommandError) -> String {
        let bytes = try lifting { () throws(SystemError) in try OwnedFile.open(path, .read).read(at: 0, count: maximumByteCount + 2) }
        return try checked(String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self), subject: path)
    }

    /// `text` without the white space around it, if it can be a token.
    package static func checked(_ text: String, subject: String) throws(CommandError) -> String {
        let token = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard !token.isEmpty else {
            throw CommandError(.authentication, subject: subject, cause: "holds no token", remedy: "The token stands in the first line")
        }
        // Anything else would break out of the header line.
        guard token.utf8.count <= maximumByteCount, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CommandError(
                .authentication, subject: subject, cause: "what it holds is not a token",
                remedy: "A token is one word of at most \(maximumByteCount) letters, digits and signs")
        }
        return token
    }
}

extension RemoteLocation {
    /// `https://host[:port]`: what a token belongs to; nil for what is not HTTP.
    package var origin: String? {
        guard case .http(let scheme, let host, let port, _) = self else { return nil }
        return RemoteLocation.http(scheme: scheme, host: host, port: port, base: "").description
    }

    /// Whether a token may be sent there: over TLS, or without leaving this machine.
    package var mayCarryToken: Bool {
        guard case .http(let scheme, _, _, _) = self else { return false }
        return scheme == "https" || isLoopback
    }
}
