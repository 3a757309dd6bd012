import Testing
import WaybillCommands
import WaybillFormat
import WaybillTestSupport

/// Commands run in this process, against stores in directories.
@Suite struct CommandTests {
    private func model(_ test: TestConsole, _ name: String = "model", extra: String = "") throws -> String {
        try test.folder.write(
            "\(name)/README.md", "---\nlicense: mit\ndatasets: [acme/corpus, \"evil\\e[2J\"]\nbase_model: acme/base\n---\n\(extra)")
        try test.folder.write("\(name)/weights.bin", (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
        return test.folder.path(name)
    }

    private func pushed() async throws -> (TestConsole, remote: String, model: String) {
        let test = TestConsole()
        let directory = try model(test)
        #expect(await test.run("store", "init", test.folder.path("store")).code == 0)
        #expect(await test.run("remote", "add", "hub", "file://\(test.folder.path("store"))").code == 0)
        let push = await test.run("push", directory, "hub/acme/tiny")
        #expect(push.code == 0, "\(push.errors)")
        return (test, "file://\(test.folder.path("store"))", directory)
    }

    @Test func aPushNeedsAStoreThatWasMade() async throws {
        let test = TestConsole()
        let directory = try model(test)
        let ran = await test.run("push", directory, "file:./store/acme/tiny", "--json")
        #expect(ran.code == 3)
        let error = try #require(try ran.object()["error"])
        #expect(error["remedy"]?.text?.contains("waybill store init \(test.folder.path)/store") == true)
        #expect(!Files.exists(test.folder.path("store")))
    }

    @Test func pushAndPullReportEveryMember() async throws {
        let (test, remote, directory) = try await pushed()
        let common: Set<String> = [
            "schema", "command", "ok", "address", "directory", "manifest", "contentId", "model", "ref", "entry", "filesTotal", "bytesTotal",
            "bytesTransferred", "bytesReused", "bytesStored", "chunksTotal", "chunksTransferred", "seconds", "unchanged", "notices",
        ]
        let push = try await test.run("push", directory, "hub/acme/tiny:v2", "--json").object()
        #expect(Set(push.keys) == common.union(["keys"]))
        #expect(push["address"]?.text == "\(remote)/acme/tiny:v2")
        #expect(push["chunksTransferred"] == .integer(0))
        let pull = try await test.run("pull", "hub/acme/tiny", test.folder.path("out"), "--json").object()
        #expect(Set(pull.keys) == common.union(["filesSelected", "sources", "trust"]))
        #expect(pull["manifest"] == push["manifest"])
        #expect(pull["sources"]?.elements?.map { $0["remote"]?.text } == [remote])
        #expect(pull["sources"]?.elements?.first?["verdict"] == .string("good"))
        #expect(try Files.differences(directory, test.folder.path("out")) == [])
        let again = try await test.run("pull", "hub/acme/tiny", test.folder.path("out"), "--json").object()
        #expect(again["unchanged"] == .bool(true))
    }

    @Test func verifyFindsWhatIsWrong() async throws {
        let (test, _, _) = try await pushed()
        let out = test.folder.path("out")
        #expect(await test.run("pull", "hub/acme/tiny", out).code == 0)
        let good = await test.run("verify", out)
        #expect(good.code == 0)
        #expect(good.output.hasPrefix("all bytes of 2 files are right (acme/tiny:main, entry 1)\n"))
        try test.folder.write("out/weights.bin", "edited")
        let bad = await test.run("verify", out, "--json")
        #expect(bad.code == 4)
        let object = try bad.object()
        #expect(object["error"]?["code"]?.text == "integrity")
        #expect(object["complete"] == .bool(false))
        #expect(object["filesVerified"] == .integer(1))
        #expect(object["problems"]?.elements?.first?["path"]?.text == "weights.bin")
        #expect(object["problems"]?.elements?.first?["kind"]?.text == "modified")
        #expect(await test.run("verify", test.folder.path("nowhere")).code == 3)
    }

    @Test func showKnowsRevisionsCheckoutsAndDirectories() async throws {
        let (test, remote, directory) = try await pushed()
        let address = try await test.run("show", "hub/acme/tiny", "--json").object()
        #expect(address["address"]?.text == "\(remote)/acme/tiny")
        #expect(address["directory"] == .null)
        #expect(address["filesTotal"] == .integer(2))
        #expect(address["entry"]?["n"] == .integer(1))
        #expect(address["papers"]?["claims"]?["licenses"]?["values"]?.elements?.first?["value"]?.text == "mit")
        #expect(address["papers"]?["claims"]?["languages"]?["assertion"]?.text == "noAssertion")
        #expect(await test.run("pull", "hub/acme/tiny", test.folder.path("out")).code == 0)
        let checkout = try await test.run("show", test.folder.path("out"), "--json").object()
        #expect(checkout["remote"]?.text == remote)
        let plain = try model(test, "plain")
        let directoryShown = try await test.run("show", plain, "--json").object()
        for shown in [checkout, directoryShown] {
            #expect(shown["manifest"] == address["manifest"])
            #expect(shown["contentId"] == address["contentId"])
            #expect(shown["files"] == address["files"])
            #expect(shown["bytesStored"] == .null)
        }
        #expect(directoryShown["model"] == .null)
        #expect(!Files.exists("\(plain)/.waybill"))
        _ = directory
    }

    @Test func whatIsShownCannotActOnTheTerminal() async throws {
        let (test, _, _) = try await pushed()
        for arguments in [["show", "hub/acme/tiny"], ["show", "hub/acme/tiny", "--json"]] {
            let ran = await test.run(arguments)
            #expect(ran.code == 0)
            #expect(!ran.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) })
            #expect(ran.output.contains("evil"))
        }
        #expect(await test.run("ref", "withdraw", "hub/acme/tiny:main", "--reason", "x\u{1b}[2J").code == 0)
        for arguments in [["ref", "log", "hub/acme/tiny"], ["list", "hub"], ["show", "hub/acme/tiny"], ["pull", "hub/acme/tiny"]] {
            let ran = await test.run(arguments)
            #expect(!(ran.output + ran.errors).contains("\u{1b}"))
            #expect((ran.output + ran.errors).contains("x\\u{1b}[2J") || (ran.output + ran.errors).contains("x\\u{1B}[2J"))
        }
    }

    @Test(arguments: [
        ("show", "hub/acme/tiny:mian", "Did you mean acme/tiny:main? It has: main"),
        ("pull", "hub/acme/tinny", "Did you mean acme/tiny?"),
        ("ref log", "hub/acme/tiny:prod", "It has: main"),
        ("diff", "hub/zzz/yyy", "It holds: acme/tiny"),
    ])
    func typosInRefsAndModelsGetASuggestion(command: String, address: String, remedy: String) async throws {
        let (test, _, directory) = try await pushed()
        var arguments = command.split(separator: " ").map(String.init) + [address]
        if command == "diff" { arguments.append(directory) }
        let ran = await test.run(arguments + ["--json"])
        #expect(ran.code == 3)
        #expect(try ran.object()["error"]?["remedy"]?.text == remedy)
    }

    @Test func refsAreSetLoggedAndWithdrawn() async throws {
        let (test, remote, _) = try await pushed()
        let set = try await test.run("ref", "set", "hub/acme/tiny:prod", ":main", "--json").object()
        #expect(set["entry"] == .integer(1))
        #expect(set["remote"]?.text == remote)
        let digest = try #require(set["manifest"]?.text)
        #expect(await test.run("ref", "set", "hub/acme/tiny:prod", "@\(digest)", "--expect", "7").code == 6)
        #expect(await test.run("ref", "withdraw", "hub/acme/tiny:prod", "--reason", "gone").code == 0)
        let list = try await test.run("ref", "list", "hub/acme/tiny", "--json").object()
        #expect(list["refs"]?.elements?.map { $0["state"]?.text } == ["active", "withdrawn"])
        let log = try await test.run("ref", "log", "hub/acme/tiny:prod", "--json").object()
        #expect(log["entries"]?.elements?.map { $0["n"]?.number } == [2, 1])
        #expect(log["entries"]?.elements?.first?["reason"]?.text == "gone")
        // Withdrawn: refused to pull and to promote, and shown with its reason.
        #expect(await test.run("pull", "hub/acme/tiny:prod", test.folder.path("out")).code == 5)
        #expect(await test.run("ref", "set", "hub/acme/tiny:other", ":prod").code == 6)
        let shown = await test.run("show", "hub/acme/tiny:prod")
        #expect(shown.code == 0)
        #expect(shown.output.contains("WITHDRAWN  gone"))
    }

    @Test(arguments: [
        (["ref", "set", "hub/acme/tiny", ":main"], "the ref must be named"), (["ref", "set", "hub/acme/tiny:a", "main"], "is neither"),
        (["ref", "set", "hub/acme/tiny:a", "@abc"], "is neither"), (["ref", "withdraw", "hub/acme/tiny:a", "--reason", ""], "is empty"),
        (["ref", "list", "hub/acme/tiny:main"], "the refs of a model are listed"),
        (["ref", "log", "hub/acme/tiny", "--limit", "0"], "is not a number"),
        (["serve", "s3://bucket"], "this needs the directory of a store"),
        (["push", "http://h/a/b", "dir"], "the directory comes first"), (["pull", "hub/a/b", "http://x/y"], "a directory was expected"),
        (["pull", "hub/acme/tiny", "--memory", "1M"], "is too little"), (["serve", "http://h"], "this needs the directory of a store"),
        (["serve", "store", "--listen", "80"], "is not HOST:PORT"), (["token", "revoke", "store", "wb_x"], "takes the id of a token"),
        (["store", "stats", "hub2://x"], "unknown"), (["store", "gc", "hub", "--keep-last", "0"], "is too few"),
        (["store", "gc", "hub", "--keep-ref", "v*"], "neither is given"),
        (["store", "gc", "hub", "--keep-last", "1", "--keep-ref", "a/b/c"], "is no pattern of refs"),
        (["store", "gc", "hub", "--repack-above", "101"], "is no percentage"),
    ])
    func slipsAreUsageErrors(arguments: [String], cause: String) async throws {
        let (test, _, _) = try await pushed()
        let ran = await test.run(arguments)
        #expect(ran.code == 2, "\(ran.errors)")
        #expect(ran.errors.contains(cause), "\(ran.errors)")
        #expect(ran.errors.split(separator: "\n").count == 2)
    }

    @Test func listShowsWhatIsThereAndSaysWhatIsBroken() async throws {
        let (test, remote, _) = try await pushed()
        #expect(await test.run("ref", "set", "hub/acme/tiny:v1", ":main").code == 0)
        let good = try await test.run("list", "hub", "--json").object()
        #expect(good["remote"]?.text == remote)
        #expect(good["models"]?.elements?.first?["refs"]?.elements?.map { $0["filesTotal"]?.number } == [2, 2])
        try test.folder.write("store/refs/acme/tiny/v1/0000000001", "{}")
        let bad = await test.run("list", "hub", "--json")
        #expect(bad.code == 10)
        let refs = try bad.object()["models"]?.elements?.first?["refs"]?.elements
        #expect(refs?.first?["error"] == .null)
        #expect(refs?.last?["error"]?.text?.isEmpty == false)
        #expect(await test.run("list", "file://\(test.folder.path("model"))").code == 3)
        #expect(await test.run("store", "init", test.folder.path("empty")).code == 0)
        #expect(await test.run("list", "file://\(test.folder.path("empty"))").output.hasSuffix("holds no models\n"))
    }

    @Test func diffSaysWhatChanged() async throws {
        let (test, _, directory) = try await pushed()
        let same = try await test.run("diff", "hub/acme/tiny", directory, "--json").object()
        #expect(same["identical"] == .bool(true))
        try test.folder.write("model/new.txt", "new")
        try test.folder.write("model/README.md", "---\nlicense: apache-2.0\n---\n")
        let other = await test.run("diff", "hub/acme/tiny", directory, "--json")
        #expect(other.code == 0)
        let object = try other.object()
        #expect(object["identical"] == .bool(false))
        #expect(object["added"]?.elements?.first?["path"]?.text == "new.txt")
        #expect(object["changed"]?.elements?.first?["path"]?.text == "README.md")
        #expect(object["papersChanged"]?.elements?.contains(.string("licenses")) == true)
        #expect(object["unchangedFiles"] == .integer(1))
    }

    @Test func tokensOfAStore() async throws {
        let (test, _, _) = try await pushed()
        let store = test.folder.path("store")
        let created = await test.run("token", "create", store, "--models", "acme/*", "--days", "2")
        #expect(created.code == 0)
        let secret = created.output.filter { !$0.isNewline }
        #expect(secret.hasPrefix("wb_"))
        #expect(!created.errors.contains(secret))
        let list = await test.run("token", "list", store, "--json")
        #expect(!list.output.contains(secret))
        let token = try #require(try list.object()["tokens"]?.elements?.first)
        #expect(token["models"]?.text == "acme/*")
        #expect(token["expired"] == .bool(false))
        let id = try #require(token["id"]?.text)
        #expect(await test.run("token", "revoke", store, id).code == 0)
        #expect(await test.run("token", "revoke", store, id).code == 3)
        #expect(await test.run("token", "create", store, "--models", "a/b/c").code == 2)
    }

    @Test func storeStatsCounts() async throws {
        let (test, _, _) = try await pushed()
        let object = try await test.run("store", "stats", "hub", "--json").object()
        #expect(object["models"] == .integer(1))
        #expect(object["refs"] == .integer(1))
        #expect(object["manifests"] == .integer(1))
        #expect((object["chunks"]?.number ?? 0) > 0)
        #expect((object["chunkRawBytes"]?.number ?? 0) > 200_000)
        #expect(object["revisions"] == .integer(1))
        #expect(object["liveChunks"] == object["chunks"])
        #expect(object["liveRawBytes"] == object["chunkRawBytes"])
        #expect(object["liveStoredBytes"] == object["chunkStoredBytes"])
        #expect(object["waitingBytes"] == .integer(0))
    }

    @Test func storeGCAnswersWithWhatItDid() async throws {
        let (test, _, _) = try await pushed()
        let object = try await test.run("store", "gc", "hub", "--json").object()
        #expect(object["revisionsKept"] == .integer(1))
        #expect(object["condemned"]?["packs"] == .integer(0))
        #expect(object["waiting"] == .array([]))
        let plain = await test.run("store", "gc", "hub", "--grace", "0s", "--dry-run")
        #expect(plain.code == 0 && plain.output.contains("(nothing was changed)\n  in use "), "\(plain.output)")
        let hasty = await test.run("store", "gc", "hub", "--grace", "0s")
        #expect(hasty.errors.contains("a grace of 0s"), "\(hasty.errors)")
    }
}
