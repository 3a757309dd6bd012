import Testing
import WaybillFormat
import WaybillPapers

@Suite struct FrontMatterTests {
    @Test(
        arguments: [
            "---\nlicense: mit\n---\n", "---\r\nlicense: mit\r\n---\r\n# Model", "---\rlicense: mit\r---\n", "\n\n  ---\nlicense: mit\n---",
            "\u{FEFF}---\nlicense: mit\n---\n", "---\nlicense: mit\n--- \t\n", "---\nlicense: mit\n---", "---\n---\nlicense: mit\n---\n",
            "---\nlicense: mit\n\n\n---\n---\n",
        ])
    func found(_ text: String) throws {
        let derived = PapersDerivation.derive([try ModelFiles.readme(text)])
        #expect(derived.values(.licenses) == ["mit"])
        #expect(derived.notices.isEmpty)
    }

    @Test(
        arguments: [
            "", "---", "# Model\n---\nlicense: mit\n---\n", "--- \nlicense: mit\n---\n", "----\nlicense: mit\n---\n", "license: mit\n",
            "\u{00A0}---\nlicense: mit\n---\n",
        ])
    func absent(_ text: String) throws {
        let derived = PapersDerivation.derive([try ModelFiles.readme(text)])
        #expect(derived.isEmpty)
        #expect(derived.notices.isEmpty)
    }

    @Test(arguments: [
        "---\nlicense: mit\n", "---\nlicense: mit\n----\n", "---\nlicense: mit\n---\r", "---\n---\n", "---\nlicense: mit\n --- \n",
    ])
    func unclosed(_ text: String) throws {
        let derived = PapersDerivation.derive([try ModelFiles.readme(text)])
        #expect(derived.isEmpty)
        #expect(derived.notices == ["README.md, line 1: the front matter has no closing line: nothing is taken from it"])
    }

    @Test func mebibyte() throws {
        func card(_ size: Int, rest: String = "") -> String {
            let head = "---\nlicense: mit\n#"
            let tail = "\n---\n"
            return head + String(repeating: "x", count: size - head.utf8.count - tail.utf8.count) + tail + rest
        }
        let fits = PapersDerivation.derive([try ModelFiles.readme(card(1 << 20, rest: "# Model\n"))])
        #expect(fits.values(.licenses) == ["mit"])
        #expect(fits.notices.isEmpty)
        let tooLarge = PapersDerivation.derive([try ModelFiles.readme(card(1 << 20 + 1, rest: "# Model\n"))])
        #expect(tooLarge.isEmpty)
        #expect(tooLarge.notices == ["README.md, line 1: the front matter does not end in the first MiB: nothing is taken from it"])
    }

    @Test func textBehindItMayBeAnything() throws {
        let bytes = Array("---\nlicense: mit\n---\n".utf8) + [0xFF, 0xFE, 0x00]
        let derived = PapersDerivation.derive([try ModelFiles.file("README.md", bytes)])
        #expect(derived.values(.licenses) == ["mit"])
    }

    @Test func invalidUnicode() throws {
        let bytes = Array("---\nlicense: mit\nlanguage: ".utf8) + [0xC3, 0x28] + Array("\n---\n".utf8)
        let derived = PapersDerivation.derive([try ModelFiles.file("README.md", bytes)])
        #expect(derived.isEmpty)
        #expect(derived.notices == ["README.md, line 3: the front matter is not UTF-8: nothing is taken from it"])
    }

    struct Malformed: CustomTestStringConvertible, Sendable {
        var metadata: String
        var line: Int?
        var problem: String
        var testDescription: String { String(metadata.prefix(40)) }
    }

    /// Lines count from the first of the file, so that the first of the metadata is line 2.
    private static let malformed: [Malformed] = [
        Malformed(metadata: "license: mit\nlanguage: [en", line: 3, problem: "not valid YAML"),
        Malformed(metadata: "license: mit\n  language: en", line: 3, problem: "not valid YAML"),
        Malformed(metadata: "license: mit\n\tlanguage: en", line: 3, problem: "not valid YAML"),
        Malformed(metadata: "license: \"mit", line: 2, problem: "not valid YAML"),
        Malformed(metadata: "license: @mit", line: 2, problem: "not valid YAML"),
        Malformed(metadata: "license: mit\nname: a\u{0}b", line: 3, problem: "control characters are not allowed"),
        Malformed(metadata: "license: mit\nname: \"\\ud800\"", line: 3, problem: "not valid YAML"),
        Malformed(metadata: "license: mit\nother: 1\nlicense: gpl-3.0", line: 2, problem: "a key that stands twice"),
        Malformed(metadata: "license: mit\na:\n  b: 1\n  'b': 2", line: 4, problem: "a key that stands twice"),
        Malformed(metadata: "license: &l mit\nother: *l", line: 3, problem: "an anchor and an alias"),
        Malformed(metadata: "other: 1\nlicense: &l mit", line: 3, problem: "uses an anchor"),
        Malformed(metadata: "license: mit\nother: &l [1]", line: 3, problem: "uses an anchor"),
        Malformed(metadata: "license: mit\nother: &l {a: 1}", line: 3, problem: "uses an anchor"),
        Malformed(metadata: "license: *l", line: 2, problem: "undefined alias"),
        Malformed(metadata: "license: !!bool yes", line: 2, problem: "uses a tag"),
        Malformed(metadata: "license: mit\nother: [!x 1]", line: 3, problem: "uses a tag"),
        Malformed(metadata: "license: mit\nother: !!set {a}", line: 3, problem: "uses a tag"),
        Malformed(metadata: "license: mit\nother: !!omap [a: 1]", line: 3, problem: "uses a tag"),
        Malformed(metadata: "license: mit\n<<: {license: gpl}", line: 3, problem: "uses a merge key"),
        Malformed(metadata: "license: mit\na: {b: {'<<': 1}}", line: 3, problem: "uses a merge key"),
        Malformed(metadata: "license: mit\n...\nlicense: gpl", line: nil, problem: "not valid YAML"),
        Malformed(metadata: "license: mit\n--- x\nlicense: gpl", line: nil, problem: "not valid YAML"),
        Malformed(metadata: "- license", line: 2, problem: "not a list of keys with values"),
        Malformed(metadata: "license", line: 2, problem: "not a list of keys with values"),
    ]

    @Test(arguments: malformed) func nothingIsTaken(_ case: Malformed) throws {
        let derived = try ModelFiles.derive(card: `case`.metadata)
        #expect(derived.isEmpty)
        #expect(derived.readError == nil)
        let notice = try #require(derived.notices.first)
        #expect(derived.notices.count == 1)
        #expect(notice.contains(`case`.problem), "\(notice)")
        #expect(notice.hasSuffix(": nothing is taken from it"))
        if let line = `case`.line { #expect(notice.hasPrefix("README.md, line \(line): "), "\(notice)") }
    }
}
