import Testing
import WaybillCommands
import WaybillFormat

@Suite struct ParseTests {
    static let digest = String(repeating: "0a", count: 32)

    /// Every command with every option, and the type that it becomes.
    static let commands: [(line: String, type: String)] = [
        (
            "push ./m http://h/acme/tiny:v1 --expect 3 --token-file t --wait 5m --memory 512M --jobs 2 --progress json --quiet --json",
            "PushCommand"
        ),
        (
            "pull h/acme/tiny@\(digest) dir --from a --from b --include *.json --include x --overwrite --wait 0 --memory 1G --jobs 1 --progress plain -q",
            "PullCommand"
        ),
        ("pull h/acme/tiny", "PullCommand"),
        ("verify", "VerifyCommand"),
        ("verify dir --quick --memory 256MiB --progress none --json", "VerifyCommand"),
        ("repair", "RepairCommand"),
        ("repair dir --from a --from b --token-file t --memory 256MiB --jobs 1 --progress none --json", "RepairCommand"),
        ("show h/acme/tiny --token-file t --json", "ShowCommand"),
        ("list h --sizes --json", "ListCommand"),
        ("diff a b --json --progress auto", "DiffCommand"),
        ("ref list h/acme/tiny --json", "RefListCommand"),
        ("ref log h/acme/tiny:v1 --limit 3", "RefLogCommand"),
        ("ref set h/acme/tiny:prod @\(digest) --expect 0", "RefSetCommand"),
        ("ref set h/acme/tiny:prod :main", "RefSetCommand"),
        ("ref withdraw h/acme/tiny:prod --reason gone --expect 1", "RefWithdrawCommand"),
        ("serve store --listen 127.0.0.1:0 --private --memory 300M --json", "ServeCommand"),
        ("serve store --allow-anonymous-push", "ServeCommand"),
        ("store init d --json", "StoreInitCommand"),
        ("store stats d", "StoreStatsCommand"),
        (
            "store gc d --dry-run --keep-last 3 --keep-within 30d --keep-ref v* --keep-ref a/b:c --grace 0s --abandon-after 1w --repack-above 50",
            "StoreGCCommand"
        ),
        ("store check --progress plain", "StoreCheckCommand"),
        ("store check d --read-data --memory 1G --json", "StoreCheckCommand"),
        ("store repair d --from a --from b --token-file t --quiet", "StoreRepairCommand"),
        ("remote add hub http://h", "RemoteAddCommand"),
        ("remote list --json", "RemoteListCommand"),
        ("remote remove hub", "RemoteRemoveCommand"),
        ("login hub --token-file t", "LoginCommand"),
        ("logout hub", "LogoutCommand"),
        ("token create s --scope read --models acme/* --days 3", "TokenCreateCommand"),
        ("token list s", "TokenListCommand"),
        ("token revoke s 0123456789ab", "TokenRevokeCommand"),
        ("completions zsh", "CompletionsCommand"),
    ]

    @Test(arguments: commands)
    func everyCommandIsParsed(line: String, type: String) throws {
        let arguments = line.split(separator: " ").map(String.init)
        let tool = CommandLineTool(arguments, console: TestConsole().console)
        let command = try #require(tool.command, "\(line)")
        #expect("\(Swift.type(of: command))" == type)
        #expect(command.answersInJSON == arguments.contains("--json"))
        #expect(command.isQuiet == (arguments.contains("--quiet") || arguments.contains("-q")))
    }

