import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem

@Suite struct PackTests {
    private static func held(_ mirror: MirrorFixture, _ chunks: [ChunkName]) async throws -> [Bool] {
        let answer = await mirror.send("POST", "/v1/have", HaveQuery(chunks: chunks).encoded())
        #expect(answer.status == 200)
        return try HaveAnswer(decoding: answer.body, count: chunks.count, subject: "have").held
    }

    @Test(arguments: [false, true]) func aValidPackIsAdmitted(chunked: Bool) async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let unknown = try #require(ChunkName(digest: SHA256.digest(of: [9]), length: 1))
            #expect(try await Self.held(mirror, revision.chunks + [unknown]).allSatisfy { !$0 })
            let path = "/v1/packs/\(revision.packName)"
            #expect(await mirror.send("PUT", path, revision.pack, chunked: chunked).status == 201)
            #expect(await mirror.send("PUT", path, revision.pack, chunked: chunked).status == 200)
            let held = try await Self.held(mirror, revision.chunks + [unknown])
            #expect(held == revision.chunks.map { _ in true } + [false])
            // A right digest with a wrong length is another chunk.
            let shorter = try #require(ChunkName(digest: revision.chunks[0].digest, length: revision.chunks[0].length + 1))
            #expect(try await Self.held(mirror, [shorter]) == [false])
            #expect(await mirror.get("/" + ObjectName.pack(revision.packName).path).body == revision.pack)
            #expect(try mirror.names("private", "tmp").isEmpty)
        }
    }

    @Test func aPackLargerThanTheBufferArrivesWhole() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture([("big.bin", RevisionFixture.noise(3_500_001))], cut: 400_000)
            #expect(await mirror.send("PUT", "/v1/packs/\(revision.packName)", revision.pack).status == 201)
            #expect(await mirror.get("/" + ObjectName.pack(revision.packName).path).body == revision.pack)
        }
    }

    /// Nothing of a refused pack is to be seen or found.
    private static func expectNothing(_ mirror: MirrorFixture, _ revision: RevisionFixture, _ what: String) async throws {
        #expect(try mirror.names("packs").isEmpty, "\(what)")
        #expect(try mirror.names("private", "tmp").isEmpty, "\(what)")
        #expect(try await Self.held(mirror, revision.chunks).allSatisfy { !$0 }, "\(what)")
        #expect(await mirror.get("/" + ObjectName.pack(revision.packName).path).status == 404, "\(what)")
    }

    @Test func everyDamageIsRefused() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture([("a.bin", RevisionFixture.noise(900)), ("b.txt", [UInt8](repeating: 65, count: 700))])
            let path = "/v1/packs/\(revision.packName)"
            for count in [0, 1, 8, 100, revision.pack.count / 2, revision.pack.count - 17, revision.pack.count - 1] {
                let answer = await mirror.send("PUT", path, Array(revision.pack.prefix(count)))
                #expect(answer.status == 422, "cut to \(count)")
                #expect(answer.errorCode == "integrity", "cut to \(count)")
                #expect(answer.isErrorObject)
            }
            try await Self.expectNothing(mirror, revision, "truncated")
            for place in stride(from: 0, to: revision.pack.count, by: 7) {
                var damaged = revision.pack
                damaged[place] ^= 1 << UInt8(place % 8)
                let answer = await mirror.send("PUT", path, damaged)
                #expect(answer.status == 422, "bit of byte \(place)")
            }
            try await Self.expectNothing(mirror, revision, "flipped")
            #expect(await mirror.send("PUT", path, revision.pack + [0]).status == 422)
            let other = try RevisionFixture.small(seed: 7)
            #expect(await mirror.send("PUT", "/v1/packs/\(other.packName)", revision.pack).status == 422)
            try await Self.expectNothing(mirror, revision, "longer, or of another name")
            #expect(await mirror.send("PUT", path, revision.pack).status == 201)
        }
    }

    @Test func genuineNamesOverForeignBytesAreRefused() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture([("a.bin", RevisionFixture.noise(900))])
            let row = revision.footer.rows[0]
            let stranger = try #require(ChunkName(digest: SHA256.digest(of: [1, 2, 3]), length: row.name.length))
            // The footer is right in itself, and names the pack; only its chunk is another one.
            let forged = PackFixture.pack(frames: revision.frames, rows: [PackRow(name: stranger, stored: row.stored, offset: row.offset)])
            let answer = await mirror.send("PUT", "/v1/packs/\(forged.name)", forged.bytes)
            #expect(answer.status == 422)
            #expect(answer.text.contains(stranger.digest.hex))
            #expect(try await Self.held(mirror, [stranger]) == [false])
            #expect(try mirror.names("packs").isEmpty)
        }
    }

    @Test func aBombIsRefusedWithoutItsBytes() async throws {
        try await MirrorFixture.run { mirror in
            let bomb = PackFixture.bomb()
            let answer = await mirror.send("PUT", "/v1/packs/\(bomb.name)", bomb.bytes)
            #expect(answer.status == 422)
            let admitted = try mirror.names("packs")
            #expect(admitted.isEmpty)
        }
    }

    @Test func tooLargeIsToldEarly() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let digest = revision.packName
            let limits = [
                ("PUT", "/v1/packs/\(digest)", Limits.pack), ("PUT", "/v1/lists/\(digest)", Limits.segment),
                ("PUT", "/v1/manifests/\(digest)", Limits.manifest), ("POST", "/v1/refs/acme/tiny/main", Limits.refEntry),
                ("POST", "/v1/have", HaveQuery.maximumBytes),
            ]
            for (method, path, limit) in limits {
                let authorization = ("Authorization", "Bearer \(mirror.push)")
                // Only the head is sent: the answer must not wait for the body.
                let head = RawClient.head(method, path, [authorization, ("Content-Length", "\(limit + 1)")])
                let answer = await RawClient.send(port: mirror.port, [head])
                #expect(answer.status == 413, "\(path)")
                #expect(answer.isErrorObject)
                #expect(answer.headers["connection"] == "close")
                #expect(answer.isClosed)
            }
            let long = await mirror.send("PUT", "/v1/lists/\(digest)", RevisionFixture.noise(Limits.segment + 1), chunked: true)
            #expect(long.status == 413)
            let pack = await mirror.send("PUT", "/v1/packs/\(digest)", [UInt8](repeating: 0, count: Limits.pack + 1), chunked: true)
            #expect(pack.status == 413)
            #expect(try mirror.names("private", "tmp").isEmpty)
            #expect(try mirror.names("packs").isEmpty)
        }
    }

    @Test func aClientThatGoesAwayLeavesNothing() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture([("big.bin", RevisionFixture.noise(3_000_000))], cut: 400_000)
            let authorization = ("Authorization", "Bearer \(mirror.push)")
            let path = "/v1/packs/\(revision.packName)"
            let head = RawClient.head("PUT", path, [authorization, ("Content-Length", "\(revision.pack.count)")])
            for count in [0, 10, 1_500_000, revision.pack.count - 1] {
                _ = await RawClient.send(port: mirror.port, [head + revision.pack.prefix(count)], hangUp: true)
            }
            let chunkedHead = RawClient.head("PUT", path, [authorization, ("Transfer-Encoding", "chunked")])
            _ = await RawClient.send(port: mirror.port, [chunkedHead + RawClient.chunked(revision.pack).dropLast(100)], hangUp: true)
            for _ in 0..<50 where try !mirror.names("private", "tmp").isEmpty { try await Task.sleep(for: .milliseconds(100)) }
            try await Self.expectNothing(mirror, revision, "hung up")
        }
    }

    @Test func questionsThatAreNoQuestions() async throws {
        try await MirrorFixture.run { mirror in
            #expect(await mirror.send("POST", "/v1/have", []).body.isEmpty)
            let revision = try RevisionFixture.small()
            let bytes = HaveQuery(chunks: revision.chunks).encoded()
            #expect(await mirror.send("POST", "/v1/have", Array(bytes.dropLast())).status == 422)
            #expect(await mirror.send("POST", "/v1/have", Array(bytes.prefix(32)) + [0, 0, 0, 0]).status == 422)
            #expect(await mirror.send("POST", "/v1/have", Array(bytes.prefix(32)) + [255, 255, 255, 255]).status == 422)
        }
    }

    @Test func expectContinueIsAnswered() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            let headers = [
                ("Authorization", "Bearer \(mirror.push)"), ("Content-Length", "\(revision.pack.count)"), ("Expect", "100-continue"),
            ]
            let head = RawClient.head("PUT", "/v1/packs/\(revision.packName)", headers)
            #expect(await RawClient.send(port: mirror.port, [head, revision.pack], pause: 0.3).status == 201)
        }
    }
}
