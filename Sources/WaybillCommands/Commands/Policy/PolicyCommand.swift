import ArgumentParser

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "What may be let in: check, explain and test policies.",
        discussion: """
            A policy is one YAML file, described in Protocol/POLICY.md. The one in /etc/waybill/policy.yaml holds for every pull on this \
            machine; beside it the one of --policy, else policy.yaml in the settings folder.

            Example:
              waybill policy check permissive-commercial > policy.yaml
              waybill policy explain hub/acme/tiny --policy policy.yaml
            """,
        subcommands: [PolicyCheckCommand.self, PolicyExplainCommand.self, PolicyTestCommand.self])
}
