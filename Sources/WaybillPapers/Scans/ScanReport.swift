import WaybillFormat

/// What a scan saw and found in the files of a model.
public struct ScanReport: Equatable, Sendable {
    public let scanner: String
    /// In the order of their paths.
    public let files: [FileScan]

    public init(files: [FileScan]) {
        scanner = ContentScanner.version
        self.files = files.sorted { $0.path < $1.path }
    }

    public var findings: [ScanFinding] { files.flatMap(\.findings) }
    /// Nil without findings.
    public var worst: ScanSeverity? { files.compactMap(\.worst).max() }
    public var isComplete: Bool { files.allSatisfy { $0.completeness == .complete } }
    public var templates: [ChatTemplate] { files.flatMap(\.templates) }

    /// Holds the chat templates against those of the base model.
    public func compareTemplates(withBase base: ScanReport) -> TemplateComparison {
        TemplateComparison(templates, base: base.templates)
    }
}

/// What a scan saw and found in one file.
public struct FileScan: Equatable, Sendable {
    public enum Completeness: Hashable, Sendable {
        case complete
        /// Something was not read; each reason once, in plain words.
        case partial([String])
    }

    public let path: ModelPath
    /// Sorted; empty for an empty file.
    public let kinds: [ContentKind]
    public let findings: [ScanFinding]
    public let completeness: Completeness
    public let templates: [ChatTemplate]

    public var worst: ScanSeverity? { findings.map(\.severity).max() }
}
