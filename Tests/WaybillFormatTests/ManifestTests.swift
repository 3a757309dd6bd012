import Testing
import WaybillFormat

@Suite struct ManifestTests {
    private func decode(_ bytes: [UInt8]) throws -> Manifest {
        try Manifest(decoding: bytes, subject: "manifest", sha256: TestDigest.sha256)
    }

    /// The sample as a tree, for tests to break.
    private func tree() throws -> JSONValue { try JSONValue(parsing: try Samples.manifest().encoded()) }

    /// The tree's bytes, with a content id that matches its files, so that only the rule under test can refuse them.
    private func bytes(_ tree: JSONValue) throws -> [UInt8] {
        let list = try #require(tree["files"]?.elements).map { file in
            JSONValue.array([file["path"] ?? .null, file["sha256"] ?? .null, file["size"] ?? .null])
        }
        return tree.with(.string(TestDigest.digest(of: JSONValue.array(list).canonical).hex), at: "contentId").canonical
    }

    private func expectRefused(
        _ cause: String, code: ErrorCode = .integrity, sourceLocation: SourceLocation = #_sourceLocation, _ change: (JSONValue) -> JSONValue
    ) throws {
        let bytes = try bytes(change(try tree()))
        expectRefusal(cause, code: code, sourceLocation: sourceLocation) { try decode(bytes) }
    }

    @Test func manifestsSurvive() throws {
        let manifest = try Samples.manifest()
        #expect(try decode(manifest.encoded()) == manifest)
        #expect(try manifest.validated(sha256: TestDigest.sha256) == manifest)
        #expect(try bytes(try tree()) == manifest.encoded(), "the tests' own way of writing agrees")
        #expect(manifest.rowCount == 9_001)
        #expect(manifest.byteCount == 123 + 9_000 * 1_048_576)
        #expect(manifest.file(try ModelPath("empty"))?.rows == 0)
        #expect(manifest.file(try ModelPath("emptz")) == nil)
        #expect(manifest.file(try ModelPath("zzz")) == nil)
    }

    @Test func theBytesAreTheDocumented() throws {
        let file = ManifestFile(path: try ModelPath("README.md"), size: 123, sha256: digest("r"), format: .opaque, firstRow: 0, rows: 1)
        let id = Manifest.contentId(of: [file], sha256: TestDigest.sha256)
        #expect(id == digest("[[\"README.md\",\"\(digest("r").hex)\",123]]"))
        let manifest = Manifest(
            contentId: id, files: [file], lists: [digest("l")], baseModels: [BaseModel(name: "acme/base", relation: .quantized)])
        let none = #"{"assertion":"noAssertion","values":[]}"#
        let claims = ["baseModels", "datasets", "languages", "licenseLinks", "licenseNames", "licenses"].map { "\"\($0)\":\(none)" }
        let expected =
            "{\"baseModels\":[{\"name\":\"acme/base\",\"relation\":\"quantized\"}],\"contentId\":\"\(id.hex)\","
            + "\"files\":[{\"firstRow\":0,\"format\":\"opaque\",\"path\":\"README.md\",\"rows\":1,\"sha256\":\"\(digest("r").hex)\",\"size\":123}],"
            + "\"lists\":[\"\(digest("l").hex)\"],\"papers\":{\"claims\":{\(claims.joined(separator: ","))},\"evidence\":[]},"
            + "\"papersPlan\":\"p2\",\"plan\":\"t1\",\"waybill\":1}"
        #expect(String(decoding: manifest.encoded(), as: UTF8.self) == expected)
    }

    @Test func segmentsAreCounted() {
        #expect([0, 1, 8_192, 8_193, 16_384, Int.max].map { Manifest.segmentCount(rows: $0) } == [0, 1, 1, 2, 2, Int.max / 8_192 + 1])
    }

    @Test func otherPlansAreUnknown() throws {
        try expectRefused("version 2", code: .failure) { $0.with(.integer(2), at: "waybill") }
        try expectRefused("version 0", code: .failure) { $0.with(.integer(0), at: "waybill") }
        try expectRefused("plan \"t2\"", code: .failure) { $0.with(.string("t2"), at: "plan") }
        try expectRefused("papers plan \"p3\"", code: .failure) { $0.with(.string("p3"), at: "papersPlan") }
        // A newer plan may come with members of its own: still a newer Waybill is needed, no damage.
        try expectRefused("newer Waybill", code: .failure) { $0.with(.string("t2"), at: "plan").with(.integer(1), at: "files", 0, "new") }
        let sample = try Samples.manifest()
        let other = Manifest(plan: "t2", contentId: sample.contentId, files: sample.files, lists: sample.lists)
        let papers = Manifest(papersPlan: "p3", contentId: sample.contentId, files: sample.files, lists: sample.lists)
        expectRefusal("p3", code: .failure) { try papers.validated(sha256: TestDigest.sha256) }
        try expectRefused("newer Waybill", code: .failure) { $0.with(.string("p3"), at: "papersPlan").with(.null, at: "papers", "new") }
        expectRefusal("t2", code: .failure) { try other.validated(sha256: TestDigest.sha256) }
    }

    @Test(arguments: ["waybill", "plan", "papersPlan", "files", "lists", "papers", "baseModels", "contentId"])
    func membersAreRequired(name: String) throws {
        let bytes = try tree().with(nil, at: .member(name)).canonical
        expectRefusal("the member \"\(name)\" is missing") { try decode(bytes) }
    }

    @Test(arguments: ["path", "size", "sha256", "format", "firstRow", "rows"]) func fileMembersAreRequired(name: String) throws {
        try expectRefused("the member \"\(name)\" is missing") { $0.with(nil, at: "files", 0, .member(name)) }
    }

    @Test func unknownMembersAreRefused() throws {
        try expectRefused("\"x\" is unknown") { $0.with(.integer(1), at: "x") }
        try expectRefused("\"x\" is unknown") { $0.with(.integer(1), at: "files", 0, "x") }
        try expectRefused("\"x\" is unknown") { $0.with(.integer(1), at: "baseModels", 0, "x") }
    }

    @Test func onlyCanonicalBytesAreAccepted() throws {
        let text = String(decoding: try Samples.manifest().encoded(), as: UTF8.self)
        func expectNotCanonical(_ changed: String, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(changed != text)
            expectRefusal("canonical", sourceLocation: sourceLocation) { try decode(Array(changed.utf8)) }
        }
        expectNotCanonical(text + "\n")
        expectNotCanonical(" " + text)
        expectNotCanonical(text.replacing("\"plan\":\"t1\"", with: "\"plan\": \"t1\""))
        expectNotCanonical(text.replacing("\"plan\":\"t1\",\"waybill\":1", with: "\"waybill\":1,\"plan\":\"t1\""))
        expectNotCanonical(text.replacing("\"plan\":\"t1\"", with: "\"plan\":\"t1\",\"plan\":\"t1\""))
        expectNotCanonical(text.replacing("\"plan\":\"t1\"", with: "\"plan\":\"\\u00741\""))
        expectNotCanonical(text.replacing("README.md\",\"rows\"", with: "README\\u002emd\",\"rows\""))
        expectNotCanonical(text.replacing("weights/é", with: "weights\\/é"))
        expectNotCanonical(text.replacing("\"size\":123", with: "\"size\":123,\"size\":123"))
        expectRefusal("follows") { try decode(Array((text + "x").utf8)) }
        expectRefusal("not an integer") { try decode(Array(text.replacing("\"size\":123", with: "\"size\":123.0").utf8)) }
        expectRefusal("a comma") { try decode(Array(text.replacing("\"size\":123", with: "\"size\":0123").utf8)) }
        expectRefusal("2^53") { try decode(Array(text.replacing("\"size\":123", with: "\"size\":9007199254740992").utf8)) }
        expectRefusal("integer") { try decode(Array(text.replacing("\"size\":123", with: "\"size\":-1").utf8)) }
    }

    @Test func nestingIsBounded() throws {
        var deep = JSONValue.null
        for _ in 0..<16 { deep = .array([deep]) }
        try expectRefused("nested deeper than 16") { $0.with(deep, at: "x") }
    }

    @Test func pathsAreChecked() throws {
        try expectRefused("contains ..") { $0.with(.string("../README.md"), at: "files", 0, "path") }
        try expectRefused("order") { $0.with(.string("f"), at: "files", 0, "path") }
        try expectRefused("twice") { $0.with(.string("empty"), at: "files", 0, "path") }
        try expectRefused("case") { $0.with(.string("Empty"), at: "files", 0, "path").with(.array([]), at: "papers", "evidence") }
        try expectRefused("itself a file") { $0.with(.string("empty/x"), at: "files", 2, "path") }
    }

    @Test func filesAreChecked() throws {
        let sample = try Samples.manifest()
        let none = Manifest(contentId: Manifest.contentId(of: [], sha256: TestDigest.sha256), files: [], lists: [])
        expectRefusal("no files") { try decode(none.encoded()) }
        try expectRefused("format \"onnx\"") { $0.with(.string("onnx"), at: "files", 0, "format") }
        try expectRefused("64 lower-case") { $0.with(.string(digest("x").hex.uppercased()), at: "files", 1, "sha256") }
        try expectRefused("64 lower-case") { $0.with(.string("00"), at: "lists", 0) }
        let swapped = Manifest(contentId: digest("other"), files: sample.files, lists: sample.lists)
        expectRefusal("content id") { try decode(swapped.encoded()) }
    }

    @Test func rowsAreChecked() throws {
        try expectRefused("do not follow") { $0.with(.integer(1), at: "files", 0, "firstRow") }
        try expectRefused("do not follow") { $0.with(.integer(0), at: "files", 2, "firstRow") }
        try expectRefused("do not follow") { $0.with(.integer(2), at: "files", 2, "firstRow") }
        // An empty file with a row, a file without, one with more rows than bytes, one with rows above 4 MiB.
        try expectRefused("1 rows cannot make 0") {
            $0.with(.integer(1), at: "files", 1, "rows").with(.integer(2), at: "files", 2, "firstRow")
        }
        try expectRefused("0 rows cannot make 123") {
            $0.with(.integer(0), at: "files", 0, "rows").with(.integer(0), at: "files", 1, "firstRow")
        }
        try expectRefused("9000 rows cannot make 8999") { $0.with(.integer(8_999), at: "files", 2, "size") }
        try expectRefused("9000 rows cannot make") { $0.with(.integer(9_000 * 4_194_304 + 1), at: "files", 2, "size") }
        let most = try bytes(try tree().with(.integer(9_000 * 4_194_304), at: "files", 2, "size"))
        #expect(throws: Never.self) { try decode(most) }
        try expectRefused("1 lists for 9001 rows") { $0.with(nil, at: "lists", 1) }
        try expectRefused("3 lists for 9001 rows") { $0.with(.string(digest("l2").hex), at: "lists", 2) }
    }

    @Test func sumsAreBounded() throws {
        let most = Limits.number
        func file(_ path: String, _ size: Int, _ firstRow: Int, _ rows: Int) throws -> ManifestFile {
            ManifestFile(path: try ModelPath(path), size: size, sha256: digest(path), format: .opaque, firstRow: firstRow, rows: rows)
        }
        func refusal(_ cause: String, _ files: [ManifestFile]) {
            let manifest = Manifest(contentId: Manifest.contentId(of: files, sha256: TestDigest.sha256), files: files, lists: [])
            expectRefusal(cause) { try manifest.validated(sha256: TestDigest.sha256) }
            expectRefusal(cause) { try decode(manifest.encoded()) }
        }
        refusal("2^53", [try file("a", most, 0, most), try file("b", 1, most, 1)])
        let rows = most / Limits.chunk + 1
        refusal("2^53", [try file("a", most, 0, rows), try file("b", most, rows, rows)])
        refusal("lists for", [try file("a", most, 0, rows)])
        for (size, rows) in [(Int.max, 1), (1, Int.max), (-1, 0), (0, -1)] {
            let files = [try file("a", 1, 0, 1), try file("b", size, 1, rows)]
            let manifest = Manifest(contentId: Manifest.contentId(of: files, sha256: TestDigest.sha256), files: files, lists: [])
            expectRefusal("a size or number of rows") { try manifest.validated(sha256: TestDigest.sha256) }
        }
        let overflowing = [try file("a", Int.max, 0, Int.max)]
        let manifest = Manifest(contentId: Manifest.contentId(of: overflowing, sha256: TestDigest.sha256), files: overflowing, lists: [])
        expectRefusal("2^53") { try manifest.validated(sha256: TestDigest.sha256) }
    }

    @Test func baseModelsAreChecked() throws {
        try expectRefused("relation \"cousin\"") { $0.with(.string("cousin"), at: "baseModels", 0, "relation") }
        try expectRefused("\"name\" is missing") { $0.with(nil, at: "baseModels", 0, "name") }
        try expectRefused("\"relation\" is missing") { $0.with(nil, at: "baseModels", 0, "relation") }
        try expectRefused("1 to 2048 bytes") { $0.with(.string(""), at: "baseModels", 0, "name") }
        try expectRefused("1 to 2048 bytes") { $0.with(.string(String(repeating: "x", count: 2_049)), at: "baseModels", 0, "name") }
        let model = try #require(try tree()["baseModels"]?.elements?.first)
        try expectRefused("more than 1024") { $0.with(.array([JSONValue](repeating: model, count: 1_025)), at: "baseModels") }
        for relation in BaseModelRelation.allCases {
            let bytes = try bytes(try tree().with(.string(relation.rawValue), at: "baseModels", 0, "relation"))
            #expect(try decode(bytes).baseModels[0].relation == relation)
        }
    }

    @Test func manifestsAreBounded() throws {
        expectRefusal("larger than 16777216") { try decode([UInt8](repeating: UInt8(ascii: " "), count: 16_777_217)) }
        var files: [ManifestFile] = []
        let folder = String(repeating: "f", count: 250)
        for index in 0..<45_000 {
            files.append(
                ManifestFile(
                    path: try ModelPath("\(folder)/\(100_000 + index)"), size: 1, sha256: digest("x"), format: .opaque, firstRow: index,
                    rows: 1))
        }
        func manifest(_ count: Int) -> Manifest {
            let some = Array(files[..<count])
            return Manifest(
                contentId: Manifest.contentId(of: some, sha256: TestDigest.sha256), files: some,
                lists: [Digest](repeating: digest("l"), count: Manifest.segmentCount(rows: count)))
        }
        let fits = manifest(40_000)
        #expect(try decode(fits.encoded()) == fits)
        expectRefusal("larger than 16777216") { try manifest(45_000).validated(sha256: TestDigest.sha256) }
    }
}
