import Foundation
import Testing
import WaybillPapers

/// Protocol/SCANS.md says of every rule how bad it is, as the code does.
@Suite struct ScanRuleDocumentTests {
    @Test func everyRuleIsDocumented() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Protocol/SCANS.md")
        var documented: [String: ScanSeverity?] = [:]
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            for name in cells[0].matches(of: /`([a-z0-9]+\.[a-z0-9-]+)`/).map({ String($0.1) }) {
                documented[name] = cells.count > 2 ? ScanSeverity(rawValue: cells[1]) : .suspicious
            }
        }
        #expect(Set(documented.keys) == Set(ScanRule.allCases.map(\.rawValue)))
        for rule in ScanRule.allCases { #expect(documented[rule.rawValue] == rule.severity, "\(rule.rawValue)") }
    }
}
