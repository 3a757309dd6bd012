import Testing
import WaybillFuzzing

/// What fuzzing has tried and what it once found (Tests/Fuzz), without a fuzzer.
@Suite struct ReplayTests {
    @Test(arguments: FuzzTarget.all) func everyInputOfTheCorpusHolds(target: FuzzTarget) throws {
        let corpus = try Inputs.corpus(of: target.name)
        #expect(corpus.count >= 10, "the corpus of \(target.name) is missing")
        var accepted = 0
        for input in corpus where try holds(target, input, "an input of the corpus") { accepted += 1 }
        // A parser that takes everything, or nothing, is not what the corpus was made for.
        #expect(accepted > 0 && accepted < corpus.count, "\(accepted) of \(corpus.count) are accepted")
    }

    @Test func everyPastFailureHolds() throws {
        let folders = try Inputs.failures()
        #expect(!folders.isEmpty)
        for (name, inputs) in folders {
            let target = try #require(FuzzTarget.all.first { $0.name == name }, "no target is called \(name)")
            #expect(!inputs.isEmpty, "\(name)")
            for (file, input) in inputs { _ = try holds(target, input, file) }
        }
    }

    @Test func everyCorpusHasATarget() throws {
        #expect(try Inputs.corpora() == FuzzTarget.all.map(\.name).sorted())
    }

    /// Whether the input is accepted; an issue where a property does not hold.
    private func holds(_ target: FuzzTarget, _ input: [UInt8], _ what: String) throws -> Bool {
        do {
            return try target.check(input)
        } catch {
            Issue.record("\(target.name), \(what): \(error). The input: \(String(describing: input))")
            return false
        }
    }
}

extension FuzzTarget: CustomTestStringConvertible {
    public var testDescription: String { name }
}
