import WaybillFormat

/// `private/tokens.json`: `{"tokens":[{"created","expires","id","models","scope","sha256"}],"waybill":1}`, canonical when we
/// write it, strict when we read it.
struct TokenFile {
    static let name = "tokens.json"
    static let maximumBytes = 4 << 20
    static let maximumTokens = 10_000

    var tokens: [Token] = []

    init() {}

    init(decoding bytes: [UInt8], subject: String) throws(ServerError) {
        func damaged(_ cause: String) -> ServerError {
            ServerError(
                .integrity, subject: subject, cause: cause,
                remedy: "Restore the file, or remove it and make new tokens with 'waybill token create'")
        }
        let root: JSONValue
        do throws(FormatError) {
            root = try JSONValue(parsing: bytes, maximumDepth: 4, subject: subject)
        } catch {
            throw damaged(error.cause)
        }
        guard case .object(let members) = root, Set(members.keys) == ["tokens", "waybill"], members["waybill"] == .integer(1),
            let elements = members["tokens"]?.elements
        else { throw damaged("is not a list of tokens that this version knows") }
        guard elements.count <= Self.maximumTokens else { throw damaged("has more than \(Self.maximumTokens) tokens") }
        var ids: Set<String> = []
        for element in elements {
            guard let token = Self.token(element) else { throw damaged("has a token with wrong members") }
            guard ids.insert(token.id).inserted else { throw damaged("has the token \(token.id) twice") }
            tokens.append(token)
        }
    }

    private static func token(_ value: JSONValue) -> Token? {
        guard case .object(let members) = value, Set(members.keys) == ["created", "expires", "id", "models", "scope", "sha256"],
            let created = members["created"]?.text, Timestamp.secondsSince1970(created) != nil,
            let id = members["id"]?.text, Token.isID(id),
            let models = members["models"]?.text, let pattern = try? ModelPattern(models),
            let scope = members["scope"]?.text.flatMap(Token.Scope.init(rawValue:)),
            let hash = members["sha256"]?.text.flatMap({ Digest(hex: $0) })
        else { return nil }
        let expires = members["expires"]?.text
        guard expires != nil || members["expires"] == .null else { return nil }
        if let expires, Timestamp.secondsSince1970(expires) == nil { return nil }
        return Token(id: id, scope: scope, models: pattern, created: created, expires: expires, hash: hash)
    }

    func encoded() -> [UInt8] {
        let elements = tokens.map { token in
            JSONValue.object([
                "created": .string(token.created), "expires": token.expires.map { .string($0) } ?? .null, "id": .string(token.id),
                "models": .string(token.models.text), "scope": .string(token.scope.rawValue), "sha256": .string(token.hash.hex),
            ])
        }
        return JSONValue.object(["tokens": .array(elements), "waybill": .integer(1)]).canonical + [10]
    }
}
