import ArgumentParser
import WaybillStore

/// Options of commands that reach a remote.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file whose first line is the token for the remote (else WAYBILL_TOKEN_FILE, else 'waybill login').", valueName: "file"))
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "How long to go on when a remote fails: 90, 90s, 5m, 1h; 0 gives up at once. (default: 2m, a few seconds where none answered yet)",
            valueName: "duration"))
    var wait: WaitTime?

    var retry: RetryPolicy { wait.map { RetryPolicy(patience: $0.seconds) } ?? RetryPolicy() }
}
