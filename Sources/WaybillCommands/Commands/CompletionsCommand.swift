import ArgumentParser

struct CompletionsCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a completion script for a shell.",
        discussion: """
            Example:
              waybill completions bash > ~/.local/share/bash-completion/completions/waybill
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish

        var shell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let script = RootCommand.completionScript(for: shell.shell)
        return CommandResult(["shell": .string(shell.rawValue), "script": .string(script)], text: TerminalText(stringLiteral: script))
    }
}
