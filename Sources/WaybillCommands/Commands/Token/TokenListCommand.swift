import ArgumentParser
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem

struct TokenListCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens of a store, without their secrets.",
        discussion: """
            Example:
              waybill token list ./store
            """)

    @Argument(help: "The directory of a store.", completion: .directory)
    var store: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let path = try resolver.storeDirectory(store)
        let opened = try await lifting { () async throws(StoreError) in try await DirectoryStore.open(path, work: session.lightWork()) }
        let tokens = try await lifting { () async throws(ServerError) in try await TokenRegistry(store: opened).list() }
        let now = Host.unixSeconds()
        let values = tokens.map { token in
            OutputValue.object([
                "id": .string(token.id), "scope": .string(token.scope.rawValue), "models": .string(token.models.text),
                "created": .string(token.created), "expires": .optional(token.expires), "expired": .bool(token.isExpired(at: now)),
            ])
        }
        let lines = tokens.map { token -> TerminalText in
            let end = token.expires.map { "  \(token.isExpired(at: now) ? "expired" : "expires") \($0)" } ?? ""
            return "\(token.id)  \(TerminalText(token.scope.rawValue).padded(to: 4))  \(token.models.text)  created \(token.created)\(end)"
        }
        return CommandResult(
            ["store": .string(resolver.absolutePath(path)), "tokens": .array(values)],
            text: lines.isEmpty ? "the store has no tokens" : TerminalText(lines: lines))
    }
}
