import Testing
import WaybillCommands
import WaybillFormat

@Suite struct TerminalTextTests {
    static let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\r\nwaybill: all is well\u{9b}31m\u{202E}gnp\u{200B}\u{FEFF}"

    @Test func interpolatedTextCannotActOnTheTerminal() {
        let text: TerminalText = "name: \(Self.hostile)\nnext"
        let lines = text.description.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(
            !text.description.unicodeScalars.contains {
                $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
            })
        #expect(text.description.contains("\\u{1b}[2J\\u{d}\\u{a}waybill"))
        #expect(TerminalText(Self.hostile).description == TerminalText.neutralised(Self.hostile))
    }

    @Test func ordinaryTextStays() {
        #expect(TerminalText.neutralised("modèle-日本語 😀 a\\b") == "modèle-日本語 😀 a\\b")
        #expect(("\(42) of \("x")" as TerminalText).description == "42 of x")
    }

    @Test func nestedTextIsNotEscapedTwice() {
        let inner: TerminalText = "\("\u{1b}")"
        #expect(("<\(inner)>" as TerminalText).description == "<\\u{1b}>")
    }

    @Test func errorsAreTwoLinesWhateverTheySay() {
        let error = CommandError(.integrity, subject: "a\nb", cause: "c\u{1b}[1m", remedy: "d\r")
        #expect(error.text.description == "waybill: a\\u{a}b: c\\u{1b}[1m\n  d\\u{d}")
        #expect(CommandError(.failure, subject: "s", cause: "c").text.description == "waybill: s: c")
    }

    @Test func padding() {
        #expect(TerminalText("ab").padded(to: 4).description == "ab  ")
        #expect(TerminalText("ab").padded(to: 4, rightAligned: true).description == "  ab")
        #expect(TerminalText("abcdef").padded(to: 4).description == "abcdef")
    }
}
