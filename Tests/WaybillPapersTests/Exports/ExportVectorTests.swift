import Foundation
import Testing
import WaybillFormat
import WaybillPapers

/// Every valid disclosure of the vectors is exported in every format.
struct ExportVectorTests {
    private static let folder = Repository.url("Protocol/vectors/disclosure/valid")

    static let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []

    @Test(arguments: names)
    func exports(_ name: String) throws {
        let text = String(decoding: try Data(contentsOf: Self.folder.appending(path: name)), as: UTF8.self)
        var sample = ExportSample(description: name, isPublished: true)
        let file = try ModelFiles.file("disclosure.yaml", Array(text.utf8))
        sample.hasWeights = true
        let files = try sample.files + [file]
        let subject = ExportSubject(
            findings: PapersEvaluator.evaluate(files: files), files: files, model: try ModelName("acme/tiny"),
            published: "2026-10-01T08:00:00Z", location: "https://models.example.com/acme/tiny", time: ExportSample.time)
        #expect(subject.findings.disclosure != nil)
        let document = try JSONValue(parsing: try PapersExport.bytes(.spdx, of: subject), maximumDepth: 32)
        #expect(SPDXRules.violations(in: document) == [])
        for format in PapersExport.Format.allCases { #expect(!(try PapersExport.bytes(format, of: subject)).isEmpty) }
    }

    @Test func thereAreVectors() { #expect(Self.names.count > 10) }
}
