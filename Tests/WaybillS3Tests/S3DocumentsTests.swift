import Testing
import WaybillFormat
import WaybillStore

@Suite struct S3DocumentsTests {
    private func parse(_ text: String) throws -> XMLElement { try XMLElement(parsing: Array(text.utf8), subject: "test") }

    @Test func elementsTextAndReferences() throws {
        let root = try parse(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"http://s3\" x='1'><b>1 &lt; 2 &amp;&#x41;&#66;&quot;&apos;&gt;</b><c/><b>ä</b></a>\n"
        )
        #expect(root.name == "a")
        #expect(root.all("b").map(\.text) == ["1 < 2 &AB\"'>", "ä"])
        #expect(root["c"] == "")
        #expect(root["d"] == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a></a><b></b>", "<a></a>x", "<a x></a>", "<a x=1></a>", "<a x=\"1></a>",
        "<a x=\"<\"></a>", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a>&b;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#;</a>",
        "<a>&#65</a>", "<a>&amp</a>", "<a><![CDATA[x]]></a>", "<a><!-- x --></a>", "<a><?php x?></a>", "<1a/>", "<a", "<a/", "</a>",
        "<?xml version=\"1.0\"", "<html><p>Sign in<p></html>", "<a>&#x00000000041;</a>", "<a>&#-65;</a>", "< a></a>",
    ])
    func whatIsNoneIsRefused(_ text: String) {
        #expect(throws: FormatError.self) { try parse(text) }
    }

    @Test func depthAndNumberAreBounded() throws {
        let depth = XMLElement.maximumDepth
        func nested(_ count: Int) -> String { String(repeating: "<a>", count: count) + String(repeating: "</a>", count: count) }
        _ = try parse(nested(depth))
        #expect(throws: FormatError.self) { try parse(nested(depth + 1)) }
        #expect(throws: FormatError.self) { try parse(nested(100_000)) }
        let many = "<a>" + String(repeating: "<b/>", count: XMLElement.maximumElements) + "</a>"
        #expect(throws: FormatError.self) { try parse(many) }
    }

    @Test func wrongUTF8IsRefused() {
        #expect(throws: FormatError.self) { try XMLElement(parsing: Array("<a>".utf8) + [0xFF] + Array("</a>".utf8), subject: "test") }
    }

    @Test func errors() {
        let text = "<Error><Code>SlowDown</Code><Message>Reduce\n your\u{1B}[31m rate</Message><Region>eu-west-1</Region></Error>"
        let failure = S3Failure(parsing: Array(text.utf8))
        #expect(failure?.code == "SlowDown")
        #expect(failure?.message == "Reduce  your [31m rate")
        #expect(failure?.region == "eu-west-1")
        for text in [
            "<Error/>", "<Error><Code></Code></Error>", "<Error><Code>a b</Code></Error>", "<Fehler><Code>A</Code></Fehler>", "no",
        ] {
            #expect(S3Failure(parsing: Array(text.utf8)) == nil, "\(text)")
        }
        let long = "<Error><Code>A</Code><Message>\(String(repeating: "x", count: 10_000))</Message></Error>"
        #expect(S3Failure(parsing: Array(long.utf8))?.message.count == 200)
    }

    private func listing(_ inner: String) throws -> S3Listing {
        try S3Listing(parsing: Array("<ListBucketResult>\(inner)</ListBucketResult>".utf8), subject: "test")
    }

    private func object(_ key: String, size: String = "5", time: String = "2026-11-24T16:40:15.120Z") -> String {
        "<Contents><Key>\(key)</Key><LastModified>\(time)</LastModified><Size>\(size)</Size></Contents>"
    }

    @Test func listings() throws {
        let page = try listing(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>1+/=</NextContinuationToken>" + object("a&amp;b") + object("b")
                + "<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>")
        #expect(page.objects.map(\.key) == ["a&b", "b"])
        #expect(page.objects[0].byteCount == 5)
        #expect(page.objects[0].modifiedAt == 1_795_538_415_120_000)
        #expect(page.prefixes == ["c/"])
        #expect(page.continuation == "1+/=")
        #expect(try listing("<IsTruncated>false</IsTruncated><NextContinuationToken>1</NextContinuationToken>").continuation == nil)
    }

    @Test func brokenListings() {
        let end = "<IsTruncated>false</IsTruncated>"
        for inner in [
            "", "<IsTruncated>maybe</IsTruncated>", "<IsTruncated>true</IsTruncated>",
            "<IsTruncated>true</IsTruncated><NextContinuationToken></NextContinuationToken>", end + object("b") + object("a"),
            end + object("a") + object("a"), end + object("a", size: "-1"), end + object("a", size: "x"),
            end + object("a", time: "yesterday"),
            end + "<Contents><Key>a</Key></Contents>",
        ] {
            #expect(throws: FormatError.self, "\(inner)") { try listing(inner) }
        }
        #expect(throws: FormatError.self) {
            try S3Listing(parsing: Array("<Error><IsTruncated>false</IsTruncated></Error>".utf8), subject: "")
        }
    }

    @Test func times() {
        #expect(S3Time.microseconds(iso8601: "1970-01-01T00:00:01Z") == 1_000_000)
        #expect(S3Time.microseconds(iso8601: "1970-01-01T00:00:01.5Z") == 1_500_000)
        #expect(S3Time.microseconds(iso8601: "1970-01-01T00:00:01.1234567Z") == 1_123_456)
        for text in ["1970-01-01T00:00:01", "1970-01-01T00:00:01.Z", "1970-01-01T00:00:01.5+01:00", "1970-01-01T00:00:01xZ", "Z", ""] {
            #expect(S3Time.microseconds(iso8601: text) == nil, "\(text)")
        }
        #expect(S3Time.microseconds(http: "Thu, 01 Jan 1970 00:00:02 GMT") == 2_000_000)
        #expect(S3Time.microseconds(http: "Tue, 24 Nov 2026 16:40:15 GMT") == 1_795_538_415_000_000)
        for text in ["Thu, 01 Jan 1970 00:00:02 CET", "Thu, 1 Jan 1970 00:00:02 GMT", "Thu, 01 Foo 1970 00:00:02 GMT", "0", ""] {
            #expect(S3Time.microseconds(http: text) == nil, "\(text)")
        }
    }
}

