import FoundationEssentials
import WaybillSystem

/// What a command sees of the process: tests give their own.
package struct Console: Sendable {
    package var environment: @Sendable (String) -> String?
    /// Absolute.
    package var currentDirectory: String
    package var write: @Sendable (String) -> Void
    package var writeError: @Sendable (String) -> Void
    /// The width of the terminal on standard error; nil where it is none.
    package var errorColumns: @Sendable () -> Int?
    /// A line from standard input, hidden at a terminal.
    package var readSecret: @Sendable () -> String?
    package var isInputTerminal: Bool
    /// A line from standard input, as it is typed.
    package var readLine: @Sendable () -> String? = { Swift.readLine() }
    /// Nanoseconds of a clock that never jumps.
    package var now: @Sendable () -> UInt64

    /// What an administrator decided for this machine.
    package var systemPolicy = "/etc/waybill/policy.yaml"

    /// The width of help; nil: that of the terminal.
    package var helpColumns: Int?

    package init(
        environment: @escaping @Sendable (String) -> String?, currentDirectory: String, write: @escaping @Sendable (String) -> Void,
        writeError: @escaping @Sendable (String) -> Void, errorColumns: @escaping @Sendable () -> Int?,
        readSecret: @escaping @Sendable () -> String?, isInputTerminal: Bool, now: @escaping @Sendable () -> UInt64
    ) {
        self.environment = environment
        self.currentDirectory = currentDirectory
        self.write = write
        self.writeError = writeError
        self.errorColumns = errorColumns
        self.readSecret = readSecret
        self.isInputTerminal = isInputTerminal
        self.now = now
    }

    /// The real one.
    package static func ofProcess() -> Console {
        Console(
            environment: { Host.environment($0) }, currentDirectory: FileManager.default.currentDirectoryPath,
            write: { Host.write($0, to: 1) }, writeError: { Host.write($0, to: 2) },
            errorColumns: { Host.isTerminal(2) ? Host.terminalColumns(2) : nil },
            readSecret: { Host.readSecretLine() }, isInputTerminal: Host.isTerminal(0), now: { Host.monotonicNanoseconds() })
    }
}
