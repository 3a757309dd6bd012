import ArgumentParser

/// Who signs, for commands that write entries.
struct SigningOptions: ParsableArguments {
    @Option(
        name: .customLong("key"),
        help: ArgumentHelp("A private key (PEM) to sign with. May be repeated, for thresholds above one.", valueName: "file"),
        completion: .file())
    var keys: [String] = []

    @Option(
        name: .customLong("signer"),
        help: ArgumentHelp(
            "A command that holds a private key: it is run as 'COMMAND sign' and 'COMMAND public-key'. May be repeated.",
            valueName: "command"))
    var signers: [String] = []

    @Option(
        help: ArgumentHelp(
            "After this time readers refuse the entry (30d, 12h): sign it again before. Without it a stale mirror is not noticed.",
            valueName: "time"))
    var expires: TimeSpan?

    var isEmpty: Bool { keys.isEmpty && signers.isEmpty }
}
