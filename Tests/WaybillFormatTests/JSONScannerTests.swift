import Testing
import WaybillFormat

@Suite struct JSONScannerTests {
    private func skip(_ text: String, maximumDepth: Int = 16) throws(FormatError) {
        try skip(Array(text.utf8), maximumDepth: maximumDepth)
    }

    private func skip(_ bytes: [UInt8], maximumDepth: Int = 16) throws(FormatError) {
        var scanner = JSONScanner(bytes, maximumDepth: maximumDepth)
        try scanner.skipValue()
        try scanner.finish()
    }

    private func string(_ text: String) throws(FormatError) -> String {
        var scanner = JSONScanner(Array(text.utf8))
        let value = try scanner.string()
        try scanner.finish()
        return value
    }

    @Test func pullsADocument() throws {
        var scanner = JSONScanner(Array(#" {"a" : [1, 23 ,{"x":[ ]}], "b":{}, "c":null,"d":true , "e":"s","f":-1.5e+3} "#.utf8))
        var found: [String] = []
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "a":
                try scanner.enterArray()
                #expect(try scanner.nextElement())
                #expect(try scanner.integer() == 1)
                #expect(try scanner.nextElement())
                #expect(try scanner.integer() == 23)
                #expect(try scanner.nextElement())
                try scanner.skipValue()
                #expect(try !scanner.nextElement())
            case "b":
                try scanner.enterObject()
                #expect(try scanner.nextKey() == nil)
            case "c": #expect(try scanner.isNull())
            case "d": #expect(try scanner.boolean())
            case "e": #expect(try scanner.string() == "s")
            default: try scanner.skipValue()
            }
            found.append(key)
        }
        try scanner.finish()
        #expect(found == ["a", "b", "c", "d", "e", "f"])
    }

    @Test(arguments: [
        "0", "-0", "1.5", "-1.25E-7", "1e9", "[]", "{}", "[[],{}]", " [1 , 2] ", "\"\"", "\"\\u00e9\\ud83d\\ude00\"", "\"é😀\"", "true",
        "false", "null", "{\"a\":{\"b\":[null]}}",
    ])
    func accepts(text: String) {
        #expect(throws: Never.self) { try skip(text) }
    }

    @Test(arguments: [
        "", " ", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{\"a\":1]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{,}", "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "01", "-01", "-", "+1", ".5", "1.", "1.e3", "1e", "1e+", "--1",
        "0x1",
        "tru", "True", "nul", "NaN", "Infinity", "'a'", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud83d\"",
        "\"\\ud83dx\"", "\"\\ud83dxude00\"", "\"\\ud83d\\xde00\"", "\"\\ud83d\\ue000\"", "{\"a\"=1}", "\"\\ud83d\\n\"",
        "\"\\ud83d\\u0041\"", "\"\\ude00\"", "\"a\nb\"", "\"\\t\tx\"", "\"\u{1f}\"", "1 2", "[] []",
        "nullnull",
        "\u{feff}1", "// x\n1", "\u{0B}1",
    ])
    func rejects(text: String) {
        expectRefusal("JSON") { try skip(text) }
        // The tree parser obeys the same grammar.
        #expect(throws: FormatError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xF0, 0x80, 0x80, 0x80],
        ] as [[UInt8]])
    func rejectsBrokenUTF8(content: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        expectRefusal("UTF-8") { try skip([quote] + content + [quote]) }
        expectRefusal("UTF-8") { try skip([quote] + Array(#"\n"#.utf8) + content + [quote]) }
        expectRefusal("UTF-8") { try skip(Array("{\"a".utf8) + content + Array("\":1}".utf8)) }
    }

    @Test func resolvesEscapes() throws {
        #expect(try string(#""\"\\\/\b\f\n\r\tA\u00e9\u20AC\uD83D\ude00\u0000""#) == "\"\\/\u{8}\u{c}\n\r\tAé€😀\u{0}")
        #expect(try string("\"vor \\n é\"") == "vor \n é")
        #expect(try Array(string("\"e\u{301}\"").utf8) == [0x65, 0xCC, 0x81], "no normalisation")
    }

    @Test func boundsNesting() {
        let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        #expect(throws: Never.self) { try skip(deep) }
        expectRefusal("nested deeper than 16") { try skip("[" + deep + "]") }
        expectRefusal("nested deeper than 3") { try skip(#"{"a":[{"b":[]}]}"#, maximumDepth: 3) }
        expectRefusal("nested deeper than 256") { try skip([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000), maximumDepth: .max) }
        // Siblings do not nest.
        #expect(throws: Never.self) { try skip("[[],[],[[]]]", maximumDepth: 3) }
    }

    @Test(arguments: ["-1", "1.0", "1e3", "01", "00", "9007199254740992", "99999999999999999999999999", "\"1\"", "null", ""])
    func integersAreOfOneForm(text: String) {
        var scanner = JSONScanner(Array(text.utf8))
        #expect(throws: FormatError.self) { try scanner.integer() }
    }

    @Test func integersReachTheirLimit() throws {
        var scanner = JSONScanner(Array("[0,9007199254740991]".utf8))
        try scanner.enterArray()
        #expect(try scanner.nextElement())
        #expect(try scanner.integer() == 0)
        #expect(try scanner.nextElement())
        #expect(try scanner.integer() == 9_007_199_254_740_991)
    }

    @Test func kindsAreNotConfused() {
        for (text, read) in [
            ("{}", { (s: inout JSONScanner) throws(FormatError) in try s.enterArray() }),
            ("[]", { (s: inout JSONScanner) throws(FormatError) in try s.enterObject() }),
            ("1", { (s: inout JSONScanner) throws(FormatError) in _ = try s.string() }),
            ("\"a\"", { (s: inout JSONScanner) throws(FormatError) in _ = try s.boolean() }),
            ("true", { (s: inout JSONScanner) throws(FormatError) in try s.null() }),
        ] {
            var scanner = JSONScanner(Array(text.utf8))
            #expect(throws: FormatError.self) { try read(&scanner) }
        }
    }

    /// Every prefix of a document ends in an error, never in a trap.
    @Test func truncationIsRefused() {
        let document = Array(#"{"a":[1,2.5e3,"x\u00e9\ud83d\ude00",{"b":null}],"c":true,"d":"é"}"#.utf8)
        #expect(throws: Never.self) { try skip(document) }
        for count in 0..<document.count {
            #expect(throws: FormatError.self, "\(count) bytes") { try skip(Array(document[..<count])) }
        }
    }

    @Test func noiseDoesNotTrap() {
        var generator = SeededGenerator(state: 20_260_401)
        let alphabet = Array("{}[]\",:\\u0123456789abcdefDE+-.tnrul \u{80}é\n".utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            do {
                try skip(bytes)
                accepted += 1
                // What the grammar accepts and our numbers allow must survive a round trip of the tree.
                if let tree = try? JSONValue(parsing: bytes) {
                    #expect(try JSONValue(parsing: tree.canonical) == tree)
                }
            } catch {
                #expect(error.code == .integrity)
            }
        }
        #expect(accepted > 0 && accepted < 10_000)
    }
}
