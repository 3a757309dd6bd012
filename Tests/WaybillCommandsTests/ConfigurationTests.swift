import Foundation
import Testing
import WaybillCommands
import WaybillFormat
import WaybillTestSupport

@Suite struct ConfigurationTests {
    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func remotesGoRoundAndUnknownMembersStay() async throws {
        let test = TestConsole()
        try test.folder.write("config/waybill/config.json", #"{"future":{"x":[1]},"remotes":{"old":"http://old"}}"#)
        #expect(await test.run("remote", "add", "hub", "https://Models.Example.com:443/hub").code == 0)
        #expect(await test.run("remote", "add", "disk", "file:./store").code == 0)
        let text = String(decoding: try Files.read(test.folder.path("config/waybill/config.json")), as: UTF8.self)
        #expect(
            text
                == #"{"future":{"x":[1]},"remotes":{"disk":"file://\#(test.folder.path)/store","hub":"https://models.example.com/hub","old":"http://old"},"schema":1}"#
                + "\n")
        let list = try await test.run("remote", "list", "--json").object()
        #expect(list["remotes"]?.elements?.compactMap { $0["name"]?.text } == ["disk", "hub", "old"])
        #expect(list["remotes"]?.elements?.first?["loggedIn"] == .bool(false))
        #expect(await test.run("remote", "remove", "old").code == 0)
        #expect(await test.run("remote", "remove", "disk").code == 0)
        #expect(await test.run("remote", "list").output == "hub  https://models.example.com/hub\n")
    }

    @Test func aRemoteIsNotRedirectedSilently() async throws {
        let test = TestConsole()
        #expect(await test.run("remote", "add", "hub", "http://a").code == 0)
        #expect(await test.run("remote", "add", "hub", "http://a").code == 0)
        let ran = await test.run("remote", "add", "hub", "http://b")
        #expect(ran.code == 6)
        #expect(await test.run("remote", "list").output == "hub  http://a\n")
    }

    @Test(arguments: [
        (["add", "a/b", "http://h"], "is not an alias"), (["add", "localhost", "http://h"], "is not an alias"),
        (["add", "http://h", "hub"], "the name comes first"), (["add", "x", "hub"], "a remote is declared by its address"),
        (["add", "x", "localhost:80"], "the scheme is missing"), (["remove", "x"], "there is no remote of this name"),
    ])
    func wrongRemotesAreRefused(arguments: [String], cause: String) async {
        let ran = await TestConsole().run(["remote"] + arguments)
        #expect(ran.code == 2)
        #expect(ran.errors.contains(cause), "\(ran.errors)")
    }

    @Test(arguments: ["[]", "{", #"{"remotes":[]}"#, #"{"remotes":{"a":"hub"}}"#, #"{"remotes":{"a":1}}"#])
    func aBrokenFileIsAnErrorWithItsName(text: String) async throws {
        let test = TestConsole()
        try test.folder.write("config/waybill/config.json", text)
        let ran = await test.run("list", "hub")
        #expect(ran.code == 2)
        #expect(ran.errors.contains("config.json"))
        #expect(String(decoding: try Files.read(test.folder.path("config/waybill/config.json")), as: UTF8.self) == text)
    }

    @Test func tokensAreKeptForTheUserOnly() async throws {
        let test = TestConsole()
        let credentials = Credentials(ConfigurationFolder(test.console))
        #expect(try credentials.token(for: "https://h") == nil)
        try await credentials.set("wb_secret", for: "https://h")
        try await credentials.set("wb_other", for: "http://127.0.0.1:8090")
        #expect(try credentials.token(for: "https://h") == "wb_secret")
        #expect(try credentials.token(for: "https://h:8443") == nil)
        #expect(try mode(test.folder.path("config/waybill/credentials.json")) == 0o600)
        #expect(try mode(test.folder.path("config/waybill")) == 0o700)
        #expect(try await credentials.remove("https://h"))
        #expect(try await !credentials.remove("https://h"))
        #expect(try credentials.token(for: "https://h") == nil)
        #expect(try credentials.token(for: "http://127.0.0.1:8090") == "wb_other")
    }

    @Test func concurrentChangesAreAllKept() async throws {
        let test = TestConsole()
        let credentials = Credentials(ConfigurationFolder(test.console))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { try? await credentials.set("t\(number)", for: "https://h\(number)") } }
        }
        for number in 0..<20 { #expect(try credentials.token(for: "https://h\(number)") == "t\(number)") }
    }

    @Test func theNamedTokenGoesToItsOriginOnly() async throws {
        let test = TestConsole()
        let credentials = Credentials(ConfigurationFolder(test.console))
        try await credentials.set("kept", for: "https://b")
        let first = try RemoteLocation(parsing: "https://a/hub")
        let choice = TokenChoice(explicit: ("named", first), credentials: credentials)
        #expect(try choice.token(for: first) == "named")
        #expect(try choice.token(for: RemoteLocation(parsing: "https://a/other")) == "named")
        #expect(try choice.token(for: RemoteLocation(parsing: "http://a/hub")) == nil)
        #expect(try choice.token(for: RemoteLocation(parsing: "https://a:8443/hub")) == nil)
        #expect(try choice.token(for: RemoteLocation(parsing: "https://b")) == "kept")
        #expect(try choice.token(for: RemoteLocation(parsing: "file:///b")) == nil)
    }

    @Test(arguments: [(" wb_x \r\nrest", "wb_x"), ("wb_y", "wb_y")])
    func tokenFilesHoldItInTheirFirstLine(text: String, token: String) throws {
        let folder = TemporaryFolder()
        #expect(try Credentials.read(file: try folder.write("token", text)) == token)
    }

    @Test(arguments: ["", "\nwb_x", "two words", "wb\u{1b}x", "ü", String(repeating: "x", count: 2000)])
    func otherTokenFilesAreRefused(text: String) throws {
        let file = try TemporaryFolder().write("token", text)
        let error = #expect(throws: CommandError.self) { try Credentials.read(file: file) }
        #expect(error?.code == .notFound || error?.code == .authentication)
        if !text.isEmpty { #expect(error?.cause.contains(text) == false) }
    }

    @Test func aTokenIsNotKeptForPlainHTTPElsewhere() async throws {
        let test = TestConsole(secret: "wb_secret")
        let ran = await test.run("login", "http://models.example.com", "--json")
        #expect(ran.code == 2)
        #expect(try ran.object()["error"]?["remedy"]?.text == "Use the https address")
        #expect(!Files.exists(test.folder.path("config/waybill/credentials.json")))
        #expect(await test.run("login", "file:///srv/store").code == 2)
    }

    @Test func anUnreachableMirrorKeepsNoToken() async throws {
        let test = TestConsole(secret: "wb_secret")
        let ran = await test.run("login", "http://127.0.0.1:1")
        #expect(ran.code == 7)
        #expect(!ran.errors.contains("wb_secret"))
        #expect(!Files.exists(test.folder.path("config/waybill/credentials.json")))
    }

    @Test func withoutAHomeNothingIsWritten() async {
        let test = TestConsole(environment: ["XDG_CONFIG_HOME": ""])
        let ran = await test.run("remote", "add", "hub", "http://h")
        #expect(ran.code == 2)
        #expect(ran.errors.contains("HOME"))
    }
}
