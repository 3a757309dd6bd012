import ArgumentParser
import WaybillFormat
import WaybillSystem
import WaybillTransfer
import WaybillTrust

struct SignCommand: LongCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a directory of model files, or what a ref names.",
        usage: "waybill sign <directory> --key <file> [--output <file>] | waybill sign <address> --key <file> [--expires <time>]",
        discussion: """
            Of a directory it writes an OpenSSF Model Signing bundle that lists every file; 'waybill verify DIR --signature FILE' and \
            the reference tool check it. Of an address it attaches that bundle and a statement over the revision itself, and writes \
            the next entry of the ref, signed: nothing of the files moves.

            Example:
              waybill sign ./tiny --key me.pem --output tiny.sig
              waybill sign hub/acme/tiny:main --key me.pem --expires 90d
            """)

    @Argument(help: "A directory, or REMOTE/org/name[:ref].")
    var target: String

    @Option(help: ArgumentHelp("Of a directory: where the bundle goes. (default: <directory>.sig)", valueName: "file"), completion: .file())
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Of a directory: the certificates of the key in PEM, its own first; readers then pin the authority.", valueName: "file"),
        completion: .file())
    var certificates: String?

    @OptionGroup var signing: SigningOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var work: WorkOptions
    @OptionGroup var display: ProgressOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        guard !signing.isEmpty else { throw .usage("sign", "no key is named", "Give --key FILE; 'waybill trust init' makes one") }
        let resolver = try session.resolver()
        switch try resolver.target(target) {
        case .address(let address): return try await sign(address, session)
        case .directory(let path): return try await sign(path, resolver.absolutePath(path), session)
        }
    }

    private func sign(_ address: ResolvedAddress, _ session: Session) async throws(CommandError) -> CommandResult {
        guard output == nil, certificates == nil else {
            throw .usage(address.text, "--output and --certificates are for directories", "What is signed is attached at the address")
        }
        let ref = address.ref ?? .main
        guard let signing = try session.signing(signing, for: address.model) else {
            throw .usage("sign", "no key is named", "Give --key FILE")
        }
        let entry = try await session.with(address, tokenFile: remote.tokenFile, work: session.lightWork(), retry: remote.retry) {
            (opened, _) async throws(CommandError) -> Int in
            try await session.requirePushes(opened, address.remote)
            return try await lifting { () async throws(TransferError) in
                try await RefChange.sign(
                    store: opened.store, model: address.model, ref: ref, revision: address.revision, signing: signing)
            }
        }
        return CommandResult(
            [
                "address": .string(address.text), "model": .string(address.model.path), "ref": .string(ref.text), "entry": .integer(entry),
                "keys": .strings(signing.keyIDs.map(\.hex)),
            ], text: "\(address.model):\(ref) is signed (entry \(entry))", isSummary: true)
    }

    private func sign(_ path: String, _ place: String, _ session: Session) async throws(CommandError) -> CommandResult {
        guard signing.expires == nil else {
            throw .usage("--expires", "a model signature has no expiry", "Sign an address: its entry can expire")
        }
        let signers = try session.signers(signing)
        guard signers.count == 1 else {
            throw .usage("--key", "a model signature has exactly one signer", "Write one bundle for each key")
        }
        let chain = try certificates.map { (file) throws(CommandError) in
            try lifting { () throws(SystemError) in
                let bytes = try OwnedFile.open(session.absolutePath(file), .read).read(
                    at: 0, count: CertificateAuthorities.maximumByteCount)
                return try CertificateChain(pem: bytes, subject: file)
            }
        }
        let work = try work.makeWork()
        // Left out of a model wherever they stand; a signature can say that of the top folder alone.
        let tree = try lifting { () throws(TransferError) in try SourceTree.read(path) }
        if let nested = tree.ignored.first(where: { $0.contains("/") }) {
            throw .usage("\(place)/\(nested)", "is no part of a model, and nobody could verify the directory with it", "Move it out")
        }
        let content = try await lifting { () async throws(TransferError) in
            try await RevisionContent.of(directory: path, work: work, progress: session.output.progress)
        }
        let files = content.manifest.files.map { SignedFile(path: $0.path.text, sha256: $0.sha256) }
        let name = String(place.split(separator: "/").last ?? "model")
        let bundle = try lifting { () throws(TrustError) in
            try ModelSignature.sign(files, name: name, with: signers[0], certificates: chain)
        }
        let file = session.absolutePath(output ?? "\(place).sig")
        try lifting { () throws(SystemError) in
            let slash = file.lastIndex(of: "/") ?? file.startIndex
            let folder = try Folder.open(slash == file.startIndex ? "/" : String(file[..<slash]))
            try folder.replace(String(file[file.index(after: slash)...]), with: bundle)
        }
        return CommandResult(
            [
                "directory": .string(place), "signature": .string(file), "contentId": .digest(content.manifest.contentId),
                "filesTotal": .integer(files.count), "keys": .strings([signers[0].publicKey.id.hex]),
            ],
            text: """
                signed \(Measure.count(files.count, "file")) of \(place)
                  signature \(file)
                  key       \(signers[0].publicKey.id)
                """, isSummary: true)
    }
}
