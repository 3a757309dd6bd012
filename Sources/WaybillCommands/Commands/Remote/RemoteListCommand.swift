import ArgumentParser
import WaybillFormat

struct RemoteListCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the aliases.",
        discussion: """
            Example:
              waybill remote list
            """)

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let aliases = try session.aliases.all().sorted { $0.key < $1.key }
        var values: [OutputValue] = []
        var lines: [TerminalText] = []
        let width = aliases.map(\.key.count).max() ?? 0
        for (name, location) in aliases {
            var loggedIn = false
            if let origin = location.origin { loggedIn = try session.credentials.token(for: origin) != nil }
            values.append(.object(["name": .string(name), "url": .string(location.description), "loggedIn": .bool(loggedIn)]))
            lines.append("\(TerminalText(name).padded(to: width))  \(location.description)\(loggedIn ? "  (logged in)" : "")")
        }
        return CommandResult(
            ["remotes": .array(values)], text: lines.isEmpty ? "no remotes are declared" : TerminalText(lines: lines))
    }
}
