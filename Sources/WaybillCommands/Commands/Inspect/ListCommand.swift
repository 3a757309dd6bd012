import ArgumentParser
import WaybillFormat
import WaybillStore

struct ListCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models and refs of a remote.",
        discussion: """
            Sizes are shown where there are at most \(sizedRefs) refs, since each costs a request.

            Example:
              waybill list http://localhost:8090
            """)

    private static let sizedRefs = 64

    @Argument(help: "REMOTE: an address without the model, or an alias.")
    var remoteText: String

    @Flag(help: "Show sizes, however many refs there are.")
    var sizes = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let target = try session.resolver().remote(remoteText)
        let tokens = try session.tokens(first: target, file: remote.tokenFile)
        let (models, rows) = try await session.with(target, tokens: tokens, work: session.lightWork(), retry: remote.retry) {
            (opened) async throws(CommandError) in
            try await read(opened.source)
        }
        var fields: [String: OutputValue] = ["remote": .string(target.text)]
        fields["models"] = .array(
            zip(models, rows).map { .object(["model": .string($0.path), "refs": .array($1.map(\.value))]) })
        let unread = rows.joined().compactMap(\.problem)
        let error = unread.first.map {
            CommandError(
                .partial, subject: $0.subject, cause: "\($0.cause) (\(Measure.count(unread.count, "ref")) cannot be read)",
                remedy: $0.remedy)
        }
        return CommandResult(fields, text: text(target, models, rows), error: error)
    }

    private func read(_ source: any ChunkSource) async throws(CommandError) -> ([ModelName], [[RefRow]]) {
        _ = try await lifting { () async throws(StoreError) in try await RevisionReader(source).description() }
        let models = try await catalog(source)
        let directions = Directions(source: source)
        var refs: [[RefName]] = []
        for model in models { refs.append(await directions.index(model)?.refs.map(\.ref) ?? []) }
        let all = zip(models, refs).flatMap { model, refs in refs.map { (model: model, ref: $0) } }
        let flat = try await RefRow.read(all, from: source, sizes: sizes || all.count <= Self.sizedRefs)
        var rows: [[RefRow]] = []
        var rest = flat[...]
        for refs in refs {
            rows.append(Array(rest.prefix(refs.count)))
            rest = rest.dropFirst(refs.count)
        }
        return (models, rows)
    }

    /// A store that nothing was pushed to has no catalogue.
    private func catalog(_ source: any ChunkSource) async throws(CommandError) -> [ModelName] {
        let bytes: [UInt8]
        do throws(StoreError) {
            bytes = try await source.object(.catalog, fresh: true)
        } catch {
            if error.code == .notFound { return [] }
            throw CommandError(error)
        }
        return try lifting { () throws(FormatError) in try Catalog(decoding: bytes, subject: "\(source.label)/catalog.json").models }
    }

    private func text(_ remote: ResolvedRemote, _ models: [ModelName], _ rows: [[RefRow]]) -> TerminalText {
        guard !models.isEmpty else { return "\(remote.text) holds no models" }
        var lines: [TerminalText] = []
        for (model, refs) in zip(models, rows) {
            lines.append("\(model)")
            let width = refs.map(\.ref.text.count).max() ?? 0
            for row in refs { lines.append("  \(row.text(width: width))") }
        }
        return TerminalText(lines: lines)
    }
}
