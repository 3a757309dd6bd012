import ArgumentParser
import WaybillFormat
import WaybillTransfer

struct ShowCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a revision: files, sizes, what the store saves, papers.",
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
            let summary = try await session.with(address, tokenFile: remote.tokenFile, work: work) {
                (opened, _) async throws(CommandError) in
                try await lifting { () async throws(TransferError) in
                    try await RevisionSummary.read(
                        source: opened.source, model: address.model, ref: address.lookedUpRef, revision: address.revision, work: work)
                }
            }
            return ShownRevision(summary, at: address).result
        case .directory(let path):
            let place = resolver.absolutePath(path)
            let checkout = try await lifting { () async throws(TransferError) in
                try await Checkout.read(directory: path, work: work)
            }
            if let checkout { return ShownRevision(checkout, in: place).result }
            let content = try await lifting { () async throws(TransferError) in
                try await RevisionContent.of(directory: path, work: work, progress: session.output.progress)
            }
            return ShownRevision(content, in: place).result
        }
    }
}
