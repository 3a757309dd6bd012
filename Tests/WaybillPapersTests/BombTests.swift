import Foundation
import Testing
import WaybillFormat
import WaybillPapers

/// Small texts that cost much where they are expanded, compared or walked. Every one must end soon and without a claim.
@Suite struct BombTests {
    private static let size = (1 << 20) - 64

    private static func repeated(_ text: String, to size: Int = size) -> String {
        String(repeating: text, count: size / text.utf8.count)
    }

    private func cost(_ metadata: String) throws -> (derived: DerivedPapers, time: Duration) {
        let file = try ModelFiles.card(metadata)
        let clock = ContinuousClock()
        let start = clock.now
        let derived = PapersDerivation.derive([file])
        return (derived, clock.now - start)
    }

    private func expectRefusal(_ metadata: String, _ problem: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (derived, time) = try cost(metadata)
        #expect(derived.isEmpty, sourceLocation: sourceLocation)
        #expect(derived.notices.count == 1, sourceLocation: sourceLocation)
        #expect(time < .seconds(10), "\(time)", sourceLocation: sourceLocation)
        if let problem { #expect(derived.notices.first?.contains(problem) == true, "\(derived.notices)", sourceLocation: sourceLocation) }
    }

    @Test func aliases() throws {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1...40 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [" + Array(repeating: alias, count: 9).joined(separator: ",") + "]\n"
        }
        try expectRefusal(text + "license: *a40", "an anchor and an alias")
    }

    @Test func aliasesAsKeys() throws {
        var text = "? &a0 [x]\n: 1\n"
        for level in 1...60 { text += "? &a\(level) [*a\(level - 1), *a\(level - 1)]\n: 1\n" }
        try expectRefusal(text, "an anchor and an alias")
    }

    @Test func anchorsInDisguise() throws {
        try expectRefusal("a: ! &b-_9 [x]\nlicense: [!!str\n  *b-_9]", "an anchor and an alias")
        try expectRefusal("%TAG !e! tag:example.com,2000:\n--- # one\nlicense: !e!x mit", "uses a tag")
    }

    @Test func depth() throws {
        for opening in ["[", "{", "{a: ", "[a, ", "- ", "? ", "- ? "] {
            try expectRefusal("license: mit\nother:\n  " + Self.repeated(opening))
        }
        var block = "license: mit\n"
        for level in 0..<1_400 { block += String(repeating: " ", count: level) + "k:\n" }
        try expectRefusal(block)
    }

    @Test func width() throws {
        for element in ["a,", "[],", "{},", "a: ,", "? ,", "\"a\": b,", "a\n,"] {
            try expectRefusal("license: mit\nother: [\(Self.repeated(element))]", "marks of structure")
        }
        try expectRefusal("license: mit\nother:\n\(Self.repeated("- -\n"))", "marks of structure")
        try expectRefusal("license: mit\n\(Self.repeated("\n"))", "marks of structure")
    }

    /// As large as is allowed: it may be taken, but must not take long.
    @Test func largestThatIsRead() throws {
        let marks = 131_000
        let keys = (0..<40_000).map { "k\($0): v" }.joined(separator: "\n")
        let nested = String(repeating: "[", count: 900) + String(repeating: "a,", count: marks - 1_000) + String(repeating: "]", count: 900)
        let keyed = String(repeating: "{? ", count: 450) + "x" + String(repeating: "}", count: 450)
        let largeKey =
            String(repeating: "{? [", count: 300) + "\"" + Self.repeated("x", to: 1_000_000) + "\""
            + String(repeating: "]}", count: 300)
        let lines = String(repeating: "- a\n", count: 65_000)
        let wide = "[" + String(repeating: "a,", count: marks) + "]"
        let block = "|\n" + String(repeating: " a\n", count: marks)
        for other in [wide, nested, keyed, largeKey, "\n" + lines, block, "\n  x: 1\n" + keys] {
            let (derived, time) = try cost("license: mit\nother: " + other)
            #expect(derived.values(.licenses) == ["mit"], "\(derived.notices)")
            #expect(time < .seconds(10), "\(time) for \(other.prefix(20))")
        }
    }

    /// The deepest that YAML allows, on a thread with little stack.
    @Test(arguments: [("[", "]"), ("{a: ", "}"), ("[a: ", "]"), ("[? ", "]"), ("{? [", "]}")])
    func depthOnASmallStack(_ opening: String, _ closing: String) async throws {
        let levels = 990 / opening.count { $0 == "[" || $0 == "{" }
        let text = String(repeating: opening, count: levels) + "x" + String(repeating: closing, count: levels)
        let file = try ModelFiles.card("license: mit\nother: " + text)
        let licenses = await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: PapersDerivation.derive([file]).values(.licenses)) }
            thread.stackSize = 256 << 10
            thread.start()
        }
        #expect(licenses == ["mit"])
    }

    @Test func longScalarsOfOneLine() throws {
        for (opening, filler, closing) in [("", "x", ""), ("\"", "\\x41", "\""), ("'", "''", "'"), ("\"", "\\0", "\""), ("", "# ", "")] {
            let (derived, time) = try cost("language: en\nlicense: \(opening)\(Self.repeated(filler))\(closing)")
            #expect(derived.values(.licenses).isEmpty)
            #expect(time < .seconds(10), "\(time)")
        }
    }

    @Test func escapedControlCharactersFitTheManifest() throws {
        let values = (0..<1_000).map { index in "\"\(index)" + String(repeating: "\\0", count: 500) + "\"" }
        let file = try ModelFiles.card("datasets: [" + values.joined(separator: ",") + "]")
        let derived = PapersDerivation.derive([file])
        #expect(derived.values(.datasets).count == 1_000)
        #expect(try ModelFiles.isPublishable(derived, [file]))
    }
}
