import ArgumentParser
import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTransfer

struct PapersInitCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Draft disclosure.yaml from what a model's files say already.",
        usage: "waybill papers init <directory> [--print] [--overwrite] [<options>]",
        discussion: """
            Reads README.md, GGUF metadata, config.json and licence files. Nothing is stated that no file says: what is missing stands in \
            comments marked TODO. A disclosure.yaml that is there is kept unless --overwrite is given.

            Example:
              waybill papers init ./tiny
            """)

    @Argument(help: "The directory of the model's files.", completion: .directory)
    var directory: String

    @Flag(name: .customLong("print"), help: "Print the draft and write nothing.")
    var prints = false

    @Flag(help: "Replace a disclosure.yaml that is there.")
    var overwrite = false

    @OptionGroup var common: CommonOptions

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let work = session.lightWork()
        let path = session.absolutePath(directory)
        let draft = try await lifting { () async throws(TransferError) in
            try await ModelEvidence.directory(path, hashes: false, work: work)
                .read { (files) throws(SystemError) in try DisclosureDraft.text(for: files) }
        }
        let file = "\(path)/\(Disclosure.fileName)"
        guard !prints else {
            return CommandResult(["directory": .string(path), "draft": .string(draft), "written": .bool(false)], text: Self.text(draft))
        }
        guard overwrite || (try? FileStatus.of(file)) == nil else {
            throw CommandError(
                .conflict, subject: file, cause: "is there already",
                remedy: "'waybill papers check' says what it lacks; --overwrite replaces it, --print only shows a draft")
        }
        try lifting { () throws(SystemError) in
            try Folder.open(path).replace(Disclosure.fileName, with: Array(draft.utf8), mode: 0o644)
        }
        return CommandResult(
            ["directory": .string(path), "draft": .string(draft), "file": .string(file), "written": .bool(true)],
            text: "wrote \(file)\n  Fill in what is marked TODO, then run 'waybill papers check \(directory)'", isSummary: true)
    }

    private static func text(_ draft: String) -> TerminalText {
        TerminalText(lines: draft.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText(String($0)) })
    }
}
