import Foundation
import Testing
import WaybillFormat
import WaybillPapers

@Suite struct WorkedModelsTests {
    @Test(arguments: WorkedModel.all) func findings(_ model: WorkedModel) throws {
        let found = try model.evaluated()
        #expect(found.label == model.label)
        #expect(found.labelReasons.map(\.code) == model.codes)
        #expect(found.mof.reached == model.mof)
        #expect(found.osaid.result == model.osaid)
        #expect(found.euFoss.result == model.euFoss)
        #expect(found.determinations.allSatisfy { $0.objection == nil })
    }

    @Test func fifteen() {
        #expect(WorkedModel.all.map(\.number) == Array(1...15))
        #expect(Set(WorkedModel.all.map(\.label)) == Set(OpennessLabel.allCases))
    }

    /// The table of the document is the test's. With WAYBILL_WRITE_SCHEMA=1 it is written, not compared.
    @Test func document() throws {
        let url = Repository.url("Protocol/PAPERS.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let table =
            "| | disclosed | label | MOF | OSAID | EU | why |\n|---|---|---|---|---|---|---|\n"
            + WorkedModel.all.map { $0.row + "\n" }.joined()
        let begin = try #require(text.range(of: "*MOF* is the class, *OSAID* and *EU* the results.\n\n"))
        if ProcessInfo.processInfo.environment["WAYBILL_WRITE_SCHEMA"] == "1" {
            try (text[..<begin.upperBound] + table).write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(text[begin.upperBound...] == table)
        }
    }
}
