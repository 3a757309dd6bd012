import Testing
import WaybillFormat

@Suite struct PapersTests {
    private func decode(_ bytes: [UInt8]) throws -> Manifest {
        try Manifest(decoding: bytes, subject: "manifest", sha256: TestDigest.sha256)
    }

    private func expectRefused(_ cause: String, sourceLocation: SourceLocation = #_sourceLocation, _ change: (JSONValue) -> JSONValue)
        throws
    {
        let tree = try JSONValue(parsing: try Samples.manifest().encoded())
        let papers = try #require(tree["papers"])
        let bytes = tree.with(change(papers), at: "papers").canonical
        expectRefusal(cause, sourceLocation: sourceLocation) { try decode(bytes) }
    }

    @Test func claimsAreRead() throws {
        let papers = try decode(try Samples.manifest().encoded()).papers
        #expect(papers[.licenses].map(\.value) == ["apache-2.0", "mit"])
        #expect(papers[.licenses][0].evidence == [0, 1])
        #expect(papers[.datasets].isEmpty)
        #expect(papers.claims.keys.sorted { $0.rawValue < $1.rawValue } == [.languages, .licenses])
        #expect(Papers(claims: [.datasets: []], evidence: []) == .none, "no values are no assertion")
    }

    @Test(arguments: ClaimKind.allCases) func everyKindStands(kind: ClaimKind) throws {
        try expectRefused("\"\(kind.rawValue)\" is missing") { $0.with(nil, at: "claims", .member(kind.rawValue)) }
    }

    @Test func theKindsStandInCanonicalOrder() {
        let names = ClaimKind.allCases.map(\.rawValue)
        #expect(names == names.sorted())
        #expect(names.count == 6)
    }

    @Test func membersAreExact() throws {
        try expectRefused("\"x\" is unknown") { $0.with(.null, at: "x") }
        try expectRefused("\"x\" is unknown") { $0.with(.null, at: "claims", "x") }
        try expectRefused("\"x\" is unknown") { $0.with(.null, at: "claims", "licenses", "x") }
        try expectRefused("\"x\" is unknown") { $0.with(.null, at: "claims", "licenses", "values", 0, "x") }
        try expectRefused("\"x\" is unknown") { $0.with(.null, at: "evidence", 0, "x") }
        try expectRefused("\"claims\" is missing") { $0.with(nil, at: "claims") }
        try expectRefused("\"evidence\" is missing") { $0.with(nil, at: "evidence") }
        try expectRefused("\"assertion\" is missing") { $0.with(nil, at: "claims", "licenses", "assertion") }
        try expectRefused("\"values\" is missing") { $0.with(nil, at: "claims", "licenses", "values") }
        try expectRefused("\"value\" is missing") { $0.with(nil, at: "claims", "licenses", "values", 0, "value") }
        try expectRefused("\"evidence\" is missing") { $0.with(nil, at: "claims", "licenses", "values", 0, "evidence") }
        try expectRefused("\"file\" is missing") { $0.with(nil, at: "evidence", 0, "file") }
        try expectRefused("\"place\" is missing") { $0.with(nil, at: "evidence", 0, "place") }
        try expectRefused("\"sha256\" is missing") { $0.with(nil, at: "evidence", 0, "sha256") }
    }

    @Test func assertionsMatchTheirValues() throws {
        try expectRefused("claim without values") { $0.with(.array([]), at: "claims", "licenses", "values") }
        try expectRefused("no assertion, but values") { $0.with(.string("noAssertion"), at: "claims", "licenses", "assertion") }
        try expectRefused("claim without values") { $0.with(.string("claimed"), at: "claims", "datasets", "assertion") }
        try expectRefused("claimed or noAssertion") { $0.with(.string("none"), at: "claims", "datasets", "assertion") }
    }

    @Test func valuesAreChecked() throws {
        try expectRefused("not in order") { $0.with(.string("z"), at: "claims", "licenses", "values", 0, "value") }
        try expectRefused("not in order") { $0.with(.string("mit"), at: "claims", "licenses", "values", 0, "value") }
        try expectRefused("longer than 2048") {
            $0.with(.string(String(repeating: "é", count: 1_025)), at: "claims", "languages", "values", 0, "value")
        }
        let many = (0..<1_025).map { JSONValue.object(["value": .string(String(10_000 + $0)), "evidence": .array([.integer(0)])]) }
        try expectRefused("more than 1024") { $0.with(.array(many), at: "claims", "languages", "values") }
        // Order is that of UTF-8 bytes, not of UTF-16: U+FB33 before U+1F600.
        let values = ["\u{fb33}", "\u{1f600}"].map { JSONValue.object(["value": .string($0), "evidence": .array([.integer(0)])]) }
        let tree = try JSONValue(parsing: try Samples.manifest().encoded())
        #expect(throws: Never.self) { try decode(tree.with(.array(values), at: "papers", "claims", "languages", "values").canonical) }
        try expectRefused("not in order") { $0.with(.array(values.reversed()), at: "claims", "languages", "values") }
    }

    @Test func indicesAreChecked() throws {
        try expectRefused("without evidence") { $0.with(.array([]), at: "claims", "licenses", "values", 0, "evidence") }
        try expectRefused("does not exist") { $0.with(.integer(2), at: "claims", "licenses", "values", 0, "evidence", 1) }
        try expectRefused("not ascending") {
            $0.with(.array([.integer(1), .integer(0)]), at: "claims", "licenses", "values", 0, "evidence")
        }
        try expectRefused("not ascending") { $0.with(.integer(0), at: "claims", "licenses", "values", 0, "evidence", 1) }
        let sample = try Samples.manifest()
        let negative = Manifest(
            contentId: sample.contentId, files: sample.files, lists: sample.lists,
            papers: Papers(claims: [.licenses: [ClaimValue(value: "mit", evidence: [-1])]], evidence: sample.papers.evidence))
        expectRefusal("does not exist") { try negative.validated(sha256: TestDigest.sha256) }
    }

    @Test func evidenceIsChecked() throws {
        try expectRefused("contains ..") { $0.with(.string("../x"), at: "evidence", 0, "file") }
        try expectRefused("not a file of the manifest") { $0.with(.string("LICENSE"), at: "evidence", 0, "file") }
        try expectRefused("not the SHA-256") { $0.with(.string(digest("x").hex), at: "evidence", 0, "sha256") }
        try expectRefused("longer than 2048") { $0.with(.string(String(repeating: "x", count: 2_049)), at: "evidence", 0, "place") }
        let first = try #require(try JSONValue(parsing: try Samples.manifest().encoded())["papers"]?["evidence"]?.elements?[0])
        try expectRefused("not in order, or twice") { $0.with(first, at: "evidence", 1) }
        try expectRefused("not in order, or twice") { $0.with(first.with(.string("licence"), at: "place"), at: "evidence", 1) }
        try expectRefused("not in order, or twice") {
            $0.with(.array(($0["evidence"]?.elements ?? []).reversed()), at: "evidence")
        }
    }
}
