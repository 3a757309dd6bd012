extension PolicyFacts {
    /// What the scans of the files found.
    public mutating func note(_ report: ScanReport) {
        self[.scansWorst] = .words([report.worst?.rawValue ?? "clean"])
        self[.scansRules] = .words(Set(report.findings.map(\.rule.rawValue)).sorted())
        self[.scansComplete] = .flag(report.isComplete)
    }
}
