import WaybillFormat

/// Claims as front matter of a model card, as the Hugging Face hub reads it.
struct HubFrontMatter {
    private let subject: ExportSubject
    private let yaml = YAMLText(escapesMarks: true)
    private static let relations: Set<BaseModelRelation> = [.adapter, .finetune, .merge, .quantized]

    /// The block between its lines of dashes, both included.
    static func bytes(_ subject: ExportSubject) throws(FormatError) -> [UInt8] {
        let inner = HubFrontMatter(subject: subject).lines.joined(separator: "\n")
        let bytes = Array("---\n\(inner)\n---\n".utf8)
        guard bytes.count <= FrontMatter.maximumByteCount, CardMetadata.structure(Array(inner.utf8)[...]) <= CardMetadata.maximumStructure
        else {
            throw FormatError(
                .failure, subject: TerminalText.neutralised(subject.name ?? subject.findings.contentId.hex),
                cause: "the claims are more than front matter can hold", remedy: "Name fewer datasets, base models or languages.")
        }
        return bytes
    }

    private init(subject: ExportSubject) { self.subject = subject }

    private var lines: [String] {
        let claims = subject.findings.claims
        let lines =
            licenseLines + list("base_model", subject.findings.baseModels.map(\.name)) + relationLines
            + list("datasets", claims[.datasets].map(\.value)) + list("language", claims[.languages].map(\.value))
        return lines.isEmpty ? ["# No assertion."] : lines
    }

    private func list(_ key: String, _ values: [String]) -> [String] {
        values.isEmpty ? [] : ["\(key):"] + values.map { "- \(yaml.quoted($0))" }
    }

    private var relationLines: [String] {
        let relations = Set(subject.findings.baseModels.map(\.relation))
        guard relations.count == 1, let relation = relations.first, Self.relations.contains(relation) else {
            return relations.isEmpty || relations == [.noAssertion]
                ? [] : ["# base_model_relation is left out: no one word of the Hub is true of all base models."]
        }
        return ["base_model_relation: \(relation.rawValue)"]
    }

    private var licenseLines: [String] {
        let (claims, registry) = (subject.findings.claims, subject.registry)
        // Two tags for one licence, such as the Hub's id and SPDX's, are one claim.
        var found: [(id: String, claim: String)] = []
        for claim in claims[.licenses].map(\.value) {
            let id = registry.license(hubID: claim)?.id ?? claim
            if !found.contains(where: { $0.id == id }) { found.append((id, claim)) }
        }
        guard let license = found.first else { return [] }
        guard found.count == 1 else { return ["# No license: the files of the model claim several."] }
        if license.claim.lowercased() == "other" {
            return ["license: other"] + named(claims[.licenseNames].map(\.value), link(nil))
        }
        if let hubID = registry[license.id]?.hubIDs.first { return ["license: \(yaml.quoted(hubID))"] }
        let row = registry[license.id]
        let known = claims[.licenseNames].map(\.value).filter { registry.license(hubName: $0)?.id == license.id }
        return ["license: other"] + named(known.isEmpty ? [row?.hubNames.first ?? license.id] : known, link(row))
    }

    private func named(_ names: [String], _ link: String?) -> [String] {
        let name = names.count == 1 ? ["license_name: \(yaml.quoted(names[0]))"] : []
        return name + (link.map { ["license_link: \(yaml.quoted($0))"] } ?? [])
    }

    private func link(_ row: License?) -> String? {
        let links = subject.findings.claims[.licenseLinks].map(\.value)
        if links.count == 1 { return links[0] }
        return subject.disclosure.license.evidence.first?.value ?? row?.source
    }
}
