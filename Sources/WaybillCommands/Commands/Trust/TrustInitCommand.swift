import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTransfer
import WaybillTrust

struct TrustInitCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an organisation's first key set, and publish it.",
        usage: "waybill trust init <organisation> --key <file>... --to <remote> [--threshold <n>] [--expires <time>]",
        discussion: """
            The keys may sign key sets (root) and publish. A key file that does not exist is made: a P-256 key that only you can \
            read. Others are added with 'waybill trust rotate'.

            Example:
              waybill trust init acme --key acme.pem --to http://localhost:8090
              waybill trust init acme --key a.pem --key b.pem --key c.pem --threshold 2 --to hub
            """)

    @Argument(help: "The organisation: the first part of org/name.")
    var organization: String

    @OptionGroup var signing: SigningOptions

    @Option(help: ArgumentHelp("So many of the keys must sign together.", valueName: "n"))
    var threshold = 1

    @Option(name: .customLong("to"), help: ArgumentHelp("Where the key sets are to be found.", valueName: "remote"))
    var target: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let org = try Session.organization(organization)
        guard !signing.isEmpty else { throw .usage("trust init", "no key is named", "Give --key FILE; one that does not exist is made") }
        let place = try session.resolver().remote(target)
        if let known = try lifting({ () throws(TransferError) in try session.trust.record(of: org) }) {
            throw CommandError(
                .conflict, subject: org.text, cause: "is pinned already, with key set \(known.keySet.n)",
                remedy: "'waybill trust rotate' changes its keys; 'waybill trust remove \(org)' forgets it")
        }
        for path in signing.keys where (try? FileStatus.of(session.absolutePath(path))) == nil {
            _ = try lifting { () throws(SystemError) in try PrivateKey.create(file: session.absolutePath(path)) }
            session.output.notice("made a new key, \(path): keep it safe, and keep a copy elsewhere")
        }
        let signers = try session.signers(signing)
        let names = signing.keys.map { KeyName.of(path: $0) } + signing.signers.map { KeyName.of(path: $0) }
        let keys = zip(signers, names).map { KeySet.Key($0.0.publicKey, name: $0.1) }
        let set = try lifting { () throws(TrustError) in
            var draft = KeySetDraft(
                org: org, root: keys, threshold: threshold,
                expires: signing.expires.map { Timestamp.text(secondsSince1970: Host.unixSeconds() + $0.seconds) })
            for key in keys { try draft.grant(.publisher, to: key.id) }
            try draft.setThreshold(threshold, of: .publisher)
            var set = try draft.keySet(time: Session.time())
            for signer in signers { try set.sign(with: signer, after: nil) }
            return set
        }
        try await session.publish(set, at: place, remote)
        let newest = try await session.newestKeySet(KeySetChain(org: org, pinned: set.fingerprint), at: place, remote)
        let record = TrustRecord(pinned: set.fingerprint, pinning: .given, since: Session.time(), keySet: newest)
        try lifting { () throws(TransferError) in try session.trust.pin(record) }
        var fields = record.fields
        fields["remote"] = .string(place.text)
        fields["keys"] = .strings(keys.map(\.id.hex))
        return CommandResult(
            fields,
            text: """
                \(org.text) has its first key set, with \(Measure.count(keys.count, "key")); it is pinned here
                  fingerprint  \(set.fingerprint.description)
                Tell it to your readers by another way than the mirror; they run
                  waybill trust add \(org.text) '\(set.fingerprint.description)' --from \(place.text)
                """)
    }
}

/// What a key is called for people, where nobody said.
enum KeyName {
    static func of(path: String) -> String {
        let last = path.split(separator: " ").first.map(String.init) ?? path
        let file = last.split(separator: "/").last.map(String.init) ?? last
        let dot = file.lastIndex(of: ".").flatMap { $0 == file.startIndex ? nil : $0 }
        return String((dot.map { String(file[..<$0]) } ?? file).prefix(KeySet.maximumNameLength))
    }
}
