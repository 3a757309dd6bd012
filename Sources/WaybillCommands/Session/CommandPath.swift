import ArgumentParser

/// Which command a command line means, as far as it can be told: needed to name the command in errors.
package struct CommandPath: Sendable {
    /// Names below the root: `["ref", "set"]`.
    package let names: [String]
    /// A word that stands where a command should.
    package let unknown: String?
    /// Words that could stand there.
    package let candidates: [String]
    package let isGroup: Bool

    /// What `--json` and messages call it.
    package var text: String { names.isEmpty ? "waybill" : names.joined(separator: " ") }

    package init(_ arguments: [String], root: any ParsableCommand.Type) {
        var current: any ParsableCommand.Type = root
        var names: [String] = []
        var unknown: String?
        for argument in arguments {
            if argument == "--" || current.configuration.subcommands.isEmpty { break }
            if argument.hasPrefix("-") { continue }
            if names.isEmpty, argument == "help" { continue }
            guard let next = current.configuration.subcommands.first(where: { $0._commandName == argument }) else {
                unknown = argument
                break
            }
            names.append(argument)
            current = next
        }
        self.names = names
        self.unknown = unknown
        candidates = current.configuration.subcommands.map { $0._commandName }
        isGroup = !candidates.isEmpty
    }

    /// What people who come from other tools write.
    private static let synonyms = [
        "clone": "pull", "download": "pull", "get": "pull", "fetch": "pull", "upload": "push", "put": "push", "ls": "list",
        "server": "serve",
        "init": "store init", "stats": "store stats", "check": "verify", "fsck": "verify", "info": "show", "inspect": "show",
        "refs": "ref list",
        "log": "ref log", "tag": "ref set", "remotes": "remote list", "tokens": "token list", "completion": "completions",
        "delete": "remove",
        "rm": "remove", "new": "create", "version": "--version",
    ]

    /// The error for the unknown word.
    var unknownCommand: CommandError? {
        guard let unknown else { return nil }
        let prefix = (["waybill"] + names).joined(separator: " ")
        let meant =
            Nearest.to(unknown, in: candidates) ?? Self.synonyms[unknown].flatMap { names.isEmpty || candidates.contains($0) ? $0 : nil }
        let remedy =
            if let meant {
                "Did you mean '\(prefix) \(meant)'?"
            } else {
                "'\(prefix)' has: \(candidates.joined(separator: ", "))"
            }
        return .usage(unknown, "there is no such command", remedy)
    }

    /// The error for a group that was named without one of its commands.
    var missingCommand: CommandError? {
        guard isGroup, !names.isEmpty else { return nil }
        return .usage(text, "which of its commands?", "'waybill \(text)' has: \(candidates.joined(separator: ", "))")
    }
}
