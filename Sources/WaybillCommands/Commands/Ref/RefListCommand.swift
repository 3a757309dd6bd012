import ArgumentParser
import WaybillFormat

struct RefListCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the refs of a model.",
        discussion: """
            Example:
              waybill ref list hub/acme/tiny
            """)

    @Argument(help: "REMOTE/org/name.")
    var address: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let target = try session.resolver().address(address)
        guard target.ref == nil, target.revision == nil else {
            throw .usage(
                target.text, "the refs of a model are listed, not one of them", "Leave out the ref; 'waybill ref log' shows one ref")
        }
        let rows = try await session.with(target, tokenFile: remote.tokenFile, work: session.lightWork(), retry: remote.retry) {
            (opened, _) async throws(CommandError) in
            guard let index = await Directions(source: opened.source).index(target.model) else {
                throw CommandError(
                    .notFound, subject: target.text, cause: "there is no such model, or the store does not list its refs",
                    remedy: "'waybill list \(target.remote.text)' shows what is there")
            }
            return try await RefRow.read(index.refs.map { (target.model, $0.ref) }, from: opened.source, sizes: true)
        }
        let unread = rows.compactMap(\.problem)
        let error = unread.first.map { CommandError(.partial, subject: $0.subject, cause: $0.cause, remedy: $0.remedy) }
        let width = rows.map(\.ref.text.count).max() ?? 0
        return CommandResult(
            ["remote": .string(target.remote.text), "model": .string(target.model.path), "refs": .array(rows.map(\.value))],
            text: TerminalText(lines: rows.map { $0.text(width: width) }), error: error)
    }
}
