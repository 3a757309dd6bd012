import ArgumentParser
import WaybillFormat

struct RemoteAddCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Declare an alias.",
        discussion: """
            Example:
              waybill remote add hub https://models.example.com/hub
            """)

    @Argument(help: "The alias: letters, digits, hyphens, underscores.")
    var name: String

    @Argument(help: "http(s)://host[:port][/base], file:///dir or file:./dir.")
    var url: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        // What an address would not take for an alias is none.
        guard case .alias(name)? = try? Address(parsing: "\(name)/a/b").remote else {
            if name.contains("://") { throw .usage(name, "the name comes first, then the address", "waybill remote add NAME \(name)") }
            throw .usage(name, "is not an alias", "An alias is 1 to 64 letters, digits, hyphens and underscores, but not localhost")
        }
        let location = try resolver.declared(url)
        try await session.aliases.add(name, location)
        return CommandResult(
            ["name": .string(name), "url": .string(location.description)], text: "\(name) is \(location.description)", isSummary: true)
    }
}
