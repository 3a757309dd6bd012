import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTransfer
import WaybillTrust

extension Session {
    var trust: TrustFiles { TrustFiles(configuration) }

    /// Checks signatures against what this user pinned.
    var publisherCheck: PublisherCheck { PublisherCheck(memory: trust, now: { Host.unixSeconds() }) }

    /// The keys that are named on the command line.
    func signers(_ options: SigningOptions) throws(CommandError) -> [any Signer] {
        var signers: [any Signer] = []
        for path in options.keys {
            let key = try lifting { () throws(SystemError) in try PrivateKey(file: absolutePath(path)) }
            if key.isExposed { output.notice("\(path) can be read by others than its owner: chmod 600") }
            signers.append(key)
        }
        for command in options.signers {
            signers.append(try lifting { () throws(SystemError) in try ExternalSigner(command: command) })
        }
        for (index, signer) in signers.enumerated() where signers[..<index].contains(where: { $0.publicKey == signer.publicKey }) {
            throw .usage("--key", "names one key twice (\(signer.publicKey.id))", "A threshold counts distinct keys")
        }
        return signers
    }

    /// How entries for models of an organisation are signed; nil without keys.
    func signing(_ options: SigningOptions, for model: ModelName) throws(CommandError) -> RevisionSigning? {
        guard !options.isEmpty else {
            if options.expires != nil { throw .usage("--expires", "says when signatures end, and nothing is signed", "Name a --key") }
            if let record = try lifting({ () throws(TransferError) in try trust.record(of: model.organization) }) {
                output.notice(
                    "\(record.org) is pinned and this entry is not signed: whoever pins \(record.org) refuses it. Sign it with --key, or 'waybill sign'"
                )
            }
            return nil
        }
        let record = try lifting { () throws(TransferError) in try trust.record(of: model.organization) }
        return RevisionSigning(
            signers: try signers(options),
            expires: options.expires.map { Timestamp.text(secondsSince1970: Host.unixSeconds() + $0.seconds) },
            keySet: record?.keySet.reference)
    }

    /// The name of an organisation, as an argument.
    static func organization(_ text: String) throws(CommandError) -> OrganizationName {
        try lifting { () throws(FormatError) in try OrganizationName(text) }
    }
}
