import ArgumentParser

/// Options of commands that reach a remote.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file whose first line is the token for the remote (else WAYBILL_TOKEN_FILE, else 'waybill login').", valueName: "file"))
    var tokenFile: String?
}
