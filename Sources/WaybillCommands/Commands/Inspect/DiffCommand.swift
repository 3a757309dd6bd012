import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTransfer

struct DiffCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two revisions or directories.",
        usage: "waybill diff <a> <b> [<options>]",
        discussion: """
            Says which files were added, removed and changed, whether the papers and the chat templates differ, and how many bytes lie in \
            chunks that the second has and the first lacks. The exit code is 0 whether or not they differ.

            Example:
              waybill diff hub/acme/tiny:v1 hub/acme/tiny:v2
              waybill diff hub/acme/tiny ./tiny
            """)

    @Argument(help: ArgumentHelp("An address or a directory: before.", valueName: "a"))
    var before: String

    @Argument(help: ArgumentHelp("An address or a directory: after.", valueName: "b"))
    var after: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let resolver = try session.resolver()
        let (first, second) = (try resolver.target(before), try resolver.target(after))
        let work = try work.makeWork()
        let tokens = try tokens(first, second, session)
        let (a, before) = try await content(first, tokens, work, session)
        let (b, after) = try await content(second, tokens, work, session)
        let difference = RevisionDifference.between(a, b)
        let findings = FindingsDifference.between(before.findings, after.findings)
        let templates = TemplateComparison(after.templates, base: before.templates)
        let identical = a.manifest.contentId == b.manifest.contentId
        let fields: [String: OutputValue] = [
            "a": .string(Self.name(first, resolver)), "b": .string(Self.name(second, resolver)), "identical": .bool(identical),
            "added": .array(difference.added.map { .object(["path": .string($0.path.text), "size": .optional($0.newSize)]) }),
            "removed": .array(difference.removed.map { .object(["path": .string($0.path.text), "size": .optional($0.oldSize)]) }),
            "changed": .array(
                difference.changed.map {
                    .object(["path": .string($0.path.text), "oldSize": .optional($0.oldSize), "newSize": .optional($0.newSize)])
                }),
            "unchangedFiles": .integer(difference.unchangedFiles), "bytesToTransfer": .integer(difference.bytesToTransfer),
            "papersChanged": .strings(difference.papersChanged.map(\.rawValue)),
            "findingsChanged": .array(
                findings.map { .object(["finding": .string($0.finding), "before": .string($0.before), "after": .string($0.after)]) }),
            "templates": OutputValue(templates.json),
        ]
        // These lines are neutralised where they are made.
        var lines = findings.map { TerminalText(stringLiteral: "\n\($0.finding): \($0.before) -> \($0.after)") }
        if case .differs = templates { lines.append(TerminalText(stringLiteral: "\nchat templates \(templates.text)")) }
        return CommandResult(fields, text: lines.reduce(Self.text(difference, identical: identical)) { $0 + $1 })
    }

    /// The token of the command line belongs to the first remote.
    private func tokens(_ a: Target, _ b: Target, _ session: Session) throws(CommandError) -> TokenChoice {
        for target in [a, b] {
            if case .address(let address) = target { return try session.tokens(first: address.remote, file: remote.tokenFile) }
        }
        return TokenChoice(explicit: nil, credentials: session.credentials)
    }

    private func content(_ target: Target, _ tokens: TokenChoice, _ work: Work, _ session: Session) async throws(CommandError)
        -> (RevisionContent, Papers)
    {
        switch target {
        case .directory(let path):
            return try await lifting { () async throws(TransferError) in
                let content = try await RevisionContent.of(directory: path, work: work, progress: session.output.progress)
                return (content, try await Self.papers(try await ModelEvidence.directory(path, hashes: false, work: work)))
            }
        case .address(let address):
            return try await session.with(address, tokens: tokens, work: work, retry: remote.retry) { (opened) async throws(CommandError) in
                try await lifting { () async throws(TransferError) in
                    let content = try await RevisionContent.read(
                        source: opened.source, model: address.model, ref: address.lookedUpRef, revision: address.revision)
                    let evidence = try await ModelEvidence.revision(
                        source: opened.source, model: address.model, ref: address.lookedUpRef, revision: address.revision, work: work)
                    return (content, try await Self.papers(evidence))
                }
            }
        }
    }

    /// What is compared of the files' content.
    private struct Papers: Sendable {
        let findings: PapersFindings
        let templates: [ChatTemplate]
    }

    private static func papers(_ evidence: ModelEvidence) async throws(TransferError) -> Papers {
        try await evidence.read { (files) throws(SystemError) in
            let findings = PapersEvaluator.evaluate(files: files)
            if let error = findings.readError { throw error }
            return Papers(findings: findings, templates: try ContentScanner.templates(in: files))
        }
    }

    private static func name(_ target: Target, _ resolver: AddressResolver) -> String {
        switch target {
        case .address(let address): address.text
        case .directory(let path): resolver.absolutePath(path)
        }
    }

    private static func text(_ difference: RevisionDifference, identical: Bool) -> TerminalText {
        guard !identical else {
            return "the same \(Measure.count(difference.unchangedFiles, "file"))\(papers(difference))"
        }
        var lines: [TerminalText] = []
        let changes =
            difference.added.map { ("+", $0, Measure.bytes($0.newSize ?? 0)) }
            + difference.removed.map { ("-", $0, Measure.bytes($0.oldSize ?? 0)) }
            + difference.changed.map { ("M", $0, "\(Measure.bytes($0.oldSize ?? 0)) -> \(Measure.bytes($0.newSize ?? 0))") }
        for (mark, change, size) in changes.prefix(200) { lines.append("\(mark) \(change.path)  (\(size))") }
        if changes.count > 200 { lines.append("... and \(Measure.grouped(changes.count - 200)) more (--json lists all)") }
        lines.append(
            "\(difference.added.count) added, \(difference.removed.count) removed, \(difference.changed.count) changed, \(difference.unchangedFiles) unchanged; \(Measure.bytes(difference.bytesToTransfer)) in new chunks\(papers(difference))"
        )
        return TerminalText(lines: lines)
    }

    private static func papers(_ difference: RevisionDifference) -> TerminalText {
        difference.papersChanged.isEmpty ? "" : "\npapers differ: \(difference.papersChanged.map(\.rawValue).joined(separator: ", "))"
    }
}
