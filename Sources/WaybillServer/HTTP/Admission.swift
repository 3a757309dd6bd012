import HTTPTypes
import WaybillFormat

/// Who asks, and what that lets them do.
struct Admission: Sendable {
    let token: Token?
    private let subject: String
    private let isPrivate: Bool
    private let allowsAnonymousPush: Bool

    /// Reads the `Authorization` header. A token that is not good is refused even where none is needed, except for reads of a
    /// public mirror: its owner should learn of it.
    init(
        _ headers: HTTPFields, subject: String, isRead: Bool, configuration: MirrorServer.Configuration, tokens: TokenRegistry
    ) async throws(Refusal) {
        self.subject = subject
        isPrivate = configuration.isPrivate
        allowsAnonymousPush = configuration.allowsAnonymousPush
        guard let header = headers[.authorization], !(isRead && !isPrivate) else {
            token = nil
            return
        }
        let words = header.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else {
            throw Self.unauthorized(subject, "the Authorization header is not 'Bearer TOKEN'")
        }
        let identified: TokenRegistry.Identified
        do throws(ServerError) {
            identified = try await tokens.identify(String(words[1]))
        } catch {
            throw Refusal(
                .internalServerError, .failure, subject: subject, cause: "the mirror cannot read its tokens",
                remedy: "Tell the operator of the mirror")
        }
        switch identified {
        case .token(let known): token = known
        case .expired(let known):
            throw Self.unauthorized(subject, "the token \(known.id) expired on \(known.expires ?? "")")
        case .unknown:
            throw Self.unauthorized(subject, "the mirror does not know this token")
        }
    }

    func requireRead() throws(Refusal) {
        guard isPrivate, token == nil else { return }
        throw Self.unauthorized(subject, "this mirror is private")
    }

    /// - Parameter model: the model whose ref moves; nil where no ref does.
    func requirePush(_ model: ModelName? = nil) throws(Refusal) {
        if allowsAnonymousPush { return }
        guard let token else { throw Self.unauthorized(subject, "pushing needs a token") }
        guard token.scope == .push else { throw forbidden("the token \(token.id) only reads", "Use a token with scope push") }
        if let model, !token.models.matches(model) {
            throw forbidden("the token \(token.id) is for models '\(token.models)', not for \(model)", "Use a token for this model")
        }
    }

    /// For what concerns every model of an organisation.
    func requirePush(org: OrganizationName) throws(Refusal) {
        try requirePush()
        if let token, !token.models.coversAll(of: org) {
            throw forbidden(
                "the token \(token.id) is for models '\(token.models)', not for all of '\(org.text)'", "Use a token for '\(org.text)/*'")
        }
    }

    func describeToken() throws(Refusal) -> Answer {
        guard let token else { throw Self.unauthorized(subject, "no token was sent") }
        return .json(
            .ok,
            .object([
                "models": .string(token.models.text), "scope": .string(token.scope.rawValue), "token": .string(token.id),
            ]), headers: [.cacheControl: "no-store"])
    }

    private func forbidden(_ cause: String, _ remedy: String) -> Refusal {
        Refusal(.forbidden, .authentication, subject: subject, cause: cause, remedy: remedy)
    }

    private static func unauthorized(_ subject: String, _ cause: String) -> Refusal {
        var refusal = Refusal(
            .unauthorized, .authentication, subject: subject, cause: cause,
            remedy: "'waybill login' stores a token; the mirror's operator makes one with 'waybill token create'")
        refusal.headers[.wwwAuthenticate] = "Bearer realm=\"waybill\""
        return refusal
    }
}
