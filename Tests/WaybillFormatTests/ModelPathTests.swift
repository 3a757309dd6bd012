import Testing
import WaybillFormat

@Suite struct ModelPathTests {
    static let component255 = String(repeating: "x", count: 255)

    @Test(arguments: [
        "a", "README.md", "a/b/c.safetensors", "ümlaut/日本語.bin", " leading", ".hidden", "...x", "a..b", "console", "com0", "com10",
        "xcon.txt",
        "lpt", "x.con", ".gitignore", ".cached", "waybill", component255, "a:b", "a*b?", "\u{200d}", "e\u{301}",
        (0..<64).map { _ in "d" }.joined(separator: "/"),
        (0..<8).map { _ in component255 }.joined(separator: "/"),
    ])
    func accepted(text: String) throws {
        let path = try ModelPath(text)
        #expect(path.text == text)
        #expect(path.components.joined(separator: "/") == text)
    }

    @Test(arguments: [
        ("", "it is empty"), ("/a", "component is empty"), ("a/", "component is empty"), ("a//b", "component is empty"),
        ("/", "component is empty"),
        (".", "contains ."), ("..", "contains .."), ("a/../b", "contains .."), ("./a", "contains ."), ("a/.", "contains ."),
        ("a\u{0}b", "control"), ("a\nb", "control"), ("\u{1f}", "control"), ("a\u{7f}", "control"), ("a\u{80}", "control"),
        ("\u{9f}a", "control"),
        ("a\\b", "backslash"), (".waybill/x", "never part"), ("a/.git", "never part"), (".GIT/config", "never part"),
        ("x/.Cache/y", "never part"),
        ("con", "device"), ("a/NUL", "device"), ("Aux.txt", "device"), ("prn.tar.gz", "device"), ("com1", "device"), ("COM9.x/y", "device"),
        ("lpt5", "device"), ("a.", "dot or a space"), ("a /b", "dot or a space"), ("a...", "dot or a space"),
        (component255 + "x", "longer than 255"), (String(repeating: "é", count: 128), "longer than 255"),
        ((0..<65).map { _ in "d" }.joined(separator: "/"), "more than 64"),
        ((0..<9).map { _ in component255 }.joined(separator: "/"), "longer than 2048"),
    ])
    func refused(text: String, cause: String) {
        expectRefusal(cause) { try ModelPath(text) }
    }

    @Test func combiningMarksDoNotHideSlashes() throws {
        // "/" and a combining mark are one Character of Swift.
        #expect(try ModelPath("a/\u{301}b").components == ["a", "\u{301}b"])
        expectRefusal("contains ..") { try ModelPath("a/../\u{301}b") }
        expectRefusal("device") { try ModelPath("con/\u{301}b") }
        expectRefusal("itself a file") { try ModelPath.requireDistinct([try ModelPath("a"), try ModelPath("a/\u{301}b")]) }
    }

    @Test func orderAndEqualityAreOfBytes() throws {
        let composed = try ModelPath("\u{e9}")
        let decomposed = try ModelPath("e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(composed.collisionKey == decomposed.collisionKey)
        // Swift's String order is that of normalised scalars; U+FB33 before U+1F600 by bytes, "z" before "é".
        let sorted = try ["\u{1f600}", "\u{fb33}", "é", "z", "a/b", "a.b", "a"].map { try ModelPath($0) }.sorted().map(\.text)
        #expect(sorted == ["a", "a.b", "a/b", "z", "é", "\u{fb33}", "\u{1f600}"])
    }

    @Test func distinctPathsPass() throws {
        #expect(throws: Never.self) {
            try ModelPath.requireDistinct(try ["A/x", "a.b", "a/b/c", "a/b/d", "ab", "b/a", "ß"].map { try ModelPath($0) })
            try ModelPath.requireDistinct([])
        }
    }

    static let collisions: [([String], String)] = [
        (["b", "a"], "order"), (["a", "a"], "twice"), (["a/b", "a.b"], "order"), (["A", "a"], "case"), (["X/Y", "x/y"], "case"),
        (["e\u{301}", "\u{e9}"], "normalisation"), (["E\u{301}", "\u{e9}"], "normalisation"), (["\u{3c9}", "\u{2126}"], "case"),
        (["a", "a/b"], "itself a file"), (["a", "a-b", "a/b/c/d"], "itself a file"), (["A", "a/b"], "itself a file"),
        (["a/B", "a/b/c"], "itself a file"), (["x/y", "x/y/z/w"], "itself a file"),
    ]

    @Test(arguments: collisions)
    func collisionsAreRefused(texts: [String], cause: String) throws {
        let paths = try texts.map { try ModelPath($0) }
        expectRefusal(cause) { try ModelPath.requireDistinct(paths) }
    }
}
