import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTransfer
import WaybillTrust

struct VerifyCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a directory with the revision that it holds.",
        usage: "waybill verify [<directory>] [--quick] [--signature <file> (--public-key <file> | --ca <file>)] [<options>]",
        discussion: """
            Every file is hashed and compared with the manifest, offline. Exit code 4 if a file is missing, modified or damaged. With \
            --signature the files are compared with the list that an OpenSSF Model Signing bundle signs, whoever wrote it; the \
            directory need not be Waybill's.

            Example:
              waybill verify ./tiny
              waybill verify ./tiny --signature tiny.sig --public-key them.pub
            """)

    @Argument(help: "A directory that was pulled or pushed.", completion: .directory)
    var directory = "."

    @Flag(help: "Compare sizes and times only.")
    var quick = false

    @Option(help: ArgumentHelp("A model signature to check the files against.", valueName: "file"), completion: .file())
    var signature: String?

    @Option(help: ArgumentHelp("The public key (PEM) that must have made the signature.", valueName: "file"), completion: .file())
    var publicKey: String?

    @Option(
        help: ArgumentHelp("The authority (PEM) that must have issued the signer's certificate.", valueName: "file"), completion: .file())
    var ca: String?

    @Option(help: ArgumentHelp("Days since the signer's certificate began to be valid, at most.", valueName: "days"))
    var maxAge = SignatureTrust.defaultMaximumAge / 86_400

    @Option(help: ArgumentHelp("A path that may be there unsigned. May be repeated.", valueName: "path"))
    var ignore: [String] = []

    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        if let signature { return try await verify(signature, session) }
        guard publicKey == nil, ca == nil, ignore.isEmpty else {
            throw .usage("verify", "--public-key, --ca and --ignore belong to --signature", "Name the signature with --signature FILE")
        }
        let directory = session.absolutePath(directory)
        let verify = Verify(directory: self.directory, quick: quick, work: try work.makeWork(), progress: session.output.progress)
        let report = try await lifting { () async throws(TransferError) in try await verify.run() }
        let problems = report.problems.map { problem in
            OutputValue.object([
                "path": .string(problem.path.text), "kind": .string(problem.kind.rawValue), "detail": .string(problem.detail),
            ])
        }
        let standing = try await standing(session)
        let fields: [String: OutputValue] = [
            "trust": standing.map { .object($0.fields) } ?? .null, "directory": .string(directory), "manifest": .digest(report.manifest),
            "contentId": .digest(report.contentId),
            "model": .string(report.model.path), "ref": .optional(report.ref?.text), "entry": .optional(report.entry),
            "filesTotal": .integer(report.filesTotal), "filesSelected": .integer(report.filesSelected),
            "filesVerified": .integer(report.filesVerified), "bytesVerified": .integer(report.bytesVerified),
            "complete": .bool(report.problems.isEmpty), "problems": .array(problems), "untracked": .integer(report.untracked),
            "quick": .bool(quick), "seconds": .decimal(report.seconds),
        ]
        return CommandResult(fields, text: text(report, standing), isSummary: report.problems.isEmpty, error: Self.error(report, directory))
    }

    private static func error(_ report: VerifyReport, _ directory: String) -> CommandError? {
        guard let first = report.problems.first else { return nil }
        let more = report.problems.count == 1 ? "" : ", and \(Measure.count(report.problems.count - 1, "file")) more"
        return CommandError(
            .integrity, subject: directory, cause: "'\(first.path.text)' is \(first.kind.rawValue)\(more)",
            remedy: "'waybill repair \(directory)' fetches what is wrong")
    }

    /// Who stands behind the revision, by what the directory keeps.
    private func standing(_ session: Session) async throws(CommandError) -> Standing? {
        try await lifting { () async throws(TransferError) in
            let work = session.lightWork()
            guard let checkout = try await Checkout.read(directory: directory, work: work) else { return nil }
            return try await session.publisherCheck.standing(of: checkout, in: directory, work: work)
        }
    }

    /// The signature may lie among the files that it signs.
    private func verify(_ signature: String, _ session: Session) async throws(CommandError) -> CommandResult {
        let trust = try trust(session)
        let place = session.absolutePath(directory)
        let path = session.absolutePath(signature)
        let bundle = try lifting { () throws(SystemError) in
            try OwnedFile.open(path, .read).read(at: 0, count: SigningBundle.maximumByteCount + 1)
        }
        let read = try lifting { () throws(TrustError) in try ModelSignature(decoding: bundle, subject: signature) }
        // Before any file is read: who signed decides whether it is worth it.
        let model = try lifting { () throws(TrustError) in try read.verified(by: trust) }
        let work = try work.makeWork()
        let files = try await lifting { () async throws(TransferError) in
            try await DirectoryFiles.read(place, signed: model.files, work: work, progress: session.output.progress)
        }
        let inside = path.hasPrefix(place + "/") ? String(path.dropFirst(place.count + 1)) : nil
        let unsigned = try lifting { () throws(TrustError) in
            try model.compare(with: files, signatureFile: inside, ignoring: ignore)
        }
        for path in unsigned where path != inside { session.output.notice("\(path) is not covered by the signature") }
        return CommandResult(
            [
                "directory": .string(place), "signature": .string(path), "signer": .string(model.signer.name),
                "key": .digest(model.signer.publicKey.id), "certificate": .optional(model.signer.certificateSubject),
                "name": .string(model.name), "filesTotal": .integer(model.files.count), "unsigned": .strings(unsigned),
            ],
            text: """
                \(Measure.count(model.files.count, "file")) of \(place) are what \(model.signer.name) signed\
                \(unsigned.isEmpty ? "" : "; not covered: \(unsigned.joined(separator: ", "))")
                """)
    }

    private func trust(_ session: Session) throws(CommandError) -> SignatureTrust {
        switch (publicKey, ca) {
        case (let file?, nil):
            return try lifting { () throws(SystemError) in
                let path = session.absolutePath(file)
                let bytes = try OwnedFile.open(path, .read).read(at: 0, count: PublicKey.maximumByteCount + 1)
                return .key(try PublicKey(pem: bytes, subject: path))
            }
        case (nil, let file?):
            guard maxAge >= 0, maxAge <= 36_500 else { throw .usage("--max-age", "is no number of days", "Give 0 to 36500") }
            return try lifting { () throws(SystemError) in
                .authorities(
                    try CertificateAuthorities(file: session.absolutePath(file)), maximumAge: maxAge * 86_400, now: Host.unixSeconds())
            }
        default:
            throw .usage("verify --signature", "whose signature is it to be?", "Give --public-key FILE or --ca FILE, one of the two")
        }
    }

    private func text(_ report: VerifyReport, _ standing: Standing?) -> TerminalText {
        let name: TerminalText = "\(report.model)\(report.ref.map { ":\($0.text)" } ?? "")\(report.entry.map { ", entry \($0)" } ?? "")"
        var lines: [TerminalText] = []
        for problem in report.problems.prefix(100) {
            lines.append(
                "\(TerminalText("\(problem.kind.rawValue)").padded(to: 9)) \(problem.path)\(problem.detail.isEmpty ? "" : " (\(problem.detail))")"
            )
        }
        if report.problems.count > 100 { lines.append("... and \(report.problems.count - 100) more (--json lists all)") }
        let checked = quick ? "sizes and times of" : "all bytes of"
        if report.problems.isEmpty {
            let part =
                report.filesSelected < report.filesTotal ? "complete for \(report.filesSelected) of \(report.filesTotal) files: " : ""
            lines.append("\(part)\(checked) \(Measure.count(report.filesVerified, "file")) are right (\(name))")
        } else {
            lines.append("\(report.filesVerified) of \(report.filesSelected) files are right (\(name))")
        }
        lines.append(
            "  revision  \(report.manifest)\n  \(Measure.bytes(report.bytesVerified)) in \(Measure.duration(report.seconds)); \(Measure.count(report.untracked, "other file")) beside"
        )
        if let standing { lines.append("  \(standing.summary)") }
        return TerminalText(lines: lines)
    }
}
