import Testing
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem

@Suite struct RevisionTests {
    @Test func aPushInOrder() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            #expect(await revision.push(to: mirror) == [200, 200, 201, 200])
            let proved = await mirror.send("PUT", "/v1/manifests/\(revision.manifestName)", revision.manifest)
            #expect(proved.headers["content-type"] == "application/x-ndjson")
            #expect(proved.text.hasSuffix("{\"ok\":true}\n"))
            let locator = await mirror.get("/" + ObjectName.locator(revision.listName).path)
            let places = try Locator(decoding: locator.body, subject: "locator").places
            #expect(places.allSatisfy { $0?.pack == revision.packName })
            let entry = try revision.entry()
            let answer = await mirror.send("POST", "/v1/refs/acme/tiny/main", entry)
            #expect(answer.status == 201)
            #expect(answer.headers["waybill-entry"] == "1")
            #expect(await mirror.get("/refs/acme/tiny/main/0000000001").body == entry)
            // Sent again, since an answer may be lost.
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", entry).status == 201)
        }
    }

    @Test func lists() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let path = "/v1/lists/\(revision.listName)"
            var damaged = revision.list
            damaged[20] ^= 1
            for bytes in [damaged, Array(revision.list.dropLast()), [], revision.list + [0]] {
                #expect(await mirror.send("PUT", path, bytes).status == 422)
            }
            // The digest is right, the form is not.
            for bytes in [Array("no list".utf8), Array(revision.list.dropLast(8))] {
                #expect(await mirror.send("PUT", "/v1/lists/\(SHA256.digest(of: bytes))", bytes).status == 422)
            }
            #expect(try mirror.names("lists").isEmpty)
            #expect(try mirror.names("private", "tmp").isEmpty)
            #expect(await mirror.send("PUT", path, revision.list).status == 201)
            #expect(await mirror.send("PUT", path, revision.list).status == 200)
        }
    }

    @Test func aLocatorOfWhatIsNotThere() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let path = "/v1/locators/\(revision.listName)"
            let early = await mirror.send("POST", path)
            #expect(early.status == 404)
            #expect(early.isErrorObject)
            // It might have been there until a collector came: the client sends it again.
            #expect(early.json?["error"]?["incomplete"] == .bool(true))
            #expect(await mirror.send("PUT", "/v1/lists/\(revision.listName)", revision.list).status == 201)
            let missing = await mirror.send("POST", path)
            #expect(missing.status == 409)
            #expect(missing.headers["content-type"] == "application/octet-stream")
            #expect(Set(try HaveQuery(decoding: missing.body, subject: "missing").chunks) == Set(revision.chunks))
            #expect(await mirror.get("/" + ObjectName.locator(revision.listName).path).status == 404)
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack).status == 201)
            #expect(await mirror.send("POST", path).status == 201)
        }
    }

    @Test func aManifestWhoseHashesAndChunksDisagreeIsRefused() async throws {
        try await MirrorFixture.run { mirror in
            let signed = SHA256.digest(of: Array("genuine weights".utf8))
            let honest = try RevisionFixture.small()
            for path in ["a.txt", "b.bin"] {
                let files = [("a.txt", Array("hello 1".utf8)), ("b.bin", RevisionFixture.noise(5_500))]
                let forged = try RevisionFixture(files, lie: [path: signed])
                let statuses = await forged.push(to: mirror)
                #expect(statuses == [201, path == "a.txt" ? 201 : 200, 201, 200])
                let answer = await mirror.send("PUT", "/v1/manifests/\(forged.manifestName)", forged.manifest)
                let last = answer.text.split(separator: "\n").last.map(String.init) ?? ""
                #expect(try JSONValue(parsing: Array(last.utf8))["error"]?["code"]?.text == "integrity", "\(path)")
                #expect(try JSONValue(parsing: Array(last.utf8))["error"]?["subject"]?.text == path)
                #expect(await mirror.get("/" + ObjectName.manifest(forged.manifestName).path).status == 404)
                let entry = await mirror.send("POST", "/v1/refs/acme/tiny/main", try forged.entry())
                #expect(entry.status == 422, "\(path)")
            }
            #expect(try mirror.names("refs").isEmpty)
            #expect(try mirror.names("manifests").isEmpty)
            #expect(await honest.push(to: mirror).last == 200)
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", try honest.entry()).status == 201)
        }
    }

    /// What was proved once is remembered; it vouches for neither another SHA-256 over the same chunks nor for the same over others.
    @Test func aProofVouchesForNothingElse() async throws {
        try await MirrorFixture.run { mirror in
            let genuine = RevisionFixture.noise(5_500)
            let honest = try RevisionFixture([("b.bin", genuine)])
            #expect(await honest.push(to: mirror) == [201, 201, 201, 200])
            let claimed = SHA256.digest(of: Array("what somebody signed".utf8))
            let false1 = try RevisionFixture([("b.bin", genuine)], lie: ["b.bin": claimed])
            let false2 = try RevisionFixture([("b.bin", RevisionFixture.noise(5_500, seed: 9))], lie: ["b.bin": SHA256.digest(of: genuine)])
            for forged in [false1, false2] {
                _ = await forged.push(to: mirror)
                let answer = await mirror.send("PUT", "/v1/manifests/\(forged.manifestName)", forged.manifest)
                #expect(answer.text.contains("integrity") && !answer.text.contains("\"ok\""), "\(answer.text)")
                #expect(await mirror.get("/" + ObjectName.manifest(forged.manifestName).path).status == 404)
            }
        }
    }

    @Test func aManifestBeforeItsListsOrLocators() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let path = "/v1/manifests/\(revision.manifestName)"
            #expect(await mirror.send("PUT", path, revision.manifest).status == 422)
            _ = await mirror.send("PUT", "/v1/lists/\(revision.listName)", revision.list)
            let answer = await mirror.send("PUT", path, revision.manifest)
            #expect(answer.status == 422)
            #expect(answer.json?["error"]?["cause"]?.text?.contains(ObjectName.locator(revision.listName).path) == true)
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", try revision.entry()).status == 422)
            #expect(try mirror.names("manifests").isEmpty)
        }
    }

    @Test func manifestsThatAreNone() async throws {
        try await MirrorFixture.run({ $0.maximumRevisionRows = 5 }) { mirror in
            let revision = try RevisionFixture.small()
            let spaced = revision.manifest + [32]
            for (bytes, name) in [
                (revision.manifest, SHA256.digest(of: [])), (spaced, SHA256.digest(of: spaced)),
                (Array("{}".utf8), SHA256.digest(of: Array("{}".utf8))),
            ] {
                let answer = await mirror.send("PUT", "/v1/manifests/\(name)", bytes)
                #expect(answer.status == 422)
                #expect(answer.isErrorObject)
            }
            // Seven rows, where this mirror takes five.
            #expect(await revision.push(to: mirror) == [201, 201, 201, 413])
        }
    }

    @Test func twentyWritersOneWinner() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            let entries = try (0..<20).map { try revision.entry(time: "2026-01-01T00:00:\(10 + $0)Z") }
            let answers = await withTaskGroup(of: (Int, RawAnswer).self) { group in
                for (index, entry) in entries.enumerated() {
                    group.addTask { (index, await mirror.send("POST", "/v1/refs/acme/tiny/main", entry)) }
                }
                return await group.reduce(into: [(Int, RawAnswer)]()) { $0.append($1) }
            }
            let winners = answers.filter { $0.1.status == 201 }
            #expect(winners.count == 1)
            let winner = try #require(winners.first.map { entries[$0.0] })
            for (_, answer) in answers where answer.status != 201 {
                #expect(answer.status == 409)
                #expect(answer.body == winner)
                #expect(answer.headers["waybill-entry"] == "1")
            }
            #expect(await mirror.get("/refs/acme/tiny/main/0000000001").body == winner)
            #expect(try mirror.names("refs", "acme", "tiny", "main") == ["0000000001", "latest"])
            let second = try revision.entry(2, previous: winner)
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", second).status == 201)
            let late = await mirror.send("POST", "/v1/refs/acme/tiny/main", entries[0] == winner ? entries[1] : entries[0])
            #expect(late.status == 409)
            #expect(late.headers["waybill-entry"] == "2")
            #expect(late.body == second)
        }
    }

    @Test func entriesStayWhereTheyBelong() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            let entry = try revision.entry()
            for path in ["acme/tiny/prod", "acme/other/main", "evil/tiny/main"] {
                let answer = await mirror.send("POST", "/v1/refs/\(path)", entry)
                #expect(answer.status == 422, "\(path)")
                #expect(answer.isErrorObject)
            }
            for path in ["acme/tiny/latest", "acme/tiny/x.json", "acme/../main", "acme/tiny/.hidden", "acme/tiny/a%2fb", "acme/tiny"] {
                #expect(await mirror.send("POST", "/v1/refs/\(path)", entry).status == 404, "\(path)")
            }
            #expect(try mirror.names("refs").isEmpty)
            let gap = await mirror.send("POST", "/v1/refs/acme/tiny/main", try revision.entry(3, previous: entry))
            #expect(gap.status == 409)
            #expect(gap.headers["waybill-entry"] == "0")
            #expect(gap.errorCode == "conflict")
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", entry).status == 201)
            let fork = try revision.entry(2, previous: Array("another first entry".utf8))
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", fork).status == 409)
            let twin = await mirror.send("POST", "/v1/refs/Acme/tiny/main", try revision.entry(model: "Acme/tiny"))
            #expect(twin.status == 409)
            #expect(twin.errorCode == "conflict")
            #expect(try mirror.names("refs") == ["acme"])
        }
    }

    @Test func envelopesThatAreDamaged() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            let entry = try revision.entry()
            for place in stride(from: 0, to: entry.count, by: 11) {
                var damaged = entry
                damaged[place] ^= 2
                #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", damaged).status == 422, "byte \(place)")
            }
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", []).status == 422)
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", Array(entry.dropLast())).status == 422)
            #expect(try mirror.names("refs").isEmpty)
        }
    }
}
