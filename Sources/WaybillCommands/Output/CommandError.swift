import WaybillFormat

/// Why a command failed, in the three parts that a person reads.
package struct CommandError: WaybillError, Equatable {
    package let code: ErrorCode
    package let subject: String
    package let cause: String
    package let remedy: String

    package init(_ code: ErrorCode, subject: String, cause: String, remedy: String = "") {
        self.code = code
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
    }

    package init(_ error: some WaybillError) {
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
    }

    static func usage(_ subject: String, _ cause: String, _ remedy: String) -> CommandError {
        CommandError(.usage, subject: subject, cause: cause, remedy: remedy)
    }

    /// The same error with another remedy.
    func advising(_ remedy: String) -> CommandError { CommandError(code, subject: subject, cause: cause, remedy: remedy) }

    /// Two lines for standard error.
    package var text: TerminalText {
        remedy.isEmpty ? "waybill: \(subject): \(cause)" : "waybill: \(subject): \(cause)\n  \(remedy)"
    }

    package var value: OutputValue {
        .object(["cause": .string(cause), "code": .string(code.rawValue), "remedy": .string(remedy), "subject": .string(subject)])
    }
}

/// Runs `body` and turns a lower module's error into a `CommandError`.
func lifting<T, E: WaybillError>(_ body: () throws(E) -> T) throws(CommandError) -> T {
    do throws(E) { return try body() } catch { throw CommandError(error) }
}

/// As `lifting`, for work that waits.
func lifting<T, E: WaybillError>(_ body: () async throws(E) -> T) async throws(CommandError) -> T {
    do throws(E) { return try await body() } catch { throw CommandError(error) }
}
