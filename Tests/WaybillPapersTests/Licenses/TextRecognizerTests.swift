import Testing
import WaybillPapers

/// What the fingerprints hold is compared, all of it.
@Suite struct TextRecognizerTests {
    private static let line = LicenseTextTable.lines.first { $0.hasPrefix("MIT|") } ?? ""
    private let words = LicenseWords(bytes: Array(LicenseTexts.mit.utf8))

    private func matches(_ line: Substring) -> Int { TextRecognizer(LicenseTextTable.templates([line])).matches(in: words).count }

    @Test func aDigestDecidesWhereHashesAgree() throws {
        #expect(matches(Self.line) == 1)
        let runs = Self.line.split(separator: " ").filter { $0.split(separator: ".").count == 3 }
        #expect(runs.count > 5)
        for run in runs {
            let parts = run.split(separator: ".")
            let digest = parts[2].hasPrefix("0") ? "1" + parts[2].dropFirst() : "0" + parts[2].dropFirst()
            let forged = Self.line.split(separator: " ").map { $0 == run ? "\(parts[0]).\(parts[1]).\(digest)" : String($0) }
            // Alternatives and optional parts may be left out; what MIT's text needs may not.
            let isNeeded = Int(parts[0]) ?? 0 > 6
            if isNeeded { #expect(matches(Substring(forged.joined(separator: " "))) == 0, "\(run)") }
        }
    }

    @Test func damagedLinesAreNoTemplates() {
        let fields = Self.line.split(separator: "|", omittingEmptySubsequences: false)
        #expect(LicenseTextTable.templates([Self.line]).count == 1)
        let damaged: [Substring] = [
            "", "MIT", "MIT|2", Self.line.dropLast(1), Substring(Self.line.replacing("( ", with: "", maxReplacements: 1)),
            Substring(Self.line.replacing(" ]", with: "", maxReplacements: 1)),
            Substring((["MIT", "999"] + fields.dropFirst(2)).joined(separator: "|")),
            Substring((["MIT", "0"] + fields.dropFirst(2)).joined(separator: "|")),
        ]
        for line in damaged { #expect(LicenseTextTable.templates([line]).isEmpty, "\(line.prefix(60))") }
    }

    @Test(
        arguments: [
            ("The Software (\"X\")", "the software x"), ("1. One; 2) two. (a) Three, iv. four", "one two three four"),
            ("Section 2. Foo", "section 2 foo"), ("Section 2(b) and 3.1", "section 2 b and 3 1"),
            ("more than 700 million", "more than 700 million"),
            ("v. 2.0, 5% of US$1,000", "2 0 5 % of us $ 1 000"), ("non\u{AD}commercial n\u{200B}ot", "noncommercial not"),
            ("A & B &amp; C &quot;D&quot;", "a and b and c d"), ("Copyright (C) \u{A9} 2020", "copyright 2020"),
            ("(c) 2020", "copyright 2020"),
            ("<p class=\"x\">One</p><br/>two <year> <b not a tag>", "one two year b not a tag"),
            ("**bold** _em_ `code` ~~s~~", "bold em code s"),
            ("```text\nOne\n```", "one"), ("licence organisation", "license organization"), ("Caf\u{E9} \u{C9}TAT", "caf\u{E9} \u{E9}tat"),
            ("许可证 a", "许 可 证 a"), ("8.Aggregation. 5.2.\u{201C}Data\u{201D}", "aggregation data"), ("", ""),
        ])
    func words(_ text: String, _ expected: String) {
        let words = LicenseWords(bytes: Array(text.utf8))
        #expect((0..<words.count).map(words.word).joined(separator: " ") == expected)
    }
}
