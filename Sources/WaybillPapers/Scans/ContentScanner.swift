import WaybillFormat
import WaybillSystem

/// Looks for what the files of a model could do to whoever loads them (Protocol/SCANS.md), by reading only.
///
/// Files are recognised by their content; names say only what was expected. Same bytes, same report.
public enum ContentScanner {
    /// Of the rules and lists.
    public static let version = "s2"

    /// Scans files one after another.
    /// - Throws: what a file's `read` throws. What is wrong with the content is a finding.
    public static func scan(_ files: [EvidenceFile]) throws(SystemError) -> ScanReport {
        var scans: [FileScan] = []
        for file in files { scans.append(try scan(file)) }
        return ScanReport(files: scans)
    }

    /// The chat templates alone, from the files that loaders take them from.
    /// - Throws: what a file's `read` throws.
    public static func templates(in files: [EvidenceFile]) throws(SystemError) -> [ChatTemplate] {
        try scan(files.filter { mayHoldTemplates($0) }).templates
    }

    /// JSON beyond this is a vocabulary.
    private static let maximumTemplateJSON = 4 << 20

    private static func mayHoldTemplates(_ file: EvidenceFile) -> Bool {
        let name = file.path.text.lowercased()
        return file.format == .gguf || name.hasSuffix(".gguf") || name.hasSuffix(".jinja")
            || name.hasSuffix(".json") && file.size <= maximumTemplateJSON
    }

    /// Scans one file. Memory does not grow with its size, time only with what must be read of it.
    /// - Throws: what the file's `read` throws.
    public static func scan(_ file: EvidenceFile) throws(SystemError) -> FileScan {
        let session = ScanSession(file.path)
        do {
            try ContentScan.scan(FileSource(file), session)
        } catch {
            switch error {
            case .system(let error): throw error
            case .damaged(let cause): session.report(.archiveMalformed, at: 0, cause)
            case .limit(let cause): session.markPartial(cause)
            }
        }
        return session.finish()
    }
}
