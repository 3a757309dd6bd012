import WaybillFormat
import WaybillSystem

/// Derives a model's claims from its files, plan `p1` of Protocol/MANIFEST.md.
///
/// Same bytes, same papers: no clock, no network, no order of arguments. What cannot be read is no assertion and a notice, never an
/// error and never a guess.
public enum PapersDerivation {
    /// Whether a file of that path and format is read at all. A publisher makes sure that none of these changed since it was hashed.
    public static func reads(_ path: ModelPath, format: FileFormat) -> Bool {
        format == .gguf || isModelCard(path)
    }

    /// The model's claims. Takes memory for the header of one file (front matter: 1 MiB; GGUF: the claims in a header of 64 MiB) and for
    /// the claims themselves, 4 MiB at most.
    public static func derive(_ files: [EvidenceFile]) -> DerivedPapers {
        let evidence = files.filter { reads($0.path, format: $0.format) }.sorted { $0.path < $1.path }
        var collector = ClaimCollector()
        var notices: [String] = []
        var readError: SystemError?
        for file in evidence {
            do {
                let findings = isModelCard(file.path) ? try ModelCard.claims(of: file) : try GGUFClaims.claims(of: file)
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

    static func isModelCard(_ path: ModelPath) -> Bool { path.text.lowercased().utf8.elementsEqual("readme.md".utf8) }
}
