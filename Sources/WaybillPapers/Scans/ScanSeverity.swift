/// How bad a finding is (Protocol/SCANS.md).
public enum ScanSeverity: String, Sendable, CaseIterable, Comparable {
    case note
    case suspicious
    case unsafe

    private var rank: Int {
        switch self {
        case .note: 0
        case .suspicious: 1
        case .unsafe: 2
        }
    }

    public static func < (a: ScanSeverity, b: ScanSeverity) -> Bool { a.rank < b.rank }
}
