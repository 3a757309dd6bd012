import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTransfer

struct ShowCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a revision: files, sizes, what the store saves, papers.",
        usage: "waybill show <address or directory> [<options>]",
        discussion: """
            Of a directory that was pulled or pushed it shows the revision that the directory holds; any other directory is read \
            and shown as a push would see it.

            Example:
              waybill show hub/acme/tiny:v1.2
              waybill show ./tiny
            """)

    @Argument(help: "REMOTE/org/name[:ref][@sha256], or a directory.")
    var target: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let work = try work.makeWork()
        let resolver = try session.resolver()
        switch try resolver.target(target) {
        case .address(let address):
            return try await session.with(address, tokenFile: remote.tokenFile, work: work, retry: remote.retry) {
                (opened, _) async throws(CommandError) in
                try await show(address, opened.source, work, session)
            }
        case .directory(let path):
            let place = resolver.absolutePath(path)
            let checkout = try await lifting { () async throws(TransferError) in
                try await Checkout.read(directory: path, work: work)
            }
            if let checkout {
                var shown = ShownRevision(checkout, in: place)
                shown.standing = try await told(session) { () async throws(TransferError) in
                    try await session.publisherCheck.standing(of: checkout, in: path, work: work)
                }
                shown.findings = try await findings(
                    of: try await lifting { () async throws(TransferError) in
                        try await ModelEvidence.directory(path, hashes: false, work: work)
                    }, checkout.manifestDigest, session)
                return shown.result
            }
            let content = try await lifting { () async throws(TransferError) in
                try await RevisionContent.of(directory: path, work: work, progress: session.output.progress)
            }
            var shown = ShownRevision(content, in: place)
            shown.findings = try await findings(
                of: try await lifting { () async throws(TransferError) in
                    try await ModelEvidence.directory(path, hashes: false, work: work)
                }, nil, session)
            return shown.result
        }
    }

    /// Who stands behind it; nil, with a warning, where it would be refused: what it is can be looked at all the same.
    private func told(
        _ session: Session, _ body: () async throws(TransferError) -> Standing?
    ) async throws(CommandError) -> Standing? {
        do throws(TransferError) {
            return try await body()
        } catch {
            guard error.code == .policy || error.code == .integrity else { throw CommandError(error) }
            session.output.warning("a pull would be refused: \(error.subject): \(error.cause)")
            return nil
        }
    }

    /// Computed from the files; nil, with a notice, where they cannot be had: what is shown beside them is still right.
    private func findings(of evidence: ModelEvidence, _ manifest: Digest?, _ session: Session) async throws(CommandError) -> PapersFindings?
    {
        let found: PapersFindings
        do throws(TransferError) {
            found = try await evidence.read { files in PapersEvaluator.evaluate(files: files, manifest: manifest, at: Session.time()) }
        } catch {
            session.output.notice("no findings: \(error.subject): \(error.cause)")
            return nil
        }
        guard let error = found.readError else { return found }
        session.output.notice("no findings: \(error.subject): \(error.cause)")
        return nil
    }

    private func show(
        _ address: ResolvedAddress, _ source: any ChunkSource, _ work: Work, _ session: Session
    ) async throws(CommandError) -> CommandResult {
        func summary(_ ref: RefName?, _ revision: Digest?) async throws(CommandError) -> RevisionSummary {
            try await lifting { () async throws(TransferError) in
                try await RevisionSummary.read(source: source, model: address.model, ref: ref, revision: revision, work: work)
            }
        }
        do throws(CommandError) {
            let found = try await summary(address.lookedUpRef, address.revision)
            var shown = ShownRevision(found, at: address, entry: found.entry)
            if let entry = found.entry {
                shown.standing = try await told(session) { () async throws(TransferError) in
                    try await session.publisherCheck.standing(of: entry, with: found.manifest, in: source)
                }
            }
            let evidence = try await lifting { () async throws(TransferError) in
                try await ModelEvidence.revision(source: source, model: address.model, ref: nil, revision: found.digest, work: work)
            }
            shown.findings = try await findings(of: evidence, found.digest, session)
            return shown.result
        } catch  where error.code == .policy {
            // Nobody can pull what is withdrawn; what it was and why it is gone can be seen.
            guard let ref = address.lookedUpRef,
                let newest = try? await RevisionReader(source).newestEntry(address.model, ref), newest.entry.state == .withdrawn,
                let manifest = newest.entry.manifest, address.revision ?? manifest == manifest
            else { throw error }
            return ShownRevision(try await summary(nil, manifest), at: address, entry: newest).result
        }
    }
}
