import WaybillFormat

/// Licences as CycloneDX 1.6 can state them: single ones each with its acknowledgement, or one expression and nothing beside it.
struct CycloneDXLicenses {
    let choice: [JSONValue]

    /// Ids of the SPDX list that are newer than the list in the schema of CycloneDX 1.6 (3.28.0), which refuses them as ids.
    private static let newerIDs: Set<String> = [
        "Brian-Gladman-3-Clause-no-conversion", "BSD-2-Clause-pos-unchanged", "BSD-3-Clause-OpenWebUI", "BSD-ask-to-endorse",
        "BSD-Source-alt-GPL", "BSD-Source-Code-no-disclaimer", "Bugroff", "CC-BY-NC-3.0-IGO", "FDK-MPEG-H", "Hippocratic-3.0-core",
        "Informatica", "MVT-1.1", "atc-game",
    ]

    init(declared: ExportedLicense, concluded: ExportedLicense, _ registry: LicenseRegistry) {
        let stated = [("declared", declared), ("concluded", concluded)].compactMap { acknowledgement, license in
            if case .expression(let expression) = license { (acknowledgement, expression) } else { nil }
        }
        let single = stated.compactMap { acknowledgement, expression in Self.id(expression).map { (acknowledgement, $0) } }
        if single.count == stated.count {
            choice = single.map { Self.license($0.1, $0.0, registry) }
        } else {
            // The concluded one, which rests on more, is the last.
            choice =
                stated.last.map { acknowledgement, expression in
                    [.object(["expression": .string(expression.description), "acknowledgement": .string(acknowledgement)])]
                } ?? []
        }
    }

    private static func id(_ expression: LicenseExpression) -> String? {
        guard case .license(let term) = expression.root, !term.isOrLater else { return nil }
        return term.id
    }

    private static func license(_ id: String, _ acknowledgement: String, _ registry: LicenseRegistry) -> JSONValue {
        var members: [String: JSONValue] = ["acknowledgement": .string(acknowledgement)]
        let isListed = !id.hasPrefix(ExportedLicense.referencePrefix) && !newerIDs.contains(id)
        members[isListed ? "id" : "name"] = .string(id)
        if !isListed { members.set("url", registry[id]?.source.flatMap(AddressText.uri)) }
        return .object(["license": .object(members)])
    }
}
