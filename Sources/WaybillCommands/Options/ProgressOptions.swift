import ArgumentParser

/// How progress is shown.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable {
    case auto, plain, json, none

    /// - Parameter isTerminal: standard error is a terminal that can go back in its line.
    func style(isTerminal: Bool) -> StatusStream.Style {
        switch self {
        case .auto: isTerminal ? .bar : .plain
        case .plain: .plain
        case .json: .json
        case .none: .none
        }
    }
}

/// Options of commands that take time.
struct ProgressOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How progress is shown on standard error: auto, plain, json (one object a line) or none.", valueName: "mode"))
    var progress: ProgressMode = .auto
}
