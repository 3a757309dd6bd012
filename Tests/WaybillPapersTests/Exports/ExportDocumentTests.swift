import Foundation
import Testing
import WaybillPapers

struct ExportDocumentTests {
    @Test func theDocumentNamesEveryFormat() throws {
        let document = String(decoding: try Data(contentsOf: Repository.url("Protocol/EXPORTS.md")), as: UTF8.self)
        for format in PapersExport.Format.allCases {
            #expect(document.contains("`\(format.rawValue)`"), "\(format)")
            #expect(document.contains("`\(format.mediaType.split(separator: ";")[0])`"), "\(format)")
        }
    }
}
