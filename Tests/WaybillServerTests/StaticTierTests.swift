import Testing
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite struct StaticTierTests {
    /// A list object of 96 bytes: 16 + 2 x 40, and its path.
    private static func list() throws -> (bytes: [UInt8], path: String, digest: Digest) {
        let revision = try RevisionFixture([("a", RevisionFixture.noise(2_000))])
        return (revision.list, ObjectName.list(revision.listName).path, revision.listName)
    }

    @Test func rangesFollowTheVectors() async throws {
        let file = try OwnedFile.open(Repository.path("Protocol/vectors/v1/ranges/request.json"), .read)
        let vectors = try #require(try JSONValue(parsing: try file.read(at: 0, count: 1 << 20)).elements)
        #expect(vectors.count > 15)
        try await MirrorFixture.run { mirror in
            for vector in vectors {
                let name = vector["name"]?.text ?? ""
                let size = try #require(vector["size"]?.number)
                // The mirror serves any file at a digest's path; sizes beyond a test's disk cannot be had.
                guard size <= 1 << 20 else { continue }
                // Spaces at the ends of a header are no part of its value on the wire (RFC 9110, section 5.5).
                if let header = vector["header"]?.text, header.hasPrefix(" ") || header.hasSuffix(" ") { continue }
                let bytes = RevisionFixture.noise(size)
                let digest = SHA256.digest(of: bytes + [UInt8(size & 255)])
                let object = ObjectName.pack(digest)
                try mirror.write(bytes, ["packs", digest.shard], digest.hex)
                let headers = vector["header"]?.text.map { [("Range", $0)] } ?? []
                let answer = await mirror.get("/" + object.path, headers)
                switch vector["result"]?.text {
                case "whole":
                    #expect(answer.status == 200, "\(name)")
                    #expect(answer.body == bytes, "\(name)")
                case "partial":
                    let first = try #require(vector["first"]?.number)
                    let last = try #require(vector["last"]?.number)
                    #expect(answer.status == 206, "\(name)")
                    #expect(answer.headers["content-range"] == "bytes \(first)-\(last)/\(size)", "\(name)")
                    #expect(answer.body == Array(bytes[first...last]), "\(name)")
                default:
                    #expect(answer.status == 416, "\(name)")
                    #expect(answer.headers["content-range"] == "bytes */\(size)", "\(name)")
                    #expect(answer.isErrorObject, "\(name)")
                }
            }
        }
    }

    @Test func contentNamedObjectsAreImmutable() async throws {
        try await MirrorFixture.run { mirror in
            let (bytes, path, digest) = try Self.list()
            #expect(await mirror.send("PUT", "/v1/lists/\(digest)", bytes).status == 201)
            let answer = await mirror.get("/" + path)
            #expect(answer.status == 200)
            #expect(answer.body == bytes)
            #expect(answer.headers["etag"] == "\"\(digest)\"")
            #expect(answer.headers["cache-control"] == "public, max-age=31536000, immutable, no-transform")
            #expect(answer.headers["accept-ranges"] == "bytes")
            #expect(answer.headers["content-length"] == "\(bytes.count)")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
        }
    }

    @Test func changingObjectsAreNotCached() async throws {
        try await MirrorFixture.run { mirror in
            let revision = try RevisionFixture.small()
            #expect(await revision.push(to: mirror) == [201, 201, 201, 200])
            #expect(await mirror.send("POST", "/v1/refs/acme/tiny/main", try revision.entry()).status == 201)
            for path in [
                "waybill.json", "catalog.json", "refs/acme/tiny/index.json", "refs/acme/tiny/main/latest",
                ObjectName.locator(revision.listName).path,
            ] {
                let answer = await mirror.get("/" + path)
                #expect(answer.status == 200, "\(path)")
                #expect(answer.headers["cache-control"] == "no-cache", "\(path)")
                #expect(answer.headers["etag"] == "\"\(SHA256.digest(of: answer.body))\"", "\(path)")
            }
            let entry = await mirror.get("/refs/acme/tiny/main/0000000001")
            #expect(entry.headers["cache-control"] == "public, max-age=31536000, immutable, no-transform")
            #expect(await mirror.get("/refs/acme/tiny/main/latest").text == "0000000001\n")
            #expect(await mirror.get("/catalog.json").text == #"{"models":["acme/tiny"],"waybill":1}"#)
        }
    }

    @Test func conditionsAndHeads() async throws {
        try await MirrorFixture.run { mirror in
            let (bytes, path, digest) = try Self.list()
            _ = await mirror.send("PUT", "/v1/lists/\(digest)", bytes)
            let tag = "\"\(digest)\""
            for value in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let answer = await mirror.get("/" + path, [("If-None-Match", value)])
                #expect(answer.status == 304, "\(value)")
                #expect(answer.headers["etag"] == tag)
                #expect(answer.body.isEmpty)
            }
            #expect(await mirror.get("/" + path, [("If-None-Match", "\"other\"")]).status == 200)
            let range = ("Range", "bytes=16-23")
            #expect(await mirror.get("/" + path, [range, ("If-Range", tag)]).body == Array(bytes[16..<24]))
            for value in ["\"other\"", "W/\(tag)", "Mon, 01 Jan 2035 00:00:00 GMT"] {
                let answer = await mirror.get("/" + path, [range, ("If-Range", value)])
                #expect(answer.status == 200, "\(value)")
                #expect(answer.body == bytes, "\(value)")
            }
            let head = await mirror.send("HEAD", "/" + path, token: nil, headers: [range])
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "\(bytes.count)")
            #expect(head.headers["etag"] == tag)
        }
    }

    @Test func aLargeObjectComesInPieces() async throws {
        try await MirrorFixture.run { mirror in
            let bytes = RevisionFixture.noise(5 << 20)
            let digest = SHA256.digest(of: bytes)
            try mirror.write(bytes, ["packs", digest.shard], digest.hex)
            let answer = await mirror.get("/packs/\(digest.shard)/\(digest.hex)", [("Range", "bytes=1000-5000000")])
            #expect(answer.status == 206)
            #expect(answer.isComplete)
            #expect(answer.body == Array(bytes[1_000...5_000_000]))
        }
    }

    @Test func anObjectThatBecomesShorterBreaksItsAnswer() async throws {
        try await MirrorFixture.run { mirror in
            let digest = SHA256.digest(of: [1])
            let size = 60 << 20
            try mirror.write([], ["packs", digest.shard], digest.hex)
            let file = try OwnedFile.open("\(mirror.store.path)/packs/\(digest.shard)/\(digest.hex)", .readWrite)
            try file.truncate(to: size)
            let path = "/packs/\(digest.shard)/\(digest.hex)"
            // The reader waits, so that most of it is not sent yet when the file is cut.
            async let slow = RawClient.send(port: mirror.port, [RawClient.head("GET", path, [])], sleep: 4)
            try await Task.sleep(for: .milliseconds(2_000))
            try file.truncate(to: 1 << 20)
            let answer = await slow
            #expect(answer.status == 200)
            #expect(!answer.isComplete && answer.isClosed && answer.body.count < size)
        }
    }

    @Test func nothingElseIsServed() async throws {
        try await MirrorFixture.run { mirror in
            let (bytes, path, digest) = try Self.list()
            _ = await mirror.send("PUT", "/v1/lists/\(digest)", bytes)
            try mirror.write(Array("secret".utf8), ["private"], "secret.txt")
            try mirror.write(Array("stray".utf8), ["lists"], "stray.txt")
            let hidden = [
                "/private/tokens.json", "/private/secret.txt", "/private/", "/private", "//private/tokens.json", "/./private/tokens.json",
                "/%70rivate/tokens.json", "/private%2Ftokens.json", "/lists/%2e%2e/private/tokens.json", "/lists/../private/tokens.json",
                "/lists/..%2f..%2fetc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                "/lists/stray.txt", "/lists", "/lists/", "/", "//" + path, "/" + path + "/", "/%6cists/\(digest.shard)/\(digest)",
                "/lists/\(digest.shard)/\(digest.hex.uppercased())", "/lists/00/\(digest)", "/lists//\(digest)", "/" + path + "%00",
                "/" + path + "%20", "/refs/acme/tiny/main/1", "/refs/../private/tokens.json/latest", "/v1/", "/v1", "/v1/packs/..",
                "/locks/refs", "/index", "/private\\tokens.json", "http://localhost/private/tokens.json", "/%252e%252e/private/tokens.json",
            ]
            for path in hidden {
                let answer = await mirror.get(path)
                #expect(answer.status == 404 || answer.status == 400, "\(path): \(answer.status)")
                #expect(!answer.text.contains("sha256") && !answer.text.contains("secret\n"), "\(path)")
                if answer.status == 404 { #expect(answer.isErrorObject, "\(path)") }
                #expect(!answer.text.contains(mirror.store.path), "\(path)")
            }
            #expect(await mirror.get("/" + path + "?cache=no").status == 200)
            #expect(await mirror.get("http://localhost/" + path).status == 200)
        }
    }

    @Test func linksOutOfTheStoreAreNotFollowed() async throws {
        try await MirrorFixture.run { mirror in
            let digest = SHA256.digest(of: [1])
            try mirror.link("/etc/passwd", ["packs", digest.shard], digest.hex)
            let answer = await mirror.get("/packs/\(digest.shard)/\(digest)")
            #expect(answer.status == 500)
            #expect(answer.isErrorObject)
            #expect(!answer.text.contains("root:"))
        }
    }

    @Test func methodsThatARouteDoesNotTake() async throws {
        try await MirrorFixture.run { mirror in
            for (method, path, allowed) in [
                ("PUT", "/waybill.json", "GET, HEAD"), ("DELETE", "/catalog.json", "GET, HEAD"), ("GET", "/v1/have", "POST"),
                ("POST", "/v1/server", "GET, HEAD"), ("DELETE", "/v1/packs/\(SHA256.digest(of: []))", "PUT"),
            ] {
                let answer = await mirror.send(method, path, [])
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(answer.headers["allow"] == allowed, "\(method) \(path)")
                #expect(answer.isErrorObject)
            }
        }
    }

    @Test func aBasePathStandsBeforeEverything() async throws {
        try await MirrorFixture.run({ $0.basePath = "/hub/models" }) { mirror in
            #expect(await mirror.get("/hub/models/waybill.json").status == 200)
            #expect(await mirror.get("/hub/models/v1/server").status == 200)
            for path in ["/waybill.json", "/hub/modelswaybill.json", "/hub/models", "/hub/models//waybill.json", "/v1/server"] {
                #expect(await mirror.get(path).status == 404, "\(path)")
            }
        }
    }
}
