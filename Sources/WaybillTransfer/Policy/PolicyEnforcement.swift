import WaybillCodec
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// The policies that hold for a command, and where their decisions are recorded (Protocol/POLICY.md).
public struct PolicyEnforcement: Sendable {
    public let policies: [Policy]
    /// `pull`, `serve`, ...; for the record.
    public let command: String
    public let log: DecisionLog
    let now: @Sendable () -> String

    /// - Parameter now: the time, `YYYY-MM-DDThh:mm:ssZ`.
    public init(_ policies: [Policy], command: String, log: DecisionLog, now: @escaping @Sendable () -> String) {
        self.policies = policies
        self.command = command
        self.log = log
        self.now = now
    }

    /// A revision that asks to be let in.
    struct Candidate: Sendable {
        let manifest: Manifest
        let digest: Digest?
        let model: ModelName?
        let ref: RefName?
        let remote: String?
        /// What was verified of its signatures; nil where nothing was.
        var signatures: SignatureFacts?

        var subject: PolicySubject { PolicySubject(model: model?.path, contentId: manifest.contentId) }
        var name: String { model.map { "\($0.path)\(ref.map { ":\($0.text)" } ?? "")" } ?? manifest.contentId.hex }
    }

    /// What was decided so far, for the gates that follow.
    struct Admission: Sendable {
        var facts: [PolicyFacts] = []
        /// For people: what the policies warn of, and which exceptions were used.
        var notices: [String] = []
    }

    /// The gates before any weights: first by the claims of the manifest, which may refuse, then by the files themselves.
    ///
    /// Blocks for as long as `files` do.
    /// - Parameter before: the files of the revision held before; nil if none was.
    /// - Throws: `.policy` where a policy refuses; `.integrity` where the files are not what the manifest says.
    func admit(
        _ candidate: Candidate, files: () -> [EvidenceFile], before: (files: [EvidenceFile], isWhole: Bool)?
    ) throws(TransferError) -> Admission {
        guard !policies.isEmpty else { return Admission() }
        let time = now()
        for policy in policies {
            var claimed = PolicyFacts()
            claimed.note(model: candidate.model, ref: candidate.ref, remote: candidate.remote)
            claimed.note(unchecked: candidate.manifest, ancestors: policy.ancestors)
            guard let refusal = policy.refuses(claimed: claimed, candidate.subject, at: time) else { continue }
            try record(candidate, [refusal], claimed)
            throw Self.error(refusal, candidate)
        }
        let files = files()
        // Claims are read from what the manifest calls GGUF: one that hides behind another word must not hide its licence.
        try requireFormats(files.filter { Self.isNamedGGUF($0.path) }, candidate)
        let derived = PapersDerivation.derive(files, plan: candidate.manifest.papersPlan)
        if let error = derived.readError { try refuse(unread: error, candidate) }
        guard derived.papers == candidate.manifest.papers, derived.baseModels == candidate.manifest.baseModels else {
            try refuse(candidate, "the manifest claims what its files do not say")
        }
        var admission = Admission()
        for policy in policies {
            let facts = try facts(of: candidate, files, before, policy, time)
            let decisions = [PolicyGate.papers, .signatures].map { policy.decide($0, facts, candidate.subject, at: time) }
            let decided = decisions.first { !$0.allows } ?? decisions[0]
            try record(candidate, decided.allows ? decisions : [decided], facts)
            guard decided.allows else { throw Self.error(decided, candidate) }
            admission.facts.append(facts)
            for decision in decisions { admission.notices += Self.notices(decision) }
        }
        return admission
    }

    /// Whether any policy asks for scans.
    var scansContent: Bool { policies.contains { $0.has(.content) } }

    /// The gate behind the weights and before the switch. Reads the files; blocks.
    func admit(content files: [EvidenceFile], _ candidate: Candidate, _ admission: Admission) throws(TransferError) -> [String] {
        try requireFormats(files, candidate)
        guard scansContent else { return [] }
        let report = try lifting { () throws(SystemError) in try ContentScanner.scan(files) }
        let time = now()
        var notices: [String] = []
        for (policy, known) in zip(policies, admission.facts) where policy.has(.content) {
            var facts = known
            facts.note(report)
            let decision = policy.decide(.content, facts, candidate.subject, at: time)
            try record(candidate, [decision], facts)
            guard decision.allows else { throw Self.error(decision, candidate, report.worstText) }
            notices += Self.notices(decision)
        }
        return notices
    }

