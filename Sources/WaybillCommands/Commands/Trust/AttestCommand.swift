import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTransfer
import WaybillTrust

struct AttestCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "attest",
        abstract: "Attach a signed statement about what a ref names: findings, scans, a determination, an export.",
        usage: "waybill attest <address> --type <type> --key <file> [--file <file>] [<options>]",
        discussion: """
            Evaluators sign findings and scans, which are computed here from the files; reviewers sign determinations; exports are anybody's \
            of the three roles. The files and their revision stay as they are: the ref's next entry only names one statement more.

            Example:
              waybill attest hub/acme/tiny:main --type scans --key evaluator.pem
              waybill attest hub/acme/tiny:main --type determination --file osaid.json --key jane.pem
            """)

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case findings
        case scans
        case determination
        case spdx
        case cyclonedx

        var predicateType: String {
            switch self {
            case .findings: PredicateType.findings
            case .scans: PredicateType.scans
            case .determination: PredicateType.determination
            case .spdx: PredicateType.spdx
            case .cyclonedx: PredicateType.cycloneDX
            }
        }
    }

    @Argument(help: "REMOTE/org/name[:ref].")
    var address: String

    @Option(help: ArgumentHelp("findings, scans, determination, spdx or cyclonedx.", valueName: "type"))
    var type: Kind

    @Option(help: ArgumentHelp("The determination (Protocol/PAPERS.md).", valueName: "file"), completion: .file())
    var file: String?

    @OptionGroup var signing: SigningOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let place = try session.resolver().address(address)
        guard place.revision == nil else {
            throw .usage(place.text, "a statement is attached to what a ref names", "Leave out what begins with @")
        }
        guard !signing.isEmpty else { throw .usage("attest", "no key is named", "Give --key FILE") }
        guard signing.expires == nil else { throw .usage("--expires", "is the publisher's to say", "Use 'waybill sign' for it") }
        guard (type == .determination) == (file != nil) else {
            throw .usage(
                "--file", type == .determination ? "is missing" : "is for determinations: \(type.rawValue) are computed here",
                "'waybill attest --help' shows how")
        }
        let ref = place.ref ?? .main
        guard let signing = try session.signing(signing, for: place.model) else { throw .usage("attest", "no key is named", "Give --key") }
        let (manifest, predicate) = try await predicate("\(place.remote.text)/\(place.model.path):\(ref.text)", session)
        let entry = try await session.with(place, tokenFile: remote.tokenFile, work: session.lightWork(), retry: remote.retry) {
            (opened, _) async throws(CommandError) -> Int in
            try await session.requirePushes(opened, place.remote)
            return try await lifting { () async throws(TransferError) in
                try await RefChange.attach(
                    type.predicateType, predicate, store: opened.store, model: place.model, ref: ref, manifest: manifest, signing: signing)
            }
        }
        return CommandResult(
            [
                "address": .string(place.text), "model": .string(place.model.path), "ref": .string(ref.text), "entry": .integer(entry),
                "manifest": .digest(manifest), "predicateType": .string(type.predicateType), "keys": .strings(signing.keyIDs.map(\.hex)),
            ], text: "\(type.rawValue) attached to \(place.model):\(ref) (entry \(entry))", isSummary: true)
    }

    /// What is stated, and of which revision.
    private func predicate(_ target: String, _ session: Session) async throws(CommandError) -> (Digest, [UInt8]) {
        let work = try work.makeWork()
        return try await session.with(papersOf: target, remote: remote, work: work) { (found) async throws(CommandError) in
            guard let manifest = found.evidence.digest else {
                throw CommandError(.notFound, subject: target, cause: "names no revision", remedy: "'waybill ref list' shows the refs")
            }
            if let file {
                let path = session.absolutePath(file)
                let bytes = try session.document(path)
                let determination = try lifting { () throws(FormatError) in try Determination(decoding: bytes, subject: path) }
                guard determination.manifest.map({ $0 == manifest }) ?? true else {
                    throw CommandError(
                        .conflict, subject: path, cause: "is about another revision than \(manifest)", remedy: "Attach it to that one")
                }
                return (manifest, determination.encoded())
            }
            let predicate = try await lifting { () async throws(TransferError) in
                try await found.evidence.read { [type] (files) throws(SystemError) in
                    try Self.predicate(type, found, files)
                }
            }
            return (manifest, try lifting { () throws(FormatError) in try predicate.get() })
        }
    }

    private static func predicate(
        _ type: Kind, _ found: PapersTarget, _ files: [EvidenceFile]
    ) throws(SystemError) -> Result<[UInt8], FormatError> {
        func stated(_ name: String, _ evaluator: String, _ value: JSONValue) -> Result<[UInt8], FormatError> {
            .success(
                JSONValue.object(["evaluator": .string(evaluator), name: value, "time": .string(Session.time())]).canonical)
        }
        switch type {
        case .scans:
            let report = try ContentScanner.scan(files)
            return stated("scans", report.scanner, report.json)
        case .findings, .determination: return stated("findings", PapersEvaluator.version, try found.findings(files, []).json)
        case .spdx, .cyclonedx:
            let subject = ExportSubject(
                findings: try found.findings(files, []), files: files, model: found.model, ref: found.ref?.text,
                published: found.evidence.published, location: found.text, time: Session.time())
            do throws(FormatError) {
                return .success(try PapersExport.bytes(type == .spdx ? .spdx : .cyclonedx, of: subject))
            } catch {
                return .failure(error)
            }
        }
    }
}
