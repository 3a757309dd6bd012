import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTransfer

struct PapersExportCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model's papers in the form of another standard.",
        usage: "waybill papers export <address or directory> --format <format> [--output <file>] [<options>]",
        discussion: """
            spdx: SPDX 3.0.1 JSON-LD with its AI and Dataset profiles. cyclonedx: CycloneDX 1.6. eu-summary, eu-summary-html: the summary of \
            training content of the European Union. huggingface: front matter of a README. What a standard demands and nobody stated is an \
            error that names the missing keys.

            Example:
              waybill papers export hub/acme/tiny --format spdx --output tiny.spdx.json
            """)

    @Argument(help: "REMOTE/org/name[:ref][@sha256], or a directory.")
    var target: String

    @Option(help: ArgumentHelp("spdx, cyclonedx, eu-summary, eu-summary-html or huggingface.", valueName: "format"))
    var format: String

    @Option(help: ArgumentHelp("Where to write it; standard output unless given.", valueName: "file"), completion: .file())
    var output: String?

    @OptionGroup var policy: PolicyOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        guard let format = PapersExport.Format(rawValue: format) else {
            let names = PapersExport.Format.allCases.map(\.rawValue).joined(separator: ", ")
            throw .usage("--format \(self.format)", "is no format of papers", "It is one of \(names)")
        }
        let work = try work.makeWork()
        let policies = try session.policies(policy.policy)
        let (bytes, text) = try await session.with(papersOf: target, remote: remote, work: work) { (found) async throws(CommandError) in
            let export = try await lifting { () async throws(TransferError) in
                try await found.evidence.read { (files) throws(SystemError) in
                    try Self.export(format, found, files, policies)
                }
            }
            return (try lifting { () throws(FormatError) in try export.get() }, found.text)
        }
        var fields: [String: OutputValue] = ["target": .string(text), "format": .string(format.rawValue), "bytes": .integer(bytes.count)]
        guard let output else {
            fields["document"] = .string(String(decoding: bytes, as: UTF8.self))
            // Written for programs and as it is: an export escapes what its own format calls for.
            return CommandResult(fields, text: TerminalText(stringLiteral: Self.withoutLastBreak(bytes)))
        }
        let path = session.absolutePath(output)
        try lifting { () throws(SystemError) in
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            let folder = try Folder.open(slash == path.startIndex ? "/" : String(path[..<slash]))
            try folder.replace(String(path[path.index(after: slash)...]), with: bytes, mode: 0o644)
        }
        fields["output"] = .string(path)
        return CommandResult(fields, text: "wrote \(path)\n  \(Measure.bytes(bytes.count)), \(format.rawValue)", isSummary: true)
    }

    private static func export(
        _ format: PapersExport.Format, _ target: PapersTarget, _ files: [EvidenceFile], _ policies: [Policy]
    ) throws(SystemError) -> Result<[UInt8], FormatError> {
        let subject = ExportSubject(
            findings: try target.findings(files, policies), files: files, model: target.model, ref: target.ref?.text,
            published: target.evidence.published,
            location: target.text.contains("://") ? target.text : nil, time: Session.time())
        do throws(FormatError) { return .success(try PapersExport.bytes(format, of: subject)) } catch { return .failure(error) }
    }

    private static func withoutLastBreak(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
