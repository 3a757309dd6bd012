import Testing
import WaybillCommands
import WaybillFormat

@Suite struct OutputValueTests {
    @Test func membersAreSortedAndOnOneLine() {
        let value = OutputValue.object(["b": 1, "a": .array([.null, true]), "c": .object(["z": "1", "y": .integer(-2)])])
        #expect(value.json == #"{"a":[null,true],"b":1,"c":{"y":-2,"z":"1"}}"#)
    }

    @Test(arguments: [
        (0.0, "0"), (1.0, "1"), (0.5, "0.5"), (12.3456, "12.346"), (0.0004, "0"), (1.05, "1.05"), (-0.25, "-0.25"), (.infinity, "null"),
        (.nan, "null"), (99.9999, "100"), (3.001, "3.001"),
    ])
    func decimalsHaveAtMostThreePlaces(value: Double, text: String) {
        #expect(OutputValue.decimal(value).json == text)
    }

    @Test func controlCharactersAreEscaped() throws {
        let hostile = "a\u{1b}[31m\u{9b}2J\u{202E}\n\t\"\\\u{7f}\u{2028}ä😀\u{E0041}"
        let json = OutputValue.string(hostile).json
        #expect(!json.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E })
        // It is still the same string.
        #expect(try JSONValue(parsing: Array("{\"x\":\(json)}".utf8))["x"]?.text == hostile)
        #expect(json.contains("ä😀"))
    }
}
