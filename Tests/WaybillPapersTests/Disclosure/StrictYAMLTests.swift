import Testing
import WaybillPapers

@Suite struct StrictYAMLTests {
    private func parse(_ text: String) -> Result<YAMLValue?, StrictYAML.Refusal> { StrictYAML.parse(Array(text.utf8)) }

    private func refusal(_ text: String) -> StrictYAML.Refusal? {
        if case .failure(let refusal) = parse(text) { refusal } else { nil }
    }

    @Test func scalarsAreWhatWasWritten() throws {
        let value = try #require(try parse("a: no\nb: 1.0\nc: '007'\nd: 2024-01-02\ne: ~\nf:\ng: \"null\"\nh: 0x1F\ni: |\n  x\n").get())
        #expect(["a", "b", "c", "d", "g", "h", "i"].map { value[$0]?.text } == ["no", "1.0", "007", "2024-01-02", "null", "0x1F", "x\n"])
        for key in ["e", "f"] {
            guard case .null? = value[key]?.kind else {
                Issue.record("\(key) is not null")
                continue
            }
        }
        guard case .scalar(_, isPlain: false)? = value["c"]?.kind, case .scalar(_, isPlain: true)? = value["b"]?.kind else {
            Issue.record("quotes are not told from plain scalars")
            return
        }
    }

    @Test func linesCountFromOne() throws {
        let value = try #require(try parse("\u{FEFF}# first\na:\r\n  - x\n  -   y\nb: {c: z}\n").get())
        #expect(value["a"]?.elements?.map(\.line) == [3, 4])
        #expect(value["b"]?["c"]?.line == 5)
        #expect(value["b"]?.line == 5)
    }

    @Test(arguments: [
        ("a: &x 1\n", 1, "anchor"), ("a: 1\nb: &x\n", 2, "anchor"), ("&x a: 1\n", 1, "anchor"), ("a: &x 1\nb: *x\n", 2, "alias"),
        ("a: *x\n", 1, "alias"), ("a: !!str x\n", 1, "tag"), ("a:\n  !!seq [x]\n", 2, "tag"), ("!!map\na: 1\n", 1, "tag"),
        ("a: !local x\n", 1, "tag"), ("a: ! x\n", 1, "tag"), ("a: !<tag:yaml.org,2002:str> x\n", 1, "tag"), ("!!str a: 1\n", 1, "tag"),
        ("a: !!str \"x\"\n", 1, "tag"), ("- !!str x\n", 1, "tag"),
        ("a: 1\nb: 2\na: 3\n", 1, "twice"), ("a: {b: 1, b: 2}\n", 1, "twice"), ("<<: {a: 1}\n", 1, "merge"),
        ("a: 1\n---\nb: 2\n", 2, "another document"), ("? [a]\n: 1\n", 1, "no text"), ("? {a: b}\n: 1\n", 1, "no text"),
        ("a: \u{7}\n", 1, "control"), ("x: 1\na: b\u{85}c\n", 2, "control"), ("a: b\u{2028}c\n", 1, "control"),
        ("a: 1\rb: 2\n", 1, "control"),
        ("a: [1\n", 1, "YAML"), ("a: b: c\n", 1, "YAML"), ("\ta: 1\n", 1, "YAML"), ("a: \"x\n", 1, "YAML"),
        ("%TAG ! x:\n---\na: !b c\n", 3, "tag"),
    ])
    func refused(_ text: String, _ line: Int, _ problem: String) throws {
        let refusal = try #require(self.refusal(text))
        #expect(refusal.problem.contains(problem))
        #expect(refusal.line == line)
    }

    @Test func bytesThatAreNoText() {
        guard case .failure(let refusal) = StrictYAML.parse(Array("a: 1\nb: ".utf8) + [0xFF]) else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.line == 2)
        #expect(refusal.problem == "is not UTF-8")
    }

    @Test func depth() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) }
        #expect(throws: Never.self) { try parse("a: " + nested(32) + "\n").get() }
        let deep = try #require(refusal("a: 1\nb: " + nested(33) + "\n"))
        #expect(deep.line == 2)
        #expect(deep.problem == "nests deeper than 32")
        #expect(refusal("a: " + String(repeating: "{b: ", count: 5_000))?.problem.contains("YAML") == true)
        let blocks = (0..<33).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(refusal(blocks + String(repeating: " ", count: 33) + "b: 1\n") != nil)
    }

    @Test func size() {
        let most = Array(("a: " + String(repeating: "x", count: StrictYAML.maximumByteCount - 4) + "\n").utf8)
        #expect(most.count == 1 << 20)
        #expect(throws: Never.self) { try StrictYAML.parse(most).get() }
        guard case .failure(let refusal) = StrictYAML.parse(most + [0x0A]) else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.problem == "is larger than 1 MiB")
        #expect(self.refusal("a: [" + String(repeating: ",", count: 131_072))?.problem.contains("marks of structure") == true)
    }

    @Test func nothing() throws {
        for text in ["", "\n", "# x\n", "---\n"] {
            let value = try parse(text).get()
            if let value {
                guard case .null = value.kind else {
                    Issue.record("something")
                    continue
                }
            }
        }
    }
}
