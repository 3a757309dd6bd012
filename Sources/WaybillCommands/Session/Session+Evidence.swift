import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTransfer

extension Session {
    /// Runs `body` with the files of an address or a directory.
    /// - Parameter hashes: whether a directory's files are hashed, so that findings name their content id.
    func with<T: Sendable>(
        papersOf target: String, hashes: Bool = true, remote options: RemoteOptions, work: Work,
        _ body: (PapersTarget) async throws(CommandError) -> T
    ) async throws(CommandError) -> T {
        let resolver = try resolver()
        switch try resolver.target(target) {
        case .address(let address):
            return try await with(address, tokenFile: options.tokenFile, work: work, retry: options.retry) {
                (opened, _) async throws(CommandError) in
                let evidence = try await lifting { () async throws(TransferError) in
                    try await ModelEvidence.revision(
                        source: opened.source, model: address.model, ref: address.lookedUpRef, revision: address.revision, work: work)
                }
                return try await body(
                    PapersTarget(
                        evidence: evidence, model: address.model, ref: address.lookedUpRef, remote: address.remote.text, text: address.text)
                )
            }
        case .directory(let path):
            let (checkout, evidence) = try await lifting { () async throws(TransferError) in
                (
                    try await Checkout.read(directory: path, work: work),
                    try await ModelEvidence.directory(path, hashes: hashes, work: work, progress: output.progress)
                )
            }
            return try await body(
                PapersTarget(
                    evidence: evidence, model: checkout?.model, ref: checkout?.ref, remote: checkout?.remote,
                    text: resolver.absolutePath(path)))
        }
    }
}
