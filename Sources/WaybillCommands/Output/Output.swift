import Synchronization
import WaybillFormat
import WaybillTransfer

/// Where a command's words go: the result to standard output, once; everything else to standard error.
package final class Output: Sendable {
    package let command: String
    private let console: Console
    private let status: StatusStream
    private let json: Bool
    private let quiet: Bool
    private enum Stage { case running, announced, finished }

    private let stage = Mutex(Stage.running)

    package init(_ console: Console, command: String, json: Bool, quiet: Bool, style: StatusStream.Style) {
        self.console = console
        self.command = command
        self.json = json
        self.quiet = quiet
        status = StatusStream(console, style: quiet ? .none : style, command: command)
    }

    package var progress: ProgressHandler {
        { [status] progress in status.update(progress) }
    }

    /// What a person may want to know.
    package func notice(_ text: TerminalText) {
        if !quiet { status.message(text, level: "notice") }
    }

    /// What a person should know, also with `--quiet`.
    package func warning(_ text: TerminalText) { status.message("waybill: warning: \(text)", level: "warning") }

    /// A question to the person at the terminal, whose answer follows on the same line.
    package func ask(_ text: TerminalText) { console.writeError(text.description) }

    /// Prints the result. Only the first of all calls that end a command does anything.
    /// - Returns: the exit code.
    package func finish(_ result: CommandResult) -> Int32 {
        let before = enter(.finished)
        guard before != .finished else { return ErrorCode.interrupted.exitCode }
        status.close()
        if before == .announced {
            // Standard output had its object.
        } else if json {
            print(result.fields, error: result.error)
        } else if let text = result.text, !(quiet && result.isSummary && result.error == nil) {
            console.write(text.description + "\n")
        }
        guard let error = result.error else { return 0 }
        status.message(error.text, level: "error")
        return error.code.exitCode
    }

    /// Prints the error.
    /// - Returns: the exit code.
    package func fail(_ error: CommandError) -> Int32 { finish(CommandResult([:], error: error)) }

    /// Prints that a signal ended the command.
    /// - Returns: 128 and the signal.
    package func interrupted(by signal: Int32) -> Int32 {
        let name = signal == 2 ? "SIGINT" : "SIGTERM"
        _ = fail(
            CommandError(
                .interrupted, subject: command, cause: "was interrupted (\(name))",
                remedy: "Run the same command again: what was verified is kept"))
        return 128 + signal
    }

    /// Prints the object of a command that goes on, `serve`: it is the only one.
    package func announce(_ fields: [String: OutputValue], text: TerminalText) {
        guard enter(.announced) == .running else { return }
        if json { print(fields, error: nil) } else { console.write(text.description + "\n") }
    }

    /// - Returns: the stage before; a finished command stays so.
    private func enter(_ next: Stage) -> Stage {
        stage.withLock { stage in
            let before = stage
            if before != .finished { stage = next }
            return before
        }
    }

    private func print(_ fields: [String: OutputValue], error: CommandError?) {
        var members = fields
        members["schema"] = 1
        members["command"] = .string(command)
        members["ok"] = .bool(error == nil)
        members["error"] = error?.value
        console.write(OutputValue.object(members).json + "\n")
    }
}