    @Test func waits() {
        let right = ["0": 0.0, "90": 90, "7s": 7, "2m": 120, "3H": 10_800, "24h": 86_400]
        for (text, seconds) in right { #expect(WaitTime(argument: text)?.seconds == seconds, "\(text)") }
        let wrong = ["", "s", "-1", "1.5s", "1 s", "5d", "25h", "m2", "99999999999999999999", "9223372036854775807h", "٣s"]
        for text in wrong { #expect(WaitTime(argument: text) == nil, "\(text)") }
    }

    /// What belongs to later versions is not offered.
    @Test(arguments: ["sync", "peer", "gc"])
    func laterCommandsAreUnknown(name: String) async {
        let ran = await TestConsole().run(name)
        #expect(ran.code == 2)
        #expect(ran.errors.hasPrefix("waybill: \(name): there is no such command\n  "))
    }

    @Test(arguments: [
        ("psuh a b", "psuh", "Did you mean 'waybill push'?"),
        ("clone x", "clone", "Did you mean 'waybill pull'?"),
        ("ref lst x", "lst", "Did you mean 'waybill ref list'?"),
        ("log x", "log", "Did you mean 'waybill ref log'?"),
        ("tokens", "tokens", "Did you mean 'waybill token'?"),
        ("zzzzzz", "zzzzzz", "'waybill' has: push, pull"),
        ("store zzzz", "zzzz", "'waybill store' has: init, stats"),
    ])
    func unknownCommandsGetASuggestion(line: String, subject: String, remedy: String) async {
        let ran = await TestConsole().run(line.split(separator: " ").map(String.init))
        #expect(ran.code == 2)
        #expect(ran.output.isEmpty)
        #expect(ran.errors.hasPrefix("waybill: \(subject): there is no such command\n  \(remedy)"), "\(ran.errors)")
    }

    @Test(arguments: [
        ("push", "push", "missing expected argument '<directory>'"),
        ("pull x --includ y", "pull", "unknown option '--includ'"),
        ("push a b --expect many", "push", "the value 'many' is invalid for '--expect <n>'"),
        ("push a b --memory lots", "push", "the value 'lots' is invalid for '--memory <size>'"),
        ("ref", "ref", "which of its commands?"),
        ("ref withdraw h/a/b:c", "ref withdraw", "missing expected argument '--reason <text>'"),
        ("completions tcsh", "completions", "the value 'tcsh' is invalid for '<shell>'"),
    ])
    func wrongCommandLinesHaveThreeParts(line: String, subject: String, cause: String) async throws {
        let arguments = line.split(separator: " ").map(String.init)
        let plain = await TestConsole().run(arguments)
        #expect(plain.code == 2)
        #expect(plain.errors.hasPrefix("waybill: \(subject): \(cause)\n  "), "\(plain.errors)")
        let object = try await TestConsole().run(arguments + ["--json"]).object()
        #expect(object["command"]?.text == subject)
        #expect(object["ok"] == .bool(false))
        #expect(object["schema"] == .integer(1))
        #expect(object["error"]?["code"]?.text == "usage")
        #expect(object["error"]?["subject"]?.text == subject)
        #expect(object["error"]?["cause"]?.text?.hasPrefix(cause) == true, "\(object)")
        #expect(object["error"]?["remedy"]?.text?.isEmpty == false)
    }

    @Test func optionSuggestionsBecomeTheRemedy() async {
        let ran = await TestConsole().run("remote", "list", "--jsno")
        #expect(ran.errors == "waybill: remote list: unknown option '--jsno'\n  Did you mean '--json'?\n")
    }

    @Test func jsonAfterTheTerminatorIsNoOption() async {
        let ran = await TestConsole().run("nonsense", "--", "--json")
        #expect(ran.output.isEmpty)
    }

    @Test(arguments: [("0s", 0), ("90m", 5_400), ("24h", 86_400), ("30d", 2_592_000), ("2w", 1_209_600)])
    func timesAreRead(text: String, seconds: Int) { #expect(TimeSpan(argument: text)?.seconds == seconds) }

    @Test(arguments: ["", "s", "1", "-1d", "1.5h", "1y", "+1d", " 1d", "9999999999999d", "99999999999999999999s"])
    func noTimes(text: String) { #expect(TimeSpan(argument: text) == nil) }

    @Test(arguments: [(0, "0s"), (90, "90s"), (86_400, "24h"), (604_800, "7d"), (3_600, "1h"), (5_400, "90m")])
    func timesAreShown(seconds: Int, text: String) { #expect(TimeSpan.text(seconds) == text) }

    @Test func versionIsPrinted() async throws {
        #expect(await TestConsole().run("--version").output == "0.1.0\n")
        #expect(try await TestConsole().run("--version", "--json").object()["version"]?.text == "0.1.0")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionScriptsKnowTheCommands(shell: String) async throws {
        let ran = await TestConsole().run("completions", shell)
        #expect(ran.code == 0)
        for word in ["push", "withdraw", "overwrite"] { #expect(ran.output.contains(word)) }
        let object = try await TestConsole().run("completions", shell, "--json").object()
        #expect(object["script"]?.text.map { $0 + "\n" } == ran.output)
    }
}
