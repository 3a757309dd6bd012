import Testing
import WaybillFormat
import WaybillPapers
import WaybillTestSupport

/// Changed bytes of real metadata: whatever comes out is publishable, twice the same, and never a crash.
@Suite struct MutationTests {
    private static let fragments = [
        "&a ", "*a", "!!str ", "<<: ", "- ", "? ", ": ", "[", "]", "{", "}", "|\n", ">-\n", "\"", "'", "#", "\n", "\r", "\t", "---\n",
        "...\n",
        "%YAML 1.2\n", "\u{0}", "\u{FEFF}", "\u{2028}", "\\x", "license: x\n", ",", "@", "`", "~",
    ].map { Array($0.utf8) }

    private static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.insert(contentsOf: fragments.randomElement(using: &generator) ?? [], at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count - 1, index + Int.random(in: 0..<9, using: &generator)))
            default:
                let end = min(bytes.count, index + Int.random(in: 1..<40, using: &generator))
                bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0..<bytes.count, using: &generator))
            }
        }
        return bytes
    }

    private func check(_ file: EvidenceFile) throws -> DerivedPapers {
        let derived = PapersDerivation.derive([file])
        let again = PapersDerivation.derive([file])
        #expect(derived.papers == again.papers)
        #expect(derived.notices == again.notices)
        #expect(try ModelFiles.isPublishable(derived, [file]))
        #expect(derived.notices.allSatisfy { $0.hasPrefix(file.path.text) && !$0.contains("\n") })
        return derived
    }

    @Test(arguments: [RealModels.miniLM, "---\n\(RealModels.gated)\n---\n"])
    func cards(_ text: String) throws {
        var generator = SeededGenerator(seed: 7)
        var (claimed, refused) = (0, 0)
        for _ in 0..<3_000 {
            let derived = try check(try ModelFiles.file("README.md", Self.mutated(Array(text.utf8), &generator)))
            claimed += derived.isEmpty ? 0 : 1
            refused += derived.notices.isEmpty ? 0 : 1
        }
        #expect(claimed > 100)
        #expect(refused > 300)
    }

    @Test func headers() throws {
        var builder = GGUFBuilder()
        RealModels.smolLM2(&builder)
        builder.add("general.base_model.count", 1)
        builder.add("general.base_model.0.repo_url", "https://huggingface.co/acme/base")
        var generator = SeededGenerator(seed: 8)
        var (claimed, refused) = (0, 0)
        for _ in 0..<3_000 {
            let derived = try check(try ModelFiles.file("m.gguf", Self.mutated(builder.bytes, &generator), format: .gguf))
            claimed += derived.isEmpty ? 0 : 1
            refused += derived.notices.isEmpty ? 0 : 1
        }
        #expect(claimed > 100)
        #expect(refused > 300)
    }
}
