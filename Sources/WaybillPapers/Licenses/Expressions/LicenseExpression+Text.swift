extension LicenseExpression: CustomStringConvertible {
    /// The expression in its shortest form: operators in capitals, one space, only the parentheses that are needed.
    public var description: String { Self.text(root) }

    private static func text(_ node: Node) -> String {
        switch node {
        case .license(let term): term.description
        case .with(let term, let exception): "\(term) WITH \(exception)"
        case .and(let nodes):
            nodes.map { node in
                if case .or = node { "(\(text(node)))" } else { text(node) }
            }.joined(separator: " AND ")
        case .or(let nodes): nodes.map(text).joined(separator: " OR ")
        }
    }

    /// The licences that it names, in order, each once.
    public var terms: [Term] {
        var seen: Set<Term> = []
        return Self.terms(root).filter { seen.insert($0).inserted }
    }

    /// Ids that the registry does not have. What they allow is no assertion.
    public func unknownIDs(in registry: LicenseRegistry = .current) -> [String] {
        let licenses = terms.filter { $0.document != nil || registry[$0.id] == nil }.map(\.description)
        return licenses + Self.exceptions(root).filter { registry.exception($0) == nil }
    }

    private static func terms(_ node: Node) -> [Term] {
        switch node {
        case .license(let term), .with(let term, _): [term]
        case .and(let nodes), .or(let nodes): nodes.flatMap(terms)
        }
    }

    private static func exceptions(_ node: Node) -> [String] {
        switch node {
        case .license: []
        case .with(_, let exception): [exception]
        case .and(let nodes), .or(let nodes): nodes.flatMap(exceptions)
        }
    }

    /// All of them bind. Nil for none.
    public static func all(_ expressions: [LicenseExpression]) -> LicenseExpression? {
        var nodes: [Node] = []
        for expression in expressions {
            for node in parts(expression) where !nodes.contains(node) { nodes.append(node) }
        }
        guard let first = nodes.first else { return nil }
        return LicenseExpression(nodes.count == 1 ? first : .and(nodes))
    }

    private static func parts(_ expression: LicenseExpression) -> [Node] {
        if case .and(let nodes) = expression.root { nodes } else { [expression.root] }
    }
}

extension LicenseExpression.Term: CustomStringConvertible {
    public var description: String { (document.map { "DocumentRef-\($0):" } ?? "") + id + (isOrLater ? "+" : "") }
}
