import Testing
import WaybillCommands

@Suite struct HelpTests {
    static let names = [
        "", "push", "pull", "verify", "show", "list", "diff", "ref", "ref list", "ref log", "ref set", "ref withdraw", "serve", "store",
        "store init", "store stats", "remote", "remote add", "remote list", "remote remove", "login", "logout", "token", "token create",
        "token list", "token revoke", "completions",
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
        #expect(ran.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
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
        SNAPSHOT
        """
}
