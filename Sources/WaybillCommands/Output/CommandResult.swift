/// What a command has to say when it is done.
package struct CommandResult: Sendable {
    /// Members of the `--json` object beside `schema`, `command`, `ok` and `error`.
    package var fields: [String: OutputValue]
    /// For a person, on standard output.
    package var text: TerminalText?
    /// The text only confirms what was done: `--quiet` leaves it out.
    package var isSummary: Bool
    /// The command did its work and found something wrong.
    package var error: CommandError?

    package init(_ fields: [String: OutputValue], text: TerminalText? = nil, isSummary: Bool = false, error: CommandError? = nil) {
        self.fields = fields
        self.text = text
        self.isSummary = isSummary
        self.error = error
    }
}
