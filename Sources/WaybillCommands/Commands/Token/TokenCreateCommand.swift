import ArgumentParser
import WaybillFormat
import WaybillServer
import WaybillStore

extension Token.Scope: ExpressibleByArgument {}

struct TokenCreateCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a token and print it, once.",
        usage: "waybill token create <store> [--scope <scope>] [<options>]",
        discussion: """
            The store keeps its hash only: who loses the token makes another. A running server knows it within a second.

            Example:
              waybill token create ./store --scope push --models 'acme/*' > token
            """)

    @Argument(help: "The directory of a store.", completion: .directory)
    var store: String

    @Option(help: "What it allows: push (implies read), or read (of a private mirror).")
    var scope: Token.Scope = .push

    @Option(help: ArgumentHelp("The models whose refs it may move: *, acme/* or acme/tiny.", valueName: "glob"))
    var models = "*"

    @Option(help: ArgumentHelp("It expires after so many days; never unless given.", valueName: "n"))
    var days: Int?

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let path = try resolver.storeDirectory(store)
        let pattern = try lifting { () throws(ServerError) in try ModelPattern(models) }
        if let days, !(1...36_600).contains(days) { throw .usage("--days \(days)", "is not a lifetime", "Give 1 to 36600 days") }
        let opened = try await lifting { () async throws(StoreError) in try await DirectoryStore.open(path, work: session.lightWork()) }
        let made = try await lifting { () async throws(ServerError) in
            try await TokenRegistry(store: opened).create(scope: scope, models: pattern, lifetime: days.map { $0 * 86_400 })
        }
        session.output.notice("token \(made.token.id): \(made.token.scope.rawValue) for \(made.token.models.text). It is shown only now.")
        return CommandResult(
            [
                "store": .string(resolver.absolutePath(path)), "id": .string(made.token.id), "scope": .string(made.token.scope.rawValue),
                "models": .string(made.token.models.text), "expires": .optional(made.token.expires), "token": .string(made.secret.text),
            ], text: TerminalText(made.secret.text))
    }
}
