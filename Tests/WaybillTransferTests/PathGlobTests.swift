import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

@Suite struct PathGlobTests {
    @Test(
        "a table of patterns",
        arguments: [
            // Without a slash: the last component, at any depth.
            ("*.gguf", "a.gguf", true), ("*.gguf", "x/y/a.gguf", true), ("*.gguf", "a.gguf/b", false),
            ("config.json", "a/config.json", true),
            ("config.json", "a/xconfig.json", false), ("?.bin", "a.bin", true), ("?.bin", "ab.bin", false), ("*", "a/b/c", true),
            ("a*b*c", "a1b2c", true), ("a*b*c", "a1b2", false), ("*-of-*", "model-1-of-2.bin", true), ("", "a", false), ("**", "a/b", true),
            // With a slash: the whole path.
            ("a/*", "a/b", true), ("a/*", "a/b/c", false), ("a/*", "b/a/c", false), ("/a", "a", true), ("/a", "b/a", false),
            ("*/a", "b/a", true), ("*/a", "a", false), ("*/a", "b/c/a", false), ("a/?", "a//", false), ("a/*.bin", "a/x.bin", true),
            // Two stars cross components.
            ("a/**", "a/b", true), ("a/**", "a/b/c", true), ("a/**", "ab/c", false), ("a/**", "a", false), ("**/a", "a", true),
            ("**/a", "b/a", true), ("**/a", "b/c/a", true), ("**/a", "ba", false), ("**/a", "b/ca", false), ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false), ("a/**/b", "ab", false),
            ("**/b/*.bin", "a/b/c/b/x.bin", true), ("**/b/*.bin", "a/b/c/x.bin", false), ("**/a/**/b", "x/a/y/a/z/b", true),
            ("**/a/**/b", "x/ca/z/b", false), ("**/*", "a", true), ("**/*", "a/b/c", true),
            // Classes.
            ("[ab].bin", "a.bin", true), ("[ab].bin", "c.bin", false), ("[a-c]x", "bx", true), ("[a-c]x", "dx", false),
            ("[!a-c]x", "dx", true), ("[!a-c]x", "bx", false), ("[^a]", "b", true), ("model-0[0-9]", "model-07", true), ("[a-]", "-", true),
            ("a/[!b]/c", "a///c", false), ("[", "[", true), ("[]", "[]", true), ("a[", "a[", true), ("[a", "[a", true), ("[a", "a", false),
            // Everything else is itself.
            ("a.b", "axb", false), ("A", "a", false), ("ä*", "äö", true), ("?", "ö", true), ("a\\*", "a\\b", true),
        ])
    func table(pattern: String, path: String, matches: Bool) {
        #expect(PathGlob(pattern).matches(path) == matches)
    }

    /// The meaning, spelled out without any cleverness.
    private static func oracle(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>, atStart: Bool) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if pattern.starts(with: "**") {
            let rest = pattern.dropFirst(2)
            if atStart, rest.first == "/" {
                let inner = rest.dropFirst()
                if oracle(inner, text, atStart: true) { return true }
                return text.indices.contains { text[$0] == "/" && oracle(inner, text[($0 + 1)...], atStart: true) }
            }
            return (text.startIndex...text.endIndex).contains { oracle(rest, text[$0...], atStart: false) }
        }
        if first == "*" {
            if oracle(pattern.dropFirst(), text, atStart: false) { return true }
            return text.first.map { $0 != "/" } == true && oracle(pattern, text.dropFirst(), atStart: false)
        }
        guard let character = text.first else { return false }
        if first == "?" ? character == "/" : first != character { return false }
        return oracle(pattern.dropFirst(), text.dropFirst(), atStart: first == "/")
    }

    @Test("random patterns mean what they say", arguments: UInt64(1)...8)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func text(_ letters: String, _ most: Int) -> String {
            let letters = Array(letters)
            return String((0..<Int.random(in: 1...most, using: &generator)).map { _ in letters.randomElement(using: &generator) ?? "a" })
        }
        var matched = 0
        var tried = 0
        for _ in 0..<6_000 {
            // A slash in front makes every pattern one of the whole path. Three stars have no meaning of their own.
            let pattern = text("aab/*?*/", 8)
            guard !pattern.contains("***"), !pattern.hasPrefix("/") else { continue }
            let path = text("aaab/b", 9).split(separator: "/").joined(separator: "/")
            guard !path.isEmpty else { continue }
            let expected = Self.oracle(Array(pattern)[...], Array(path)[...], atStart: true)
            tried += 1
            if expected { matched += 1 }
            #expect(PathGlob("/" + pattern).matches(path) == expected, "/\(pattern) on \(path)")
        }
        #expect(matched > 100)
        #expect(tried - matched > 1_000)
    }

    @Test("a hostile pattern takes no exponential time", .timeLimit(.minutes(1)))
    func hostile() {
        let text = String(repeating: "a", count: 2_000)
        #expect(!PathGlob(String(repeating: "*a", count: 500) + "b").matches(text))
        #expect(!PathGlob("/" + String(repeating: "**/*a", count: 200) + "b").matches(text))
        #expect(PathGlob(String(repeating: "*a", count: 500)).matches(text))
    }
}
