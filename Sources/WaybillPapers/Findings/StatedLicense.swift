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
        let parsed = isNone || text == "NOASSERTION" ? nil : text.flatMap { try? LicenseExpression(parsing: $0, registry: registry) }
        expression = parsed
        isOSIApproved = isNone ? false : parsed?.isOSIApproved(in: registry)
        isOpen = isNone ? false : parsed?.evaluate(in: registry) { Self.row($0, registry)?.isOpen }
        terms = parsed?.terms(in: registry) ?? .noAssertion
        let families = parsed?.terms.filter { registry[$0.id]?.isAmbiguous == true }.map(\.description) ?? []
        unknown = (parsed?.unknownIDs(in: registry) ?? []) + families
    }

    /// Whether it was made for that type of content: OSI-approved licences for code, the list of data licences for data and documents.
    func suits(_ type: MOFComponent.ContentType, _ registry: LicenseRegistry) -> Bool {
        expression?.evaluate(in: registry) { term in
            Self.row(term, registry).map { type == .code ? $0.isOSIApproved : $0.isOpenData }
        } ?? false
    }

    private static func row(_ term: LicenseExpression.Term, _ registry: LicenseRegistry) -> License? {
        guard term.document == nil, let row = registry[term.id], !row.isAmbiguous else { return nil }
        return row
    }
}
