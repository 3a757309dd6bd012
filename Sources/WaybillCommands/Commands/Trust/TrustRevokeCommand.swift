import ArgumentParser
import WaybillFormat
import WaybillTransfer
import WaybillTrust

struct TrustRevokeCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a key or a revision: nobody who pins the organisation accepts it any more.",
        usage:
            "waybill trust revoke <organisation> (--revoked-key <id> | --manifest <sha256>) --reason <text> --key <file>... --to <remote>",
        discussion: """
            A revoked key counts for nothing, also in what it signed before: sign again what is still good. Root keys may revoke, and \
            keys in the role revoker, which may do nothing else.

            Example:
              waybill trust revoke acme --revoked-key <key id> --reason 'laptop stolen' --key root.pem --to hub
              waybill trust revoke acme --manifest <sha256> --reason 'trained on leaked data' --key guard.pem --to hub
            """)

    @Argument(help: "The organisation.")
    var organization: String

    @Option(help: ArgumentHelp("The key to revoke, by its id. May be repeated.", valueName: "id"))
    var revokedKey: [String] = []

    @Option(help: ArgumentHelp("The revision to revoke. May be repeated.", valueName: "sha256"))
    var manifest: [String] = []

    @Option(help: ArgumentHelp("Shown to whoever is refused.", valueName: "text"))
    var reason: String

    @OptionGroup var signing: SigningOptions

    @Option(help: ArgumentHelp("A set that waits for signatures: written if it is not complete, and continued.", valueName: "file"))
    var proposal: String?

    @Option(name: .customLong("to"), help: ArgumentHelp("Where the key sets are.", valueName: "remote"))
    var target: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        guard signing.expires == nil else { throw .usage("--expires", "is not changed by a revocation", "Use 'waybill trust rotate'") }
        guard !revokedKey.isEmpty || !manifest.isEmpty else {
            throw .usage("trust revoke", "neither a key nor a revision is named", "Give --revoked-key ID or --manifest SHA256")
        }
        let keys = try revokedKey.map(Self.digest)
        let manifests = try manifest.map(Self.digest)
        let change = KeySetChange(organization: organization, signing: signing, proposal: proposal, target: target, remote: remote)
        return try await change.run(in: session) { (draft) throws(CommandError) in
            for id in keys {
                try lifting { () throws(TrustError) in try draft.revoke(key: id, reason: reason, time: Session.time()) }
            }
            for digest in manifests {
                try lifting { () throws(TrustError) in try draft.revoke(manifest: digest, reason: reason, time: Session.time()) }
            }
        }
    }

    private static func digest(_ text: String) throws(CommandError) -> Digest {
        guard let digest = Digest(hex: text.hasPrefix("@") ? String(text.dropFirst()) : text) else {
            throw .usage(text, "is no SHA-256", "Key ids and revisions have 64 hexadecimal digits")
        }
        return digest
    }
}
