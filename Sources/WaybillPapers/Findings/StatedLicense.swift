/// What a licence that somebody stated means, by the registry. Nil is unknown, which is neither yes nor no.
struct StatedLicense: Sendable {
    /// Nil without a statement, or if it is no expression.
    let expression: LicenseExpression?
    /// Stated to be without a licence.
    let isNone: Bool
    let isOSIApproved: Bool?
    /// By the Model Openness Tool's lists.
    let isOpen: Bool?
    let terms: LicenseTerms
    /// Ids that the registry does not have, or that name a family only.
    let unknown: [String]

    /// The words for no licence: SPDX's, and the Model Openness Tool's.
    static let noLicense: Set<String> = ["NONE", "unlicensed"]

    init(_ text: String?, _ registry: LicenseRegistry) {
        isNone = text.map(Self.noLicense.contains) ?? false
        guard let text, !isNone, text != "NOASSERTION", let parsed = Self.parse(text) else {
            expression = nil
            isOSIApproved = isNone ? false : nil
            isOpen = isNone ? false : nil
            terms = .noAssertion
            unknown = []
            return
        }
        expression = parsed
        isOSIApproved = Self.holds(parsed.root) { Self.row($0, registry).map(\.isOSIApproved) }
        isOpen = Self.holds(parsed.root) { Self.row($0, registry).map(\.isOpen) }
        terms = Self.terms(parsed.root, registry)
        unknown = Self.ids(parsed.root).filter { Self.row($0, registry) == nil }.map(\.id)
    }

    /// Whether every licence that must be kept was made for that type of content; OSI-approved licences for code, lists of data licences
    /// for data and documents.
    func suits(_ type: MOFComponent.ContentType, _ registry: LicenseRegistry) -> Bool {
        guard let expression else { return false }
        return Self.holds(expression.root) { term in
            Self.row(term, registry).map { type == .code ? $0.isOSIApproved : $0.isOpenData }
        } ?? false
    }

    private static func row(_ term: LicenseExpression.Term, _ registry: LicenseRegistry) -> License? {
        guard term.document == nil, let row = registry[term.id], !row.isAmbiguous else { return nil }
        return row
    }

    private static func ids(_ node: LicenseExpression.Node) -> [LicenseExpression.Term] {
        switch node {
        case .license(let term), .with(let term, _): [term]
        case .and(let parts), .or(let parts): parts.flatMap(ids)
        }
    }

    /// Of a choice one must hold, of a sum all. An exception only adds permissions.
    private static func holds(_ node: LicenseExpression.Node, _ leaf: (LicenseExpression.Term) -> Bool?) -> Bool? {
        switch node {
        case .license(let term), .with(let term, _): return leaf(term)
        case .or(let parts):
            let answers = parts.map { holds($0, leaf) }
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        case .and(let parts):
            let answers = parts.map { holds($0, leaf) }
            return answers.contains(false) ? false : answers.contains(nil) ? nil : true
        }
    }

    /// Of a choice the terms that a licensee would rather take, of a sum the strictest.
    private static func terms(_ node: LicenseExpression.Node, _ registry: LicenseRegistry) -> LicenseTerms {
        switch node {
        case .license(let term), .with(let term, _): return row(term, registry)?.terms ?? .noAssertion
        case .or(let parts):
            let all = parts.map { terms($0, registry) }
            return all.dropFirst().reduce(all.first ?? .noAssertion) { $1.isPreferred(over: $0) ? $1 : $0 }
        case .and(let parts):
            let all = parts.map { terms($0, registry) }
            return all.dropFirst().reduce(all.first ?? .noAssertion) { $0.strictest($1) }
        }
    }

    private static func parse(_ text: String) -> LicenseExpression? {
        text.contains(where: \.isWhitespace) ? nil : LicenseExpression(id: text)
    }
}
