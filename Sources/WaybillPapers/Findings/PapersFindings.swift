import WaybillFormat
import WaybillSystem

/// What software finds of a model's papers. It can be recomputed by anyone from the same files; nobody's word is in it but the publisher's
/// claims and the determinations that are named.
public struct PapersFindings: Sendable {
    /// A determination and whether it counted.
    public struct DeterminationUse: Sendable, Equatable {
        public let determination: Determination
        /// Why it did not count; nil if it did.
        public let objection: String?
    }

    /// Of the files that were evaluated.
    public let contentId: Digest
    public let manifest: Digest?
    public let registryVersion: String
    /// Of the SPDX licence list.
    public let licenseListVersion: String
    /// What the publisher claims, by `PapersDerivation`.
    public let claims: Papers
    public let baseModels: [BaseModel]
    /// Nil without a disclosure.yaml that can be read.
    public let disclosure: Disclosure?
    /// What claims and texts say of the licence of the whole.
    public let licenses: LicenseFindings
    /// Of the weights, as SPDX expression; nil where none could be concluded.
    public let license: String?
    /// The files of weights, by path.
    public let weights: [ModelPath]
    public let label: OpennessLabel
    public let labelReasons: [FindingReason]
    public let mof: MOFEvaluation
    public let osaid: OSAIDEvaluation
    public let euFoss: EUFossEvaluation
    public let terms: EffectiveTerms
    public let determinations: [DeterminationUse]
    /// What could not be read, and what contradicts, one sentence each.
    public let notices: [String]
    /// The first file that the system failed to give: findings with this set are not what the files say, and must not be relied on.
    public let readError: SystemError?
}
