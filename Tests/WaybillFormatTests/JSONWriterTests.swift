import Testing
import WaybillFormat

@Suite struct JSONWriterTests {
    private func canonical(_ text: String) throws -> String {
        String(decoding: try JSONValue(parsing: Array(text.utf8)).canonical, as: UTF8.self)
    }

    @Test func membersAreSortedByUTF16() throws {
        // RFC 8785, section 3.2.3: by code units, U+1F600 (0xD83D) stands before U+FB33.
        let text = #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
        #expect(try canonical(text) == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}")
    }

    @Test func stringsHaveTheShortestEscapes() throws {
        let text = #""\u0000\u0001\b\t\n\u000b\f\r\u001F\"\\\/\u007f\u0080\u00e9\u2028""#
        #expect(try canonical(text) == "\"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u{7f}\u{80}é\u{2028}\"")
    }

    @Test func whiteSpaceGoes() throws {
        #expect(try canonical(" { \"b\" : [ 1 , true , null ] , \"a\" : { } , \"c\" : [ ] } ") == #"{"a":{},"b":[1,true,null],"c":[]}"#)
    }

    @Test func aMemberStandsOnce() {
        expectRefusal("stands twice") { try JSONValue(parsing: Array(#"{"a":1,"b":2,"a":1}"#.utf8)) }
        expectRefusal("stands twice") { try JSONValue(parsing: Array(#"{"a":1,"\u0061":1}"#.utf8)) }
    }

    @Test(arguments: ["1.5", "-1", "1e3", "9007199254740992"])
    func treesHoldIntegersOnly(text: String) {
        #expect(throws: FormatError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test func treesAreBounded() {
        expectRefusal("nested deeper than 2") { try JSONValue(parsing: Array("[[[]]]".utf8), maximumDepth: 2) }
    }

    @Test func accessors() throws {
        let value = try JSONValue(parsing: Array(#"{"a":"x","b":7,"c":[true]}"#.utf8))
        #expect(value["a"]?.text == "x")
        #expect(value["b"]?.number == 7)
        #expect(value["c"]?.elements == [.bool(true)])
        #expect(value["d"] == nil)
        #expect(value["a"]?.number == nil)
    }
}
