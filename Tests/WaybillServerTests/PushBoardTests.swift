import Testing
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem

@Suite struct PushBoardTests {
    private static let name = PushName(SHA256.digest(of: [1])).text

    private func header(_ name: String = name) -> [(String, String)] { [("Waybill-Push", name)] }

    private func ask(_ mirror: MirrorFixture, _ headers: [(String, String)], token: String? = "push") async throws -> RawAnswer {
        let chunk = try #require(ChunkName(digest: SHA256.digest(of: [7]), length: 1))
        return await mirror.send("POST", "/v1/have", HaveQuery(chunks: [chunk]).encoded(), token: token, headers: headers)
    }

    @Test func aPushHasAnIntentUntilItsEntry() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            let revision = try RevisionFixture.small()
            #expect(try await ask(mirror, header()).status == 200)
            let intents = try mirror.names("intents")
            #expect(intents.count == 1)
            // The file's name does not tell the push's.
            #expect(intents != [Self.name] && intents.allSatisfy { PushName($0) != nil })
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack, headers: header()).status == 201)
            #expect(await mirror.send("PUT", "/v1/lists/\(revision.listName)", revision.list, headers: header()).status == 201)
            #expect(await mirror.send("POST", "/v1/locators/\(revision.listName)", headers: header()).status == 201)
            #expect(await mirror.send("PUT", "/v1/manifests/\(revision.manifestName)", revision.manifest, headers: header()).status == 200)
            #expect(try mirror.names("intents") == intents)
            let entry = try revision.entry()
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", entry, headers: header()).status == 201)
            #expect(try mirror.names("intents") == [])
        }
    }

    @Test func aPushThatIsGivenUpSaysSo() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            let other = try await mirror.tokens.create(scope: .push).secret.text
            #expect(try await ask(mirror, header()).status == 200)
            #expect(await mirror.send("DELETE", "/v1/pushes/\(Self.name)", token: nil).status == 401)
            // Whoever knows the name, but has another token, ends nothing.
            #expect(await mirror.send("DELETE", "/v1/pushes/\(Self.name)", token: other).status == 200)
            #expect(try mirror.names("intents").count == 1)
            #expect(await mirror.send("DELETE", "/v1/pushes/\(Self.name)").status == 200)
            #expect(try mirror.names("intents") == [])
            #expect(await mirror.send("DELETE", "/v1/pushes/\(Self.name)").status == 200)
            #expect(await mirror.send("GET", "/v1/pushes/\(Self.name)").status == 405)
        }
    }

    @Test(arguments: ["", "x", "../../../../etc/passwd", name.uppercased(), name + "0"])
    func namesFromOutsideAreChecked(text: String) async throws {
        try await MirrorFixture.run { (mirror) async throws in
            let answer = try await ask(mirror, header(text))
            #expect(answer.status == 400 && answer.errorCode == "usage" && answer.isErrorObject)
            #expect(try mirror.names("intents") == [])
            #expect(await mirror.send("DELETE", "/v1/pushes/\(text.isEmpty ? "-" : text)").status == 404)
        }
    }

    @Test func clientsWithoutANameShareAnIntent() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            for _ in 0..<3 { #expect(try await ask(mirror, []).status == 200) }
            #expect(try mirror.names("intents").count == 1)
        }
    }

    @Test func oneClientMakesOnlySoMany() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            for number in 0..<PushBoard.maximumPerOwner + 20 {
                let name = PushName(SHA256.digest(of: [UInt8(number)])).text
                #expect(try await ask(mirror, header(name)).status == 200)
            }
            // The rest share one.
            #expect(try mirror.names("intents").count == PushBoard.maximumPerOwner + 1)
            let other = try await mirror.tokens.create(scope: .push).secret.text
            #expect(try await ask(mirror, header(), token: other).status == 200)
            #expect(try mirror.names("intents").count == PushBoard.maximumPerOwner + 2)
        }
    }

    @Test func readersMakeNone() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            let reader = try await mirror.tokens.create(scope: .read).secret.text
            #expect(try await ask(mirror, header(), token: reader).status == 403)
            #expect(try await ask(mirror, header(), token: nil).status == 401)
            #expect(await mirror.send("GET", "/waybill.json", headers: header()).status == 200)
            #expect(try mirror.names("intents") == [])
        }
    }

    @Test func intentsAndSetsAreNotServed() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            #expect(try await ask(mirror, header()).status == 200)
            let intent = try #require(try mirror.names("intents").first)
            try mirror.write([1], ["gc"], intent)
            for path in ["/intents/\(intent)", "/intents/", "/gc/\(intent)", "/gc/"] { #expect(await mirror.get(path).status == 404) }
        }
    }

    @Test func aRunningMirrorHeedsASet() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            let revision = try RevisionFixture.small()
            _ = await revision.push(to: mirror)
            let question = HaveQuery(chunks: revision.chunks).encoded()
            func held() async throws -> [Bool] {
                let answer = await mirror.send("POST", "/v1/have", question)
                return try HaveAnswer(decoding: answer.body, count: revision.chunks.count, subject: "have").held
            }
            #expect(try await held().allSatisfy { $0 })
            let set = CondemnedSet(madeAt: 1, packs: [revision.packName])
            try mirror.write(set.encoded(), ["gc"], PushName.random().text)
            #expect(try await held().allSatisfy { !$0 })
            #expect(await mirror.send("POST", "/v1/locators/\(revision.listName)").status == 409)
            // The revision is whole all the same: the pack is there, and an entry would revive it.
            let entry = try revision.entry()
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", entry).status == 201)
        }
    }

    @Test func anEntryOfARevisionThatIsNotWholeIsRefused() async throws {
        try await MirrorFixture.run { (mirror) async throws in
            let revision = try RevisionFixture.small()
            _ = await revision.push(to: mirror)
            let name = ObjectName.pack(revision.packName).path.split(separator: "/").map(String.init)
            try Folder.open(mirror.store.path).folder(name.dropLast()).remove(name[2])
            let answer = await mirror.send("POST", "/v1/refs/acme/tiny/main", try revision.entry())
            #expect(answer.status == 422 && answer.errorCode == "integrity" && answer.isErrorObject)
            #expect(answer.json?["error"]?["incomplete"] == .bool(true))
            #expect(try mirror.names("refs") == [])
        }
    }
}
