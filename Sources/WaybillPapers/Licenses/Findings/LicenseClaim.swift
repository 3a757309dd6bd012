import WaybillFormat

/// What a publisher says a model's licence is, at one place.
public struct LicenseClaim: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A Hub licence id, an SPDX id or an expression.
        case tag
        /// The Hub's `license_name`: what a tag `other` stands for.
        case name
        /// Where the text is.
        case link
    }

    /// What a claim means.
    public enum Meaning: Sendable, Hashable {
        case expression(LicenseExpression)
        /// One of these licences; any, where there are none (`other`).
        case oneOf([String])
        /// Nothing that the registry knows.
        case unknown
    }

    public let kind: Kind
    public let value: String
    public let evidence: Evidence

    public init(kind: Kind, value: String, evidence: Evidence) {
        self.kind = kind
        self.value = value
        self.evidence = evidence
    }

    /// The claims of derived papers.
    public static func claims(of papers: Papers) -> [LicenseClaim] {
        let kinds: [(ClaimKind, Kind)] = [(.licenses, .tag), (.licenseNames, .name), (.licenseLinks, .link)]
        return kinds.flatMap { claimed, kind in
            papers[claimed].flatMap { value in
                value.evidence.filter(papers.evidence.indices.contains).map {
                    LicenseClaim(kind: kind, value: value.value, evidence: papers.evidence[$0])
                }
            }
        }
    }

    func meaning(in registry: LicenseRegistry) -> Meaning {
        switch kind {
        case .link: return .unknown
        case .name: return registry.license(hubName: value).map(Self.meaning) ?? .unknown
        case .tag:
            if let row = registry.license(hubID: value) ?? registry.license(hubName: value) { return Self.meaning(row) }
            guard let expression = try? LicenseExpression(parsing: value, registry: registry),
                expression.unknownIDs(in: registry).isEmpty
            else { return .unknown }
            return .expression(expression)
        }
    }

    private static func meaning(_ row: License) -> Meaning {
        row.isAmbiguous ? .oneOf(row.candidates) : .expression(LicenseExpression(id: row.id))
    }
}
