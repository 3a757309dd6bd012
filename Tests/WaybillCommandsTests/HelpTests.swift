import Testing
import WaybillCommands
import WaybillFormat

@Suite struct HelpTests {
    static let names = [
        "", "push", "pull", "verify", "repair", "show", "list", "diff", "ref", "ref list", "ref log", "ref set", "ref withdraw", "serve",
        "store",
        "store init", "store stats", "store check", "store gc", "store repair", "remote", "remote add", "remote list", "remote remove",
        "login",
        "logout", "token", "token create",
        "token list", "token revoke", "completions", "papers", "papers init", "papers check", "papers show", "papers export", "policy",
        "policy check",
        "policy explain", "policy test",
    ]

    @Test(arguments: names)
    func everyHelpHasAnExample(name: String) async throws {
        let words = name.split(separator: " ").map(String.init)
        let ran = await TestConsole().run(words + ["--help"])
        #expect(ran.code == 0)
        #expect(ran.errors.isEmpty)
        #expect(ran.output.hasPrefix("OVERVIEW: "))
        #expect(ran.output.contains("Example:\n  waybill "), "\(ran.output)")
        #expect(ran.output.contains("USAGE: waybill \(name.isEmpty ? "<subcommand>" : name)"), "\(ran.output)")
        #expect(ran.output.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE:") })
        #expect(await TestConsole().run(["help"] + words).output == ran.output)
        let object = try await TestConsole().run(words + ["--help", "--json"]).object()
        #expect(object["help"]?.text.map { $0 + "\n" } == ran.output)
        #expect(object["ok"] == .bool(true))
    }

    @Test func withoutACommandHelpIsShown() async {
        let ran = await TestConsole().run()
        #expect(ran.code == 0)
        #expect(ran.output == (await TestConsole().run("--help")).output)
    }

    @Test func helpOfPull() async {
        let ran = await TestConsole().run("pull", "--help")
        #expect(ran.output == Self.pull, "\(ran.output)")
    }

    private static let pull = """
        OVERVIEW: Bring a directory to a revision of a model.

        What the directory holds already is not fetched again. Every byte is checked
        before files take their names, all at once. An interrupted pull is continued by
        running it again. Files that you edited, and files that Waybill did not write,
        are never replaced without --overwrite.

        Example:
          waybill pull http://localhost:8090/acme/tiny
          waybill pull hub/acme/tiny:v1.2 ./t --include '*.safetensors'

        USAGE: waybill pull <address> [<directory>] [--from <remote>]... [<options>]

        ARGUMENTS:
          <address>               What: REMOTE/org/name[:ref][@sha256].
          <directory>             The directory; ./<name> unless given.

        OPTIONS:
          --from <remote>         Another remote to take bytes from. May be repeated.
          --include <glob>        Only files that match. May be repeated; later pulls
                                  remember it. '*' brings everything again.
          --overwrite             Replace edited files, and files that Waybill did not
                                  write.
          --policy <policy>       Let in only what this policy allows: a file, or
                                  permissive-commercial, eu-documented, research.
          --token-file <file>     A file whose first line is the token for the remote
                                  (else WAYBILL_TOKEN_FILE, else 'waybill login').
          --wait <duration>       How long to go on when a remote fails: 90, 90s, 5m,
                                  1h; 0 gives up at once. (default: 2m, a few seconds
                                  where none answered yet)
          --memory <size>         Resident memory to stay within, at least 128M.
                                  (default: 256M)
          --jobs <n>              Threads that hash and code. (default: the processors,
                                  as far as --memory allows)
          --progress <mode>       How progress is shown on standard error: auto, plain,
                                  json (one object a line) or none. (values: auto,
                                  plain, json, none; default: auto)
          --json                  Print one JSON object on standard output, nothing
                                  else.
          -q, --quiet             No messages, progress or summary; errors remain.
          --version               Show the version.
          -h, --help              Show help information.

        """
}
