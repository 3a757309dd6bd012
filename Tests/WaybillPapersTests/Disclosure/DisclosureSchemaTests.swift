import Foundation
import Testing
import WaybillPapers

/// The documents that are made from the schema of the code. With WAYBILL_WRITE_SCHEMA=1 they are written, not compared.
@Suite struct DisclosureSchemaTests {
    private static let isWriting = ProcessInfo.processInfo.environment["WAYBILL_WRITE_SCHEMA"] == "1"

    @Test func jsonSchema() throws {
        let url = Repository.url("Protocol/disclosure.schema.json")
        if Self.isWriting { try DisclosureJSONSchema.text.write(to: url, atomically: true, encoding: .utf8) }
        #expect(try String(contentsOf: url, encoding: .utf8) == DisclosureJSONSchema.text)
    }

    @Test func tables() throws {
        let url = Repository.url("Protocol/PAPERS.md")
        var text = try String(contentsOf: url, encoding: .utf8)
        let begin = try #require(text.range(of: "a test compares -->\n"))
        let end = try #require(text.range(of: "\nThe names of `components` are the 17"))
        if Self.isWriting {
            text.replaceSubrange(begin.upperBound..<end.lowerBound, with: DisclosureTables.text)
            try text.write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(text[begin.upperBound..<end.lowerBound] == DisclosureTables.text)
        }
    }
}
