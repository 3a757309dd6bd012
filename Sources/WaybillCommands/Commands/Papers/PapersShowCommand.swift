import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTransfer

struct PapersShowCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show claims and findings: licence, disclosure, how open the model is, and why.",
        usage: "waybill papers show <address or directory> [--scan] [--base <address or directory>] [<options>]",
        discussion: """
            Of an address only the files that papers are read from are fetched, chunk by chunk. --scan also looks for what the files could \
            do to whoever loads them; it reads what the formats need. --base compares the chat templates with those of the model that this one \
            was made from. Determinations and ancestors of the policy that holds count.

            Example:
              waybill papers show hub/acme/tiny
              waybill papers show ./tiny --scan
              waybill papers show ./tuned --base hub/acme/tiny
            """)

    @Argument(help: "REMOTE/org/name[:ref][@sha256], or a directory.")
    var target: String

    @Flag(help: "Scan the files, too. Exit code 1 if something unsafe is found.")
    var scan = false

    @Option(
        help: ArgumentHelp("The base model, an address or a directory: whether the chat templates are still its own.", valueName: "base"))
    var base: String?

    @OptionGroup var policy: PolicyOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let work = try work.makeWork()
        let policies = try session.policies(policy.policy)
        let original = try await baseTemplates(session, work)
        return try await session.with(papersOf: target, remote: remote, work: work) { (found) async throws(CommandError) in
            let (findings, report, templates) = try await lifting { () async throws(TransferError) in
                try await found.evidence.read {
                    [scan] (files) throws(SystemError) -> (PapersFindings, ScanReport?, TemplateComparison?) in
                    let findings = try found.findings(files, policies)
                    let report = scan ? try ContentScanner.scan(files) : nil
                    guard let original else { return (findings, report, nil) }
                    let own: [ChatTemplate]
                    if let report { own = report.templates } else { own = try ContentScanner.templates(in: files) }
                    return (findings, report, TemplateComparison(own, base: original.templates))
                }
            }
            return Self.result(found, findings, report, templates.flatMap { comparison in original.map { (comparison, base: $0.text) } })
        }
    }

    /// The chat templates of the base model, and what it is called.
    private func baseTemplates(_ session: Session, _ work: Work) async throws(CommandError) -> (templates: [ChatTemplate], text: String)? {
        guard let base else { return nil }
        return try await session.with(papersOf: base, hashes: false, remote: remote, work: work) { (found) async throws(CommandError) in
            let templates = try await lifting { () async throws(TransferError) in
                try await found.evidence.read { (files) throws(SystemError) in try ContentScanner.templates(in: files) }
            }
            return (templates, found.text)
        }
    }

    private static func result(
        _ target: PapersTarget, _ findings: PapersFindings, _ report: ScanReport?, _ templates: (TemplateComparison, base: String)?
    ) -> CommandResult {
        var papers: [String: OutputValue] = [:]
        if case .object(let claims) = OutputValue(PapersJSON.value(findings.claims)) { papers = claims }
        papers["findings"] = OutputValue(findings.json)
        papers["disclosure"] = findings.disclosure.map { OutputValue($0.json) } ?? .null
        var fields: [String: OutputValue] = [
            "target": .string(target.text), "manifest": .optional(target.evidence.digest), "contentId": .digest(findings.contentId),
            "model": .optional(target.model?.path), "papers": .object(papers),
        ]
        // These lines are neutralised where they are made.
        var lines: [TerminalText] = ["\(target.text)", "Claims (the publisher's)"]
        lines += PapersText.lines(findings.claims, baseModels: findings.baseModels).map { TerminalText(stringLiteral: "  \($0)") }
        lines.append("Findings (computed)")
        lines += FindingsText.lines(findings).map { TerminalText(stringLiteral: "  \($0)") }
        if let (comparison, base) = templates {
            fields["templates"] = OutputValue(comparison.json)
            fields["base"] = .string(base)
            lines.append("Chat templates, beside those of \(base)")
            lines.append(TerminalText(stringLiteral: "  \(comparison.text)"))
        }
        var error: CommandError?
        if let report {
            fields["scan"] = OutputValue(report.json)
            lines.append("Scan")
            lines += report.lines.map { TerminalText(stringLiteral: "  \($0)") }
            if report.worst == .unsafe {
                error = CommandError(
                    .failure, subject: target.text, cause: "a scan found something unsafe: \(report.worstText)",
                    remedy: "Do not load these files; Protocol/SCANS.md explains every rule")
            }
        }
        return CommandResult(fields, text: TerminalText(lines: lines), error: error)
    }
}
