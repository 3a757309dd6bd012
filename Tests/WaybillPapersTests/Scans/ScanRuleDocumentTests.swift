import Foundation
import Testing
import WaybillPapers

/// Protocol/SCANS.md says of every rule how bad it is, as the code does.
@Suite struct ScanRuleDocumentTests {
    @Test func everyRuleIsDocumented() throws {
        let page = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Protocol/SCANS.md")
        let families = Set(ScanRule.allCases.map { String($0.rawValue.prefix { $0 != "." }) })
        var documented: [String: ScanSeverity?] = [:]
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            for name in cells[0].matches(of: /`([a-z0-9]+\.[a-z0-9-]+)`/).map({ String($0.1) }) {
                // Other tables name modules and files.
                guard families.contains(String(name.prefix { $0 != "." })), cells[0].hasSuffix("`") else { continue }
                documented[name] = cells.count > 2 ? ScanSeverity(rawValue: cells[1]) : .suspicious
            }
        }
        #expect(Set(documented.keys) == Set(ScanRule.allCases.map(\.rawValue)))
        for rule in ScanRule.allCases { #expect(documented[rule.rawValue] == rule.severity, "\(rule.rawValue)") }
    }
}
