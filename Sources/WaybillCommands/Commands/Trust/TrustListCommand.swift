import ArgumentParser
import WaybillFormat
import WaybillTransfer
import WaybillTrust

struct TrustListCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the organisations that are pinned.",
        discussion: """
            Example:
              waybill trust list
            """)

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let records = try lifting { () throws(TransferError) in try session.trust.records() }
        let lines = records.map { record -> TerminalText in
            "\(TerminalText("\(record.org.text)").padded(to: 24)) key set \(String(record.keySet.n)), pinned \(String(record.since.prefix(10))) (\(record.pinning.rawValue)), \(Measure.count(record.refs.count, "ref")) seen"
        }
        return CommandResult(
            ["organizations": .array(records.map { .object($0.fields) })],
            text: lines.isEmpty
                ? "no organisation is pinned: 'waybill trust add ORG FINGERPRINT --from REMOTE'" : TerminalText(lines: lines))
    }
}
