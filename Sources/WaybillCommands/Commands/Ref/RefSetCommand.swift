import ArgumentParser
import WaybillFormat
import WaybillStore
import WaybillTransfer

struct RefSetCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Make a ref name a revision that the store holds.",
        usage: "waybill ref set <address> <target> [--expect <n>] [<options>]",
        discussion: """
            This is how a revision is promoted: no bytes move.

            Example:
              waybill ref set hub/acme/tiny:prod :main
              waybill ref set hub/acme/tiny:prod @<sha256> --expect 3
            """)

    @Argument(help: "REMOTE/org/name:ref.")
    var address: String

    @Argument(help: "The revision: @<sha256>, or :<ref> for what another ref of the model names.")
    var target: String

    @Option(help: ArgumentHelp("The ref's newest entry must have this number (0: there is none).", valueName: "n"))
    var expect: Int?

    @OptionGroup var signing: SigningOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let place = try session.resolver().address(address)
        let ref = try Self.named(place)
        let revision = try Self.revision(target)
        let work = session.lightWork()
        let signing = try session.signing(signing, for: place.model)
        let (entry, manifest) = try await session.with(place, tokenFile: remote.tokenFile, work: work, retry: remote.retry) {
            (opened, _) async throws(CommandError) -> (Int, Digest) in
            try await session.requirePushes(opened, place.remote)
            let manifest = try await digest(revision, place, opened)
            let entry = try await lifting { () async throws(TransferError) in
                try await RefChange.set(store: opened.store, model: place.model, ref: ref, to: manifest, expect: expect, signing: signing)
            }
            return (entry, manifest)
        }
        return CommandResult(
            [
                "remote": .string(place.remote.text), "model": .string(place.model.path), "ref": .string(ref.text),
                "entry": .integer(entry),
                "manifest": .digest(manifest),
            ], text: "\(place.model):\(ref) names \(manifest) (entry \(entry))", isSummary: true)
    }

    /// The ref that an address names: here it is never assumed.
    static func named(_ place: ResolvedAddress) throws(CommandError) -> RefName {
        guard let ref = place.ref, place.revision == nil else {
            throw .usage(
                place.text, place.ref == nil ? "the ref must be named" : "a digest has no place here",
                "Write \(place.remote.text)/\(place.model.path):\(place.ref?.text ?? "main")")
        }
        return ref
    }

    private enum Revision {
        case digest(Digest)
        case ref(RefName)
    }

    private static func revision(_ text: String) throws(CommandError) -> Revision {
        if text.hasPrefix("@"), let digest = Digest(hex: text.dropFirst()) { return .digest(digest) }
        if text.hasPrefix(":") {
            return .ref(try lifting { () throws(FormatError) in try RefName(String(text.dropFirst())) })
        }
        let remedy =
            if Digest(hex: text) != nil {
                "Write @\(text)"
            } else if (try? RefName(text)) != nil {
                "For what the ref '\(text)' names write :\(text); for a revision write @ and its 64 hexadecimal digits"
            } else {
                "Write @ and the 64 hexadecimal digits of a revision ('waybill ref log' shows them), or :<ref>"
            }
        throw .usage(text, "is neither @<sha256> nor :<ref>", remedy)
    }

    private func digest(_ revision: Revision, _ place: ResolvedAddress, _ opened: OpenRemote) async throws(CommandError) -> Digest {
        switch revision {
        case .digest(let digest): return digest
        case .ref(let ref):
            let newest = try await lifting { () async throws(StoreError) in
                try await RevisionReader(opened.source).newestEntry(place.model, ref)
            }
            guard newest.entry.state == .active, let manifest = newest.entry.manifest else {
                throw CommandError(
                    .conflict, subject: "\(place.model.path):\(ref.text)",
                    cause: "names no revision that is in force (\(newest.entry.state.rawValue))",
                    remedy: "'waybill ref log' shows its earlier revisions")
            }
            return manifest
        }
    }
}
