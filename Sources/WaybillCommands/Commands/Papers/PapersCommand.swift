import ArgumentParser

struct PapersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "papers",
        abstract: "Licence and data disclosure: draft, check, show, export.",
        discussion: """
            Claims are the publisher's, in disclosure.yaml, README.md and GGUF metadata; findings are computed from the files and can be \
            computed again by anyone. None of it is legal advice.

            Example:
              waybill papers init ./tiny
              waybill papers check ./tiny
              waybill papers show hub/acme/tiny
            """,
        subcommands: [PapersInitCommand.self, PapersCheckCommand.self, PapersShowCommand.self, PapersExportCommand.self])
}
