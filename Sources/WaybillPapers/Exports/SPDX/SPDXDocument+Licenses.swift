import WaybillFormat

extension SPDXDocument {
    /// Exactly one declared and one concluded licence, which no validator asks for.
    mutating func addLicenses(of model: String) throws(FormatError) {
        try relate(
            model, declared: license.declared, declaredComment: license.declaredComment, concluded: license.concluded,
            concludedComment: license.concludedComment)
    }

    mutating func relate(
        _ package: String, declared: ExportedLicense, declaredComment: String?, concluded: ExportedLicense, concludedComment: String
    ) throws(FormatError) {
        graph.relate(package, "hasDeclaredLicense", [try id(of: declared)], comment: declaredComment)
        graph.relate(package, "hasConcludedLicense", [try id(of: concluded)], comment: concludedComment)
    }

    mutating func id(of value: ExportedLicense) throws(FormatError) -> String {
        let expression: LicenseExpression
        switch value {
        case .noAssertion: return SPDXGraph.noAssertionLicense
        case .none: return SPDXGraph.noneLicense
        case .expression(let found): expression = found
        }
        if let known = licenses[expression.description] { return known }
        var members: [String: JSONValue] = [
            "simplelicensing_licenseExpression": .string(expression.description),
            "simplelicensing_licenseListVersion": .string(subject.registry.listVersion),
        ]
        var texts: [JSONValue] = []
        var seen: Set<String> = []
        for term in expression.terms where term.id.hasPrefix(ExportedLicense.referencePrefix) && seen.insert(term.id).inserted {
            texts.append(SPDXGraph.entry(term.id, try text(of: term.id)))
        }
        members.set("simplelicensing_customIdToUri", texts)
        let id = graph.add("simplelicensing_LicenseExpression", "license", members)
        licenses[expression.description] = id
        return id
    }

    /// The element of a licence that is not in SPDX's list. Where its text is not in the model, the text says so by SPDX's word.
    private mutating func text(of id: String) throws(FormatError) -> String {
        let key = "text of \(id)"
        if let known = licenses[key] { return known }
        let row = subject.registry[id]
        var members: [String: JSONValue] = ["name": .string(row.map { "\($0.name) (\($0.id))" } ?? id)]
        if let found = try license.text(of: id) {
            members.set("simplelicensing_licenseText", found.text)
            members.set("comment", found.comment)
        } else {
            members.set("simplelicensing_licenseText", "NOASSERTION")
            let published = row?.source.map { " It is published at \($0)." } ?? ""
            members.set("comment", "The text of this licence was not recognised in the model's files.\(published)")
        }
        let element = graph.add("simplelicensing_SimpleLicensingText", "license-text", members)
        licenses[key] = element
        return element
    }
}
