import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTransfer

/// What a command was pointed at, for papers.
struct PapersTarget: Sendable {
    let evidence: ModelEvidence
    let model: ModelName?
    let ref: RefName?
    let remote: String?
    /// As an address or an absolute path.
    let text: String

    /// What the files come to, by what these policies know of ancestors and determinations.
    /// - Throws: what the system says of a file that it does not give: half of the evidence is none.
    func findings(_ files: [EvidenceFile], _ policies: [Policy]) throws(SystemError) -> PapersFindings {
        let findings = PapersEvaluator.evaluate(
            files: files, determinations: policies.flatMap(\.determinations), ancestors: policies.flatMap(\.ancestors),
            manifest: evidence.digest, at: Session.time())
        if let error = findings.readError { throw error }
        return findings
    }
}
