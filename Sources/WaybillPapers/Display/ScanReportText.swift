import WaybillFormat

extension ScanReport {
    private static let shown = 40

    /// For a person at a terminal; neutralised.
    public var lines: [String] {
        var lines = ["\(files.count) files by scanner \(scanner): worst \(worst?.rawValue ?? "clean")\(isComplete ? "" : ", not complete")"]
        let sorted = findings.sorted { $0.severity > $1.severity }
        for finding in sorted.prefix(Self.shown) {
            let place = ([finding.file.text] + finding.member).map(TerminalText.neutralised).joined(separator: " > ")
            lines.append("\(finding.severity.rawValue): \(place), byte \(finding.offset): \(finding.detail) (\(finding.rule.rawValue))")
        }
        if sorted.count > Self.shown { lines.append("... and \(sorted.count - Self.shown) more (--json lists all)") }
        for file in files {
            guard case .partial(let reasons) = file.completeness else { continue }
            lines.append("\(TerminalText.neutralised(file.path.text)): not read whole: \(reasons.joined(separator: "; "))")
        }
        return lines
    }

    /// `{"scanner", "worst", "complete", "findings": [{"file", "member", "offset", "rule", "severity", "detail"}]}`
    public var json: JSONValue {
        .object([
            "scanner": .string(scanner), "worst": .string(worst?.rawValue ?? "clean"), "complete": .bool(isComplete),
            "findings": .array(
                findings.map { finding in
                    .object([
                        "file": .string(finding.file.text), "member": .array(finding.member.map { .string($0) }),
                        "offset": .integer(finding.offset), "rule": .string(finding.rule.rawValue),
                        "severity": .string(finding.severity.rawValue), "detail": .string(finding.detail),
                    ])
                }),
        ])
    }
}
