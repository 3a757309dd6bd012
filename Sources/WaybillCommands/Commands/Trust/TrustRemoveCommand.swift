import ArgumentParser
import WaybillFormat
import WaybillTransfer
import WaybillTrust

struct TrustRemoveCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget an organisation: its signatures decide nothing any more.",
        usage: "waybill trust remove <organisation>",
        discussion: """
            What was seen of its refs is forgotten, too: a rollback is not noticed after that.

            Example:
              waybill trust remove acme
            """)

    @Argument(help: "The organisation.")
    var organization: String

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let org = try Session.organization(organization)
        guard try lifting({ () throws(TransferError) in try session.trust.remove(org) }) else {
            throw CommandError(.notFound, subject: org.text, cause: "is not pinned", remedy: "'waybill trust list' shows what is")
        }
        return CommandResult(["organization": .string(org.text)], text: "\(org.text) is not pinned any more", isSummary: true)
    }
}
