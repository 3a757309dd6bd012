extension LicenseExpression {
    /// Whether it can be kept by licences for which `isAccepted` alone: of a choice one, of a sum all. With an exception, the licence with
    /// it (`GPL-2.0-only WITH Classpath-exception-2.0`) or the licence alone, which the exception only makes easier to keep.
    func suffices(_ isAccepted: (String) -> Bool) -> Bool { Self.suffices(root, isAccepted) }

    private static func suffices(_ node: Node, _ isAccepted: (String) -> Bool) -> Bool {
        switch node {
        case .license(let term): isAccepted(text(term))
        case .with(let term, let exception): isAccepted("\(text(term)) WITH \(exception)") || isAccepted(text(term))
        case .and(let parts): parts.allSatisfy { suffices($0, isAccepted) }
        case .or(let parts): parts.contains { suffices($0, isAccepted) }
        }
    }

    private static func text(_ term: Term) -> String {
        "\(term.document.map { "DocumentRef-\($0):" } ?? "")\(term.id)\(term.isOrLater ? "+" : "")"
    }
}