    private func facts(
        of candidate: Candidate, _ files: [EvidenceFile], _ before: (files: [EvidenceFile], isWhole: Bool)?, _ policy: Policy,
        _ time: String
    ) throws(TransferError) -> PolicyFacts {
        let determinations = policy.determinations + (candidate.signatures?.determinations(of: policy.reviewers) ?? [])
        func findings(_ files: [EvidenceFile]) -> PapersFindings {
            PapersEvaluator.evaluate(
                files: files, determinations: determinations, ancestors: policy.ancestors, manifest: candidate.digest, at: time)
        }
        let found = findings(files)
        if let error = found.readError { try refuse(unread: error, candidate) }
        var facts = PolicyFacts()
        facts.note(model: candidate.model, ref: candidate.ref, remote: candidate.remote)
        facts.note(found, files: files)
        facts.note(change: found, since: before.map { findings($0.files) }, isWhole: before?.isWhole ?? true)
        facts.note(candidate.signatures, evaluators: policy.evaluators, at: time)
        return facts
    }

    /// Holds the formats that the manifest says against the files.
    private func requireFormats(_ files: [EvidenceFile], _ candidate: Candidate) throws(TransferError) {
        for file in files {
            let found: FileFormat
            do throws(SystemError) { found = try Self.format(of: file) } catch { try refuse(unread: error, candidate) }
            guard found != file.format else { continue }
            try refuse(
                candidate,
                "the manifest calls \(file.path.text) \(file.format.rawValue), and it is \(found.rawValue)")
        }
    }

    /// Whether a file's name says that claims may be read from it, whatever the manifest says that it is.
    static func isNamedGGUF(_ path: ModelPath) -> Bool { path.text.lowercased().hasSuffix(".gguf") }

    static func format(of file: EvidenceFile) throws(SystemError) -> FileFormat {
        try FileLayout.detect(size: file.size) { (offset: Int, count: Int) throws(SystemError) in try file.read(offset, count) }.format
    }

    /// Files that cannot be read decide nothing; those that are withheld are as good as false.
    private func refuse(unread error: SystemError, _ candidate: Candidate) throws(TransferError) -> Never {
        guard error.code == .policy else { throw TransferError(error) }
        try refuse(candidate, error.cause, remedy: error.remedy)
    }

    private func refuse(
        _ candidate: Candidate, _ fault: String,
        remedy: String = "The revision was not made by 'waybill push', or its mirror is hostile: ask its publisher"
    ) throws(TransferError) -> Never {
        try log.append(
            DecisionRecord(
                time: now(), command: command, model: candidate.model?.path, ref: candidate.ref?.text, manifest: candidate.digest,
                contentId: candidate.manifest.contentId, decisions: [], facts: PolicyFacts(), fault: fault))
        throw TransferError(
            .policy, subject: candidate.name, cause: "refused (rule claims): \(fault)", remedy: remedy)
    }

    private func record(_ candidate: Candidate, _ decisions: [PolicyDecision], _ facts: PolicyFacts) throws(TransferError) {
        try log.append(
            DecisionRecord(
                time: now(), command: command, model: candidate.model?.path, ref: candidate.ref?.text, manifest: candidate.digest,
                contentId: candidate.manifest.contentId, decisions: decisions, facts: facts))
    }

    private static func error(_ decision: PolicyDecision, _ candidate: Candidate, _ detail: String = "") -> TransferError {
        var cause = "refused by policy \(decision.policy.name), rule \(decision.ruleID): \(decision.reason)"
        if let step = decision.steps.last, !decision.isDefault, step.answer == .unknown { cause += " (unknown, which this rule refuses)" }
        if !detail.isEmpty { cause += "; \(detail)" }
        for exception in decision.steps.last?.expired ?? [] {
            cause += "; the exception of \(exception.owner) expired \(exception.expires)"
        }
        let remedy = decision.remedy.isEmpty ? "'waybill policy explain' shows what every rule says" : decision.remedy
        return TransferError(.policy, subject: candidate.name, cause: cause, remedy: remedy)
    }

    private static func notices(_ decision: PolicyDecision) -> [String] {
        decision.warnings.map { "policy \(decision.policy.name), rule \($0.rule.id): \($0.rule.reason)" }
            + decision.exceptions.map {
                "policy \(decision.policy.name): by exception of \($0.owner) until \($0.expires): \($0.reason)"
            }
    }
}
