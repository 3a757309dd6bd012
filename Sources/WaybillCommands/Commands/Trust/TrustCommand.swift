import ArgumentParser

struct TrustCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Say whose signatures count, and keep an organisation's keys.",
        discussion: """
            A publisher makes a key set once; readers pin its fingerprint once.

            Example:
              waybill trust init acme --key acme.pem --to http://localhost:8090
              waybill trust add acme --from http://localhost:8090
            """,
        subcommands: [
            TrustInitCommand.self, TrustAddCommand.self, TrustListCommand.self, TrustShowCommand.self, TrustRotateCommand.self,
            TrustRevokeCommand.self, TrustRemoveCommand.self,
        ])
}
