import WaybillFormat
import WaybillSystem

/// Computes what the papers of a model come to. Same files, same determinations, same ancestors: same findings, on any machine.
///
/// Findings rest on claims of the publisher and are no legal advice.
public enum PapersEvaluator {
    /// Grows with every change of a rule of Protocol/PAPERS.md.
    public static let version = "1"

    /// - Parameters:
    ///   - files: all files of the model: which there are is evidence, too.
    ///   - determinations: of reviewers whom the caller trusts. One that only a mirror vouches for must not come here.
    ///   - ancestors: the models that this one was made from and theirs, as far as the caller knows them.
    ///   - manifest: of the revision, for determinations that name one.
    ///   - time: `YYYY-MM-DDThh:mm:ssZ`, to compare expiries with.
    public static func evaluate(
        files: [EvidenceFile], determinations: [Determination] = [], ancestors: [Ancestor] = [], manifest: Digest? = nil,
        at time: String? = nil, registry: LicenseRegistry = .current
    ) -> PapersFindings {
        let derived = PapersDerivation.derive(files)
        let files = files.sorted { $0.path < $1.path }
        let contentId = Manifest.contentId(of: files.map(listed)) { SHA256.digest(of: $0) }
        var readError = derived.readError
        var notices = derived.notices
        var disclosure: Disclosure?
        var hasCardText = false
        do {
            disclosure = try DisclosureFile.read(files)?.disclosure
            hasCardText = try CardText.isThere(in: files)
        } catch {
            readError = readError ?? error
        }
        let licenseFindings = LicenseFindings.find(in: files, claims: LicenseClaim.claims(of: derived.papers), registry: registry)
        readError = readError ?? licenseFindings.readError
        notices += licenseFindings.issues.map { issue in
            let line = issue.line.map { ", line \($0)" } ?? ""
            return (issue.file.map { TerminalText.neutralised($0.text) + line + ": " } ?? "") + issue.detail
        }
        let license = ConcludedLicense(disclosure ?? .none, licenseFindings, registry)
        let subject = PapersSubject(
            paths: Set(files.map(\.path.text)), weights: ModelWeights.paths(in: files), disclosure: disclosure ?? .none,
            hasCardText: hasCardText, license: license.whole, registry: registry)
        let weightsLicense = subject.standing(of: .finalParameters).licenseText
        let terms = EffectiveTerms(
            Lineage(
                license: weightsLicense, fault: license.fault, names: derived.baseModels.map(\.name),
                claimed: subject.disclosure.baseModels,
                ancestors: ancestors, registry: registry))
        let uses = determinations.map { determination in
            PapersFindings.DeterminationUse(
                determination: determination, objection: determination.objection(contentId: contentId, manifest: manifest, at: time))
        }
        func counted(_ definition: Determination.Definition) -> [Determination] {
            uses.filter { $0.objection == nil && $0.determination.definition == definition }.map(\.determination)
        }
        let mof = subject.release.evaluated(by: registry)
        let osaid = OSAIDEvaluation(subject, terms, counted(.osaid))
        let euFoss = EUFossEvaluation(subject, terms, counted(.euFoss))
        let label = OpennessLabel.label(subject, terms, mof, osaid)
        return PapersFindings(
            contentId: contentId, manifest: manifest, registryVersion: registry.version, licenseListVersion: registry.listVersion,
            claims: derived.papers, baseModels: derived.baseModels, disclosure: disclosure, licenses: licenseFindings,
            license: weightsLicense,
            weights: subject.weights, label: label.label, labelReasons: label.reasons, mof: mof, osaid: osaid, euFoss: euFoss, terms: terms,
            determinations: uses, notices: notices, readError: readError)
    }

    private static func listed(_ file: EvidenceFile) -> ManifestFile {
        ManifestFile(path: file.path, size: file.size, sha256: file.sha256, format: file.format, firstRow: 0, rows: 0)
    }
}
