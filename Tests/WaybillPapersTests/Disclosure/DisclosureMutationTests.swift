import Foundation
import Testing
import WaybillFormat
import WaybillPapers
import WaybillTestSupport

/// Changed bytes of a whole disclosure: accepted or refused, twice the same, never a crash; a refusal has its line inside the document.
@Suite struct DisclosureMutationTests {
    private static let fragments = [
        "&a ", "*a", "!!str ", "<<: ", "- ", "? ", ": ", "[", "]", "{", "}", "|\n", ">-\n", "\"", "'", "#", "\n", "\r", "\t", "---\n",
        "...\n",
        "%YAML 1.2\n", "\u{0}", "\u{FEFF}", "\u{2028}", "\\x", "disclosure: 1\n", ",", "@", "`", "~", "null", "noAssertion", "  ",
    ].map { Array($0.utf8) }

    private static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
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

    @Test(arguments: ["everything", "scalars-by-the-schema", "seventeen-components"]) func mutations(_ name: String) throws {
        let original = [UInt8](try Data(contentsOf: Repository.url("Protocol/vectors/disclosure/valid/\(name).yaml")))
        var generator = SeededGenerator(seed: 5)
        var (accepted, refused) = (0, 0)
        for _ in 0..<3_000 {
            let bytes = Self.mutated(original, &generator)
            let (disclosure, problems) = Disclosure.read(bytes)
            let again = Disclosure.read(bytes)
            #expect(disclosure == again.disclosure)
            #expect(problems == again.problems)
            // One or the other: nothing is taken from a document with an error.
            #expect((disclosure == nil) == problems.contains { $0.severity == .error })
            let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
            for problem in problems {
                #expect(problem.line.map { (1...lines).contains($0) } ?? true)
                #expect(!problem.problem.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
                #expect(problem.problem.utf8.count < 1_000)
            }
            accepted += disclosure == nil ? 0 : 1
            refused += disclosure == nil ? 1 : 0
        }
        #expect(accepted > 20)
        #expect(refused > 300)
    }
}
