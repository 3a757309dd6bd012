import ArgumentParser
import WaybillFormat
import WaybillSystem
import WaybillTransfer
import WaybillTrust

struct TrustRotateCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Change an organisation's keys, roles, thresholds or expiry: its next key set.",
        usage: "waybill trust rotate <organisation> --key <file>... --to <remote> [<changes>] [--proposal <file>]",
        discussion: """
            The next set needs the signatures of the root threshold before and after the change. Holders who sit apart sign one after \
            another with --proposal FILE, which carries the set from one to the next; the signature that completes it publishes it.

            Example:
              waybill trust rotate acme --key root.pem --to hub --grant publisher=ci.pub --grant 'reviewer:tiny-*=jane.pub'
              waybill trust rotate acme --key root.pem --to hub --replace <key id>=new.pub
              waybill trust rotate acme --key b.pem --to hub --proposal next.json
            """)

    @Argument(help: "The organisation.")
    var organization: String

    @OptionGroup var signing: SigningOptions

    @Option(
        help: ArgumentHelp(
            "Let a key (public, PEM) act in a role: root, publisher, evaluator, reviewer, revoker; for models that match, or all.",
            valueName: "role[:glob]=file"))
    var grant: [String] = []

    @Option(help: ArgumentHelp("Put another key in the place of one, in all its roles.", valueName: "key id=file"))
    var replace: [String] = []

    @Option(help: ArgumentHelp("Take a key out of all roles.", valueName: "key id"))
    var remove: [String] = []

    @Option(help: ArgumentHelp("So many keys of a role must sign together.", valueName: "role[:glob]=n"))
    var threshold: [String] = []

    @Option(help: ArgumentHelp("A set that waits for signatures: written if it is not complete, and continued.", valueName: "file"))
    var proposal: String?

    @Option(name: .customLong("to"), help: ArgumentHelp("Where the key sets are.", valueName: "remote"))
    var target: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        guard isChange || proposal != nil else {
            throw .usage("trust rotate", "nothing is to be changed", "Give --grant, --replace, --remove, --threshold or --expires")
        }
        let change = KeySetChange(organization: organization, signing: signing, proposal: proposal, target: target, remote: remote)
        return try await change.run(in: session) { (draft) throws(CommandError) in
            if let expires = signing.expires { draft.expires = Self.time(after: expires) }
            for text in replace {
                let (id, file) = try Self.pair(text, "--replace")
                let key = try Self.key(file, session)
                try lifting { () throws(TrustError) in try draft.rotate(try Self.id(id), to: key) }
            }
            for text in grant {
                let (role, file) = try Self.pair(text, "--grant")
                let (kind, models) = try Self.role(role)
                let key = try Self.key(file, session)
                try lifting { () throws(TrustError) in
                    if !draft.keys.contains(where: { $0.id == key.id }) { try draft.add(key) }
                    try draft.grant(kind, to: key.id, models: models)
                }
            }
            for text in threshold {
                let (role, number) = try Self.pair(text, "--threshold")
                let (kind, models) = try Self.role(role)
                guard let count = Int(number), count >= 1 else { throw .usage(text, "is no threshold", "Write publisher=2") }
                try lifting { () throws(TrustError) in try draft.setThreshold(count, of: kind, models: models) }
            }
            for text in remove {
                let id = try lifting { () throws(TrustError) in try Self.id(text) }
                try lifting { () throws(TrustError) in try draft.remove(id) }
            }
        }
    }

    private var isChange: Bool { !(grant + replace + remove + threshold).isEmpty || signing.expires != nil }

    private static func time(after span: TimeSpan) -> String { Timestamp.text(secondsSince1970: Host.unixSeconds() + span.seconds) }

    private static func pair(_ text: String, _ option: String) throws(CommandError) -> (String, String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex, text.index(after: equals) != text.endIndex else {
            throw .usage("\(option) \(text)", "lacks its '='", "'waybill trust rotate --help' shows the form")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private static func id(_ text: String) throws(TrustError) -> Digest {
        guard let id = Digest(hex: text) else {
            throw TrustError(
                .usage, subject: text, cause: "is no key id", remedy: "It has 64 hexadecimal digits; 'waybill trust show' lists them")
        }
        return id
    }

    private static func role(_ text: String) throws(CommandError) -> (KeySet.RoleKind, [NameGlob]) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let kind = parts.first.flatMap(KeySet.RoleKind.init) else {
            throw .usage(text, "is no role", "Roles are \(KeySet.RoleKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard parts.count == 2 else { return (kind, [.everything]) }
        guard let glob = NameGlob(parts[1]) else { throw .usage(parts[1], "is no pattern of model names", "Write 'tiny-*'") }
        return (kind, [glob])
    }

    private static func key(_ file: String, _ session: Session) throws(CommandError) -> KeySet.Key {
        let path = session.absolutePath(file)
        let bytes = try lifting { () throws(SystemError) in
            try OwnedFile.open(path, .read).read(at: 0, count: PublicKey.maximumByteCount + 1)
        }
        let key = try lifting { () throws(SystemError) in try PublicKey(pem: bytes, subject: path) }
        return KeySet.Key(key, name: KeyName.of(path: file))
    }
}