@Suite struct PlaceTableTests {
    private func name(_ number: Int, length: Int = 10) -> ChunkName? {
        var bytes = [UInt8](repeating: 0, count: 32)
        // All begin alike, so that they collide.
        bytes[31] = UInt8(truncatingIfNeeded: number)
        bytes[30] = UInt8(truncatingIfNeeded: number >> 8)
        return Digest(bytes).flatMap { ChunkName(digest: $0, length: length) }
    }

    @Test func collidingChunksAreToldApart() throws {
        var table = PlaceTable()
        let packs = try (0..<3).map { try #require(name(60_000 + $0)).digest }
        for number in 0..<500 {
            table.insert(try #require(name(number)), ChunkPlace(pack: packs[number % 3], offset: number, stored: 7))
        }
        #expect(table.count == 500)
        for number in 0..<500 {
            #expect(table.place(of: try #require(name(number))) == ChunkPlace(pack: packs[number % 3], offset: number, stored: 7))
        }
        #expect(table.place(of: try #require(name(500))) == nil)
        // Another length is another chunk.
        #expect(table.place(of: try #require(name(1, length: 11))) == nil)
        table.insert(try #require(name(1)), ChunkPlace(pack: packs[0], offset: 9_999, stored: 8))
        #expect(table.count == 500)
        #expect(table.place(of: try #require(name(1)))?.offset == 9_999)
        table.drop(packs[2])
        #expect(table.place(of: try #require(name(2))) == nil)
        #expect(table.place(of: try #require(name(3)))?.pack == packs[0])
        table.insert(try #require(name(2)), ChunkPlace(pack: packs[1], offset: 1, stored: 1))
        #expect(table.place(of: try #require(name(2)))?.pack == packs[1])
    }
}
