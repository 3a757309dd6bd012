import WaybillFormat

/// A model's papers in the forms of others (Protocol/EXPORTS.md). An export repeats what is claimed, found and determined; it judges
/// nothing and is no legal advice.
public enum PapersExport {
    /// The raw value is the name on the command line.
    public enum Format: String, Sendable, CaseIterable {
        case spdx
        case cyclonedx
        case euSummaryMarkdown = "eu-summary"
        case euSummaryHTML = "eu-summary-html"
        case huggingface

        public var mediaType: String {
            switch self {
            case .spdx: "application/spdx+json"
            case .cyclonedx: "application/vnd.cyclonedx+json"
            case .euSummaryMarkdown, .huggingface: "text/markdown; charset=utf-8"
            case .euSummaryHTML: "text/html; charset=utf-8"
            }
        }
    }

    /// Same subject, same bytes.
    ///
    /// - Throws: an error that names every missing key of disclosure.yaml where the format demands what nobody states; an error of
    ///   storage if a file could not be read.
    public static func bytes(_ format: Format, of subject: ExportSubject) throws(FormatError) -> [UInt8] {
        if let error = subject.findings.readError { throw FormatError(error) }
        guard Timestamp.secondsSince1970(subject.time) != nil else {
            throw FormatError(.usage, subject: subject.time, cause: "no time", remedy: "Write it YYYY-MM-DDThh:mm:ssZ.")
        }
        switch format {
        case .spdx: return try SPDXDocument.bytes(subject)
        case .cyclonedx: return CycloneDXDocument.bytes(subject)
        case .euSummaryMarkdown: return Array(SummaryMarkdown.text(SummaryDocument(subject)).utf8)
        case .euSummaryHTML: return Array(SummaryHTML.text(SummaryDocument(subject)).utf8)
        case .huggingface: return try HubFrontMatter.bytes(subject)
        }
    }
}
