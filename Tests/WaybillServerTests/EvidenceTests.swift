import Testing
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem

@Suite struct EvidenceTests {
    @Test func evidenceIsMadeFromTheMirrorsOwnPacks() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let asked = Array(revision.chunks.prefix(2))
            let body = HaveQuery(chunks: asked).encoded()
            let early = await mirror.send("POST", "/v1/evidence", body)
            #expect(early.status == 409 && early.body == body)
            #expect(try mirror.names("evidence").isEmpty)
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack).status == 201)
            #expect(await mirror.send("POST", "/v1/evidence", body).status == 201)
            #expect(await mirror.send("POST", "/v1/evidence", body).status == 201)
            for (chunk, row) in zip(asked, revision.footer.rows) {
                let name = ObjectName.evidence(chunk.digest)
                let answer = await mirror.get("/" + name.path)
                #expect(answer.status == 200)
                // The frame, as it stands in the pack.
                #expect(answer.body == Array(revision.pack[row.offset..<row.offset + row.stored]))
                #expect(answer.headers["cache-control"] == "public, max-age=31536000, immutable, no-transform")
                #expect(answer.headers["etag"] == "\"\(SHA256.digest(of: answer.body))\"")
            }
            #expect(try mirror.names("private", "tmp").isEmpty)
        }
    }

    @Test func whatIsLackingIsNamedAndTheRestIsDone() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack).status == 201)
            let known = revision.chunks[0]
            let longer = try #require(ChunkName(digest: revision.chunks[1].digest, length: revision.chunks[1].length + 1))
            let answer = await mirror.send("POST", "/v1/evidence", HaveQuery(chunks: [longer, known]).encoded())
            #expect(answer.status == 409)
            #expect(try HaveQuery(decoding: answer.body, subject: "answer").chunks == [longer])
            #expect(await mirror.get("/" + ObjectName.evidence(known.digest).path).status == 200)
            #expect(await mirror.get("/" + ObjectName.evidence(longer.digest).path).status == 404)
        }
    }

    @Test func malformedQuestionsAreRefused() async throws {
        try await MirrorFixture.run { mirror in
            let chunk = try RevisionFixture.small().chunks[0]
            let record = HaveQuery(chunks: [chunk]).encoded()
            #expect(await mirror.send("POST", "/v1/evidence", Array(record.dropLast())).status == 422)
            #expect(await mirror.send("POST", "/v1/evidence", [UInt8](repeating: 0, count: HaveQuery.recordByteCount)).status == 422)
            #expect(await mirror.send("POST", "/v1/evidence", [UInt8](repeating: 0, count: HaveQuery.maximumBytes + 36)).status == 413)
            #expect(await mirror.send("PUT", "/v1/evidence", record).status == 405)
            #expect(await mirror.send("PUT", "/v1/evidence/\(chunk.digest)", record).status == 404)
            #expect(await mirror.send("POST", "/v1/evidence", record, token: nil).status == 401)
        }
    }

    @Test func aDamagedPackGivesNoEvidence() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack).status == 201)
            let row = try #require(revision.footer.rows.max { $0.stored < $1.stored })
            var damaged = revision.pack
            damaged[row.offset + row.stored - 9] ^= 1
            try mirror.write(damaged, ["packs", revision.packName.shard], revision.packName.hex)
            let answer = await mirror.send("POST", "/v1/evidence", HaveQuery(chunks: [row.name]).encoded())
            #expect(answer.status == 500 && answer.isErrorObject, "\(answer.status)")
            #expect(await mirror.get("/" + ObjectName.evidence(row.name.digest).path).status == 404)
        }
    }

    @Test func whatAnOlderClientDoesNotAskForIsMadeBeforeItsEntry() async throws {
        let revision = try RevisionFixture.small()
        let needed = Array(revision.chunks.prefix(2))
        try await MirrorFixture.run {
            $0.evidence = { (_, _, _) throws(StoreError) in needed }
        } _: { mirror in
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack).status == 201)
            #expect(await mirror.send("PUT", "/v1/lists/\(revision.listName)", revision.list).status == 201)
            #expect(await mirror.send("POST", "/v1/locators/\(revision.listName)", []).status == 201)
            #expect(await mirror.send("PUT", "/v1/manifests/\(revision.manifestName)", revision.manifest).status == 200)
            let before = try mirror.names("evidence")
            #expect(before.isEmpty)
            let entry = try revision.entry()
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", entry).status == 201)
            for chunk in needed { #expect(await mirror.get("/" + ObjectName.evidence(chunk.digest).path).status == 200) }
        }
    }
}
