import ArgumentParser

/// A command that can be run: it gets what it needs from the session and says what it has done.
package protocol SessionCommand: ParsableCommand, Sendable {
    /// `--json` and `--quiet`.
    var answersInJSON: Bool { get }
    var isQuiet: Bool { get }
    func style(isTerminal: Bool) -> StatusStream.Style
    /// The command ends in its own way on SIGINT and SIGTERM.
    var handlesSignals: Bool { get }

    func run(in session: Session) async throws(CommandError) -> CommandResult
}

extension SessionCommand {
    package func style(isTerminal: Bool) -> StatusStream.Style { .none }
    package var handlesSignals: Bool { false }
}

/// Commands with the usual options.
protocol StandardCommand: SessionCommand {
    var common: CommonOptions { get }
}

extension StandardCommand {
    package var answersInJSON: Bool { common.json }
    package var isQuiet: Bool { common.quiet }
}

/// Commands that show progress.
protocol LongCommand: StandardCommand {
    var display: ProgressOptions { get }
}

extension LongCommand {
    package func style(isTerminal: Bool) -> StatusStream.Style { display.progress.style(isTerminal: isTerminal) }
}
