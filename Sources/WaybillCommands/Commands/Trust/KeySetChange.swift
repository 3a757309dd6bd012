import WaybillFormat
import WaybillSystem
import WaybillTransfer
import WaybillTrust

/// How a command makes the next key set: proposed, signed, carried to the next holder, or published.
struct KeySetChange {
    let organization: String
    let signing: SigningOptions
    let proposal: String?
    let target: String
    let remote: RemoteOptions

    func run(
        in session: Session, _ change: (inout KeySetDraft) throws(CommandError) -> Void
    ) async throws(CommandError) -> CommandResult {
        let org = try Session.organization(organization)
        guard !signing.isEmpty else { throw .usage("trust", "no key is named to sign the next set with", "Give --key FILE") }
        let place = try session.resolver().remote(target)
        guard var record = try lifting({ () throws(TransferError) in try session.trust.record(of: org) }) else {
            throw CommandError(
                .notFound, subject: org.text, cause: "is not pinned", remedy: "'waybill trust add \(org) FINGERPRINT --from \(place.text)'")
        }
        let newest = try await session.newestKeySet(record.chain, at: place, remote)
        try lifting { () throws(TrustError) in try record.accept(newest) }
        var next: SignedKeySet
        if let waiting = try session.proposal(proposal) {
            next = waiting
        } else {
            var draft = KeySetDraft(after: newest)
            try change(&draft)
            next = try lifting { [draft] () throws(TrustError) in try draft.keySet(time: Session.time()) }
        }
        let signers = try session.signers(signing)
        let succession = try lifting { () throws(TrustError) in
            for signer in signers { try next.sign(with: signer, after: newest) }
            return try KeySetSuccession(of: next, after: newest)
        }
        guard succession.isComplete else { return try waiting(next, succession, session) }
        try await session.publish(next, at: place, remote)
        let published = try await session.newestKeySet(record.chain, at: place, remote)
        try lifting { () throws(TrustError) in try record.accept(published) }
        try lifting { () throws(TransferError) in try session.trust.remember(record) }
        var fields = TrustShowCommand.fields(published, record)
        fields["published"] = .bool(true)
        fields["remote"] = .string(place.text)
        return CommandResult(fields, text: "published\n" + TrustShowCommand.text(published, record))
    }

    private func waiting(_ set: SignedKeySet, _ succession: KeySetSuccession, _ session: Session) throws(CommandError) -> CommandResult {
        let needs = succession.needs.map { need in
            "\(need.signers.count) of \(need.threshold) \(need.role.rawValue) keys of set \(need.n)"
        }
        guard let proposal else {
            throw CommandError(
                .policy, subject: set.keySet.objectName.path, cause: "threshold missed: signed by \(needs.joined(separator: ", and "))",
                remedy: "Name more keys with --key, or --proposal FILE to carry the set to their holders")
        }
        try session.write(set.encoded(), to: proposal)
        return CommandResult(
            [
                "organization": .string(set.keySet.org.text), "n": .integer(set.keySet.n),
                "fingerprint": .string(set.fingerprint.digest.hex), "published": .bool(false),
                "proposal": .string(session.absolutePath(proposal)),
                "needs": .strings(needs),
            ],
            text: """
                key set \(String(set.keySet.n)) of \(set.keySet.org.text) is not complete: signed by \(needs.joined(separator: ", and "))
                  fingerprint  \(set.fingerprint.description)
                Hand \(proposal) to the next holder, who compares the fingerprint and runs this command with their --key and --proposal
                """)
    }
}
