import ArgumentParser

/// Which policy decides, beside the machine's.
struct PolicyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Let in only what this policy allows: a file, or permissive-commercial, eu-documented, research.", valueName: "policy"),
        completion: .file())
    var policy: String?
}
