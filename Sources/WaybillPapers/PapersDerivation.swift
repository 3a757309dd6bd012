import WaybillFormat
import WaybillSystem

/// Derives a model's claims from its files, by a papers plan of Protocol/MANIFEST.md.
///
/// Same bytes, same papers: no clock, no network, no order of arguments. What cannot be read is no assertion and a notice, never an
/// error and never a guess.
public enum PapersDerivation {
    /// Whether a file of that path and format is read at all. A publisher makes sure that none of these changed since it was hashed.
    public static func reads(_ path: ModelPath, format: FileFormat, plan: String = Manifest.currentPapersPlan) -> Bool {
        format == .gguf || isModelCard(path) || plan != "p1" && DisclosureFile.isDisclosure(path)
    }

    /// The model's claims. Takes memory for the header of one file (front matter: 1 MiB; GGUF: the claims in a header of 64 MiB) and for
    /// the claims themselves, 4 MiB at most.
    ///
    /// - Parameter plan: of the manifest whose claims are derived again; one of `Manifest.papersPlans`.
    public static func derive(_ files: [EvidenceFile], plan: String = Manifest.currentPapersPlan) -> DerivedPapers {
        let evidence = files.filter { reads($0.path, format: $0.format, plan: plan) }.sorted { $0.path < $1.path }
        var collector = ClaimCollector()
        var notices: [String] = []
        var readError: SystemError?
        for file in evidence {
            do {
                let findings = try claims(of: file, plan)
                collector.add(findings, from: file)
                notices += findings.notices
            } catch {
                readError = readError ?? error
                notices.append("\(TerminalText.neutralised(file.path.text)): could not be read: \(TerminalText.neutralised(error.cause))")
            }
        }
        let collected = collector.finish()
        return DerivedPapers(
            papers: collected.papers, baseModels: collected.baseModels, notices: notices + collected.notices, readError: readError)
    }

    private static func claims(of file: EvidenceFile, _ plan: String) throws(SystemError) -> FileFindings {
        if isModelCard(file.path) { return try ModelCard.claims(of: file) }
        if plan != "p1", DisclosureFile.isDisclosure(file.path) { return try DisclosureClaims.claims(of: file) }
        return try GGUFClaims.claims(of: file)
    }

    static func isModelCard(_ path: ModelPath) -> Bool { path.text.lowercased().utf8.elementsEqual("readme.md".utf8) }
}
