import WaybillFormat

/// Something that a scan found in a file.
public struct ScanFinding: Hashable, Sendable {
    public let file: ModelPath
    /// The names that lead to it inside archives, from the outermost; empty for the file itself. As they stand in the archive: neutralise
    /// them before they are shown.
    public let member: [String]
    /// In the member, or in the file.
    public let offset: Int
    public let rule: ScanRule
    /// In plain words; without control characters, at most some hundred bytes.
    public let detail: String

    public var severity: ScanSeverity { rule.severity }
}
