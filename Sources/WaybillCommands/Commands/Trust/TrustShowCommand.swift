import ArgumentParser
import WaybillFormat
import WaybillTransfer
import WaybillTrust

struct TrustShowCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an organisation's keys, roles, revocations and fingerprint.",
        usage: "waybill trust show <organisation> [--from <remote>]",
        discussion: """
            Of a pinned organisation it shows what is remembered; with --from, what the remote has now, checked against that. Of one \
            that is not pinned it shows what the remote has, which nobody vouches for.

            Example:
              waybill trust show acme
              waybill trust show acme --from hub
            """)

    @Argument(help: "The organisation.")
    var organization: String

    @Option(name: .customLong("from"), help: ArgumentHelp("A remote that has the key sets.", valueName: "remote"))
    var source: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let org = try Session.organization(organization)
        let known = try lifting { () throws(TransferError) in try session.trust.record(of: org) }
        var set = known?.keySet
        if let source {
            let place = try session.resolver().remote(source)
            set = try await session.newestKeySet(known?.chain ?? KeySetChain(firstUseOf: org), at: place, remote)
            if var record = known, let newest = set {
                try lifting { () throws(TrustError) in try record.accept(newest) }
                try lifting { () throws(TransferError) in try session.trust.remember(record) }
            }
        }
        guard let set else {
            throw CommandError(
                .notFound, subject: org.text, cause: "is not pinned",
                remedy: "'waybill trust show \(org) --from REMOTE' shows what a remote has")
        }
        return CommandResult(Self.fields(set, known), text: Self.text(set, known))
    }

    static func fields(_ set: TrustedKeySet, _ known: TrustRecord?) -> [String: OutputValue] {
        func revocation(_ row: KeySet.Revocation) -> OutputValue {
            .object(["digest": .digest(row.digest), "reason": .string(row.reason), "time": .string(row.time)])
        }
        let keySet = set.keySet
        return [
            "organization": .string(set.org.text), "n": .integer(set.n), "fingerprint": .string(set.fingerprint.digest.hex),
            "pinned": .bool(known != nil), "pinnedFingerprint": .optional(known?.pinned.digest.hex), "since": .optional(known?.since),
            "pinning": .optional(known?.pinning.rawValue), "expires": .optional(keySet.expires), "time": .string(keySet.time),
            "keys": .array(
                keySet.keys.map { key in
                    .object([
                        "id": .digest(key.id), "name": .string(key.name), "publicKey": .string(Base64.encode(key.publicKey)),
                        "revoked": .bool(keySet.revocation(ofKey: key.id) != nil),
                    ])
                }),
            "roles": .array(
                keySet.roles.map { role in
                    .object([
                        "role": .string(role.kind.rawValue), "keys": .strings(role.keys.map(\.hex)),
                        "models": .strings(role.models.map(\.text)), "threshold": .integer(role.threshold),
                    ])
                }),
            "revokedKeys": .array(keySet.revokedKeys.map(revocation)),
            "revokedManifests": .array(keySet.revokedManifests.map(revocation)),
        ]
    }

    static func text(_ set: TrustedKeySet, _ known: TrustRecord?) -> TerminalText {
        let keySet = set.keySet
        var lines: [TerminalText] = [
            "\(set.org.text), key set \(String(set.n)) of \(keySet.time)", "  fingerprint  \(set.fingerprint.description)",
        ]
        if let known {
            lines.append("  pinned       since \(known.since) (\(known.pinning.rawValue))")
            if known.pinned != set.fingerprint { lines.append("               to \(known.pinned.description)") }
        } else {
            lines.append("  NOT PINNED   nobody vouches for what is shown here")
        }
        lines.append("  expires      \(keySet.expires ?? "never")")
        lines.append("Roles")
        for role in keySet.roles {
            let names = role.keys.compactMap(keySet.key).map(\.name).joined(separator: ", ")
            let models = role.models.map(\.text).joined(separator: ", ")
            lines.append(
                "  \(TerminalText("\(role.kind.rawValue)").padded(to: 12)) \(String(role.threshold)) of \(String(role.keys.count)): \(names)\(models == "*" ? "" : " for \(models)")"
            )
        }
        lines.append("Keys")
        for key in keySet.keys {
            let revoked: TerminalText = keySet.revocation(ofKey: key.id).map { "  REVOKED \($0.time): \($0.reason)" } ?? ""
            lines.append("  \(key.id)  \(key.name)\(revoked)")
        }
        if !keySet.revokedManifests.isEmpty { lines.append("Revoked revisions") }
        for row in keySet.revokedManifests { lines.append("  \(row.digest)  \(row.time): \(row.reason)") }
        return TerminalText(lines: lines)
    }
}
