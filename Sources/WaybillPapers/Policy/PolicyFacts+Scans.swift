import WaybillFormat

extension ScanReport {
    /// The worst findings, for whoever is refused: at most three, neutralised.
    public var worstText: String {
        let worst = findings.filter { $0.severity == self.worst }
        let shown = worst.prefix(3).map { finding in
            let place = ([finding.file.text] + finding.member).map(TerminalText.neutralised).joined(separator: " > ")
            return "\(place), byte \(finding.offset): \(finding.detail) (\(finding.rule.rawValue))"
        }
        return shown.joined(separator: "; ") + (worst.count > 3 ? " and \(worst.count - 3) more" : "")
    }
}

extension PolicyFacts {
    /// What the scans of the files found.
    public mutating func note(_ report: ScanReport) {
        self[.scansWorst] = .words([report.worst?.rawValue ?? "clean"])
        self[.scansRules] = .words(Set(report.findings.map(\.rule.rawValue)).sorted())
        self[.scansComplete] = .flag(report.isComplete)
    }
}
