import ArgumentParser
import WaybillFormat
import WaybillStore

struct LoginCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Keep a token for a remote.",
        discussion: """
            The token is read from the terminal, hidden, or from the first line of standard input; it is checked with the mirror \
            before it is kept, readable by you only.

            Example:
              waybill login https://models.example.com/hub
              waybill login hub < token
            """)

    @Argument(help: "REMOTE: an address without the model, or an alias.")
    var target: String

    @Option(help: ArgumentHelp("A file whose first line is the token.", valueName: "file"))
    var tokenFile: String?

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let remote = try session.resolver().remote(target)
        guard let origin = remote.location.origin else {
            throw .usage(remote.text, "needs no token", "Tokens are for http:// and https:// remotes")
        }
        guard remote.location.mayCarryToken else {
            throw .usage(remote.text, "a token is never sent over plain HTTP beyond this machine, so none is kept", "Use the https address")
        }
        let token = try token(origin, session)
        let http = try lifting { () throws(StoreError) in
            try HTTPStore(remote.location, token: token, connections: 1) { [output = session.output] in output.notice("\($0)") }
        }
        let checked: TokenDescription?
        do throws(CommandError) {
            checked = try await check(http, origin)
        } catch {
            await http.close()
            throw error
        }
        await http.close()
        try await session.credentials.set(token, for: origin)
        let what: TerminalText =
            checked.map { "logged in to \(origin): \($0.scope) for \($0.models), token \($0.id)" }
            ?? "kept a token for \(origin); it is a plain web server, so the token could not be checked"
        return CommandResult(
            [
                "remote": .string(remote.text), "checked": .bool(checked != nil), "token": .optional(checked?.id),
                "scope": .optional(checked?.scope), "models": .optional(checked?.models),
            ], text: what, isSummary: true)
    }

    private func token(_ origin: String, _ session: Session) throws(CommandError) -> String {
        if let tokenFile { return try Credentials.read(file: tokenFile) }
        if session.console.isInputTerminal { session.console.writeError("token for \(origin): ") }
        let line = session.console.readSecret()
        if session.console.isInputTerminal { session.console.writeError("\n") }
        guard let line else {
            throw .usage("login", "no token was given", "Type it, or give it on standard input or with --token-file FILE")
        }
        return try Credentials.checked(line, subject: "standard input")
    }

    /// What the mirror says of the token; nil where it is a plain web server.
    private func check(_ http: HTTPStore, _ origin: String) async throws(CommandError) -> TokenDescription? {
        do throws(StoreError) {
            _ = try await http.serverDescription()
            return try await http.whoami()
        } catch {
            if error.code == .usage { return nil }
            if error.code == .authentication {
                throw CommandError(
                    .authentication, subject: origin, cause: "the mirror does not accept this token",
                    remedy: "Check it, or ask the operator for another")
            }
            throw CommandError(error)
        }
    }
}
