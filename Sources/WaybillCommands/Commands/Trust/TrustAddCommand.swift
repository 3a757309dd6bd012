import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTransfer
import WaybillTrust

struct TrustAddCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Pin an organisation: from now on only what its keys signed is accepted.",
        usage: "waybill trust add <organisation> [<fingerprint>] --from <remote>",
        discussion: """
            The fingerprint comes from the publisher by another way than the mirror: a web page, a letter, a person. Without it the \
            command shows the one that the mirror has and asks; where nobody can answer, it refuses.

            Example:
              waybill trust add acme '1f9c 02aa ...' --from https://mirror.example
            """)

    @Argument(help: "The organisation: the first part of org/name.")
    var organization: String

    @Argument(help: "Of one of its key sets, as 'waybill trust show' prints it; spaces, colons and case do not count.")
    var fingerprint: [String] = []

    @Option(name: .customLong("from"), help: ArgumentHelp("A remote that has the key sets.", valueName: "remote"))
    var source: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let org = try Session.organization(organization)
        let stated = try stated()
        let place = try session.resolver().remote(source)
        let known = try lifting { () throws(TransferError) in try session.trust.record(of: org) }
        let chain = stated.map { KeySetChain(org: org, pinned: $0) } ?? KeySetChain(firstUseOf: org)
        let newest = try await session.newestKeySet(chain, at: place, remote)
        if let known, known.keySet.fingerprint == newest.fingerprint, stated == nil || stated == known.pinned {
            return result(known, place, isNew: false)
        }
        // On first use the newest set is what a person is asked about, and what is pinned.
        let pinned = stated ?? newest.fingerprint
        if stated == nil { try confirm(newest, place, session) }
        let record = TrustRecord(
            pinned: pinned, pinning: stated == nil ? .confirmed : .given, since: Session.time(), keySet: newest)
        try lifting { () throws(TransferError) in try session.trust.pin(record) }
        return result(record, place, isNew: true)
    }

    private func stated() throws(CommandError) -> Fingerprint? {
        guard !fingerprint.isEmpty else { return nil }
        let text = fingerprint.joined(separator: " ")
        guard let stated = Fingerprint(reading: text) else {
            throw .usage(text, "is no fingerprint", "It has 64 hexadecimal digits; 'waybill trust show ORG' prints it")
        }
        return stated
    }

    /// Only a person can vouch for what a mirror shows first.
    private func confirm(_ set: TrustedKeySet, _ place: ResolvedRemote, _ session: Session) throws(CommandError) {
        let remedy = "Ask the publisher for the fingerprint: 'waybill trust add \(set.org) FINGERPRINT --from \(place.text)'"
        guard session.console.isInputTerminal, !common.json else {
            throw CommandError(
                .policy, subject: set.org.text, cause: "nobody is there to confirm the fingerprint \(set.fingerprint)", remedy: remedy)
        }
        session.output.ask(
            """
            \(place.text) shows key set \(String(set.n)) of \(set.org.text), with \(Measure.count(set.keySet.keys.count, "key")):
              \(set.fingerprint.description)
            Does its publisher say the same, by another way than this mirror? Type 'yes' to pin it: 
            """)
        guard session.console.readLine()?.lowercased() == "yes" else {
            throw CommandError(
                .policy, subject: set.org.text, cause: "the fingerprint was not confirmed; nothing is pinned", remedy: remedy)
        }
    }

    private func result(_ record: TrustRecord, _ place: ResolvedRemote, isNew: Bool) -> CommandResult {
        var fields = record.fields
        fields["remote"] = .string(place.text)
        fields["added"] = .bool(isNew)
        return CommandResult(
            fields,
            text: """
                \(record.org.text) is \(isNew ? "pinned" : "pinned already"), key set \(String(record.keySet.n))
                  fingerprint  \(record.pinned.description)
                """, isSummary: true)
    }
}
