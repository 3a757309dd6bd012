import ArgumentParser
import Dispatch
import WaybillFormat
import WaybillSystem

/// One invocation of `waybill`: the command line, taken apart; then run. Protocol/CLI.md says what it prints.
public struct CommandLineTool: Sendable {
    private enum Action: Sendable {
        case run(any SessionCommand)
        case finish(CommandResult)
    }

    private let output: Output
    private let session: Session
    private let action: Action

    /// - Parameter arguments: without the name of the program.
    public init(_ arguments: [String]) { self.init(arguments, console: .ofProcess()) }

    package init(_ arguments: [String], console: Console) {
        let path = CommandPath(arguments, root: RootCommand.self)
        let result = Self.parse(arguments, path, columns: console.helpColumns)
        switch result {
        case .run(let command):
            let isTerminal = console.errorColumns() != nil && console.environment("TERM") != "dumb"
            output = Output(
                console, command: path.text, json: command.answersInJSON, quiet: command.isQuiet,
                style: command.style(isTerminal: isTerminal))
        case .finish:
            let json = arguments.prefix { $0 != "--" }.contains("--json")
            output = Output(console, command: path.text, json: json, quiet: false, style: .none)
        }
        session = Session(console, output: output)
        action = result
    }

    /// The command that will run; nil where the command line asks for help or is wrong.
    package var command: (any SessionCommand)? {
        guard case .run(let command) = action else { return nil }
        return command
    }

    private static func parse(_ arguments: [String], _ path: CommandPath, columns: Int?) -> Action {
        // The root has no `--json` of its own, and these two need no command.
        let words = arguments.filter { $0 != "--json" }
        if words == ["--version"] {
            return .finish(CommandResult(["version": .string(RootCommand.version)], text: TerminalText(stringLiteral: RootCommand.version)))
        }
        if words.isEmpty { return help(RootCommand.helpMessage(columns: columns)) }
        let asksForHelp = words[0] == "help" || words.contains("--help") || words.contains("-h")
        do {
            var command = try RootCommand.parseAsRoot(arguments)
            if let command = command as? any SessionCommand { return .run(command) }
            if !asksForHelp, let error = path.unknownCommand ?? path.missingCommand { return .finish(CommandResult([:], error: error)) }
            // The parser's own command for help says it by throwing.
            try command.run()
            return help(RootCommand.helpMessage(columns: columns))
        } catch {
            if RootCommand.exitCode(for: error) == .success { return help(RootCommand.fullMessage(for: error, columns: columns)) }
            let known = path.unknownCommand ?? path.missingCommand
            return .finish(CommandResult([:], error: known ?? UsageMessage.error(RootCommand.message(for: error), path)))
        }
    }

    private static func help(_ text: String) -> Action {
        let trimmed = String(text.reversed().drop(while: \.isNewline).reversed())
        return .finish(CommandResult(["help": .string(trimmed)], text: TerminalText(stringLiteral: trimmed)))
    }

    /// Prepares the process: an interrupted command says so, once, and ends with 130 or 143. Call before any other thread starts.
    public func prepareProcess() {
        Host.ignoreBrokenPipes()
        Host.boundAllocatorArenas()
        Host.raiseFileLimit()
        if case .run(let command) = action, command.handlesSignals { return }
        Host.onInterrupt { [output] signal in Host.exit(output.interrupted(by: signal)) }
    }

    /// Runs the command and prints what it has to say.
    /// - Returns: the exit code.
    public func run() async -> Int32 {
        switch action {
        case .finish(let result): return output.finish(result)
        case .run(let command):
            do throws(CommandError) {
                return output.finish(try await command.run(in: session))
            } catch {
                return output.fail(error)
            }
        }
    }

    /// Runs the command on the cooperative pool and ends the process.
    ///
    /// The calling thread waits: an asynchronous `main` would leave it to the system's dispatcher, whose waiting thread takes every
    /// signal by its default action.
    public func runAndExit() -> Never {
        Task.detached { Host.exit(await run()) }
        let never = DispatchSemaphore(value: 0)
        while true { never.wait() }
    }
}
