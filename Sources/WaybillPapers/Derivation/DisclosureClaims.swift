import WaybillFormat
import WaybillSystem

/// Reads the claims in disclosure.yaml, from papers plan `p2` on.
enum DisclosureClaims {
    static func claims(of file: EvidenceFile) throws(SystemError) -> FileFindings {
        var findings = FileFindings(file.path)
        let (disclosure, problems) = try DisclosureFile.read(file)
        guard let disclosure else {
            if let first = problems.first {
                let place = first.place.isEmpty ? "the disclosure" : first.place
                findings.note(line: first.line, "\(place) \(first.problem): nothing is taken from the file")
            }
            return findings
        }
        // Words that stand for the absence of a licence are none.
        let license = disclosure.license.expression.flatMap { ["NONE", "NOASSERTION"].contains($0.value) ? nil : $0 }
        take([license].compactMap { $0 }, .licenses, place: "license.expression", into: &findings)
        take(disclosure.data.sources.map(\.name), .datasets, place: "data.sources", into: &findings)
        take(disclosure.model.languages, .languages, place: "model.languages", into: &findings)
        let baseModels = disclosure.baseModels
        guard let names = texts(baseModels.map(\.id), place: "baseModels", into: &findings) else { return findings }
        for (name, model) in zip(names, baseModels) {
            let relation = model.relation.flatMap { BaseModelRelation(rawValue: $0.value.rawValue) }
            findings.add(name, .baseModels, places: ["baseModels"], relation: relation)
        }
        return findings
    }

    private static func take(_ values: [Stated<String>], _ kind: ClaimKind, place: String, into findings: inout FileFindings) {
        if let texts = texts(values, place: place, into: &findings) { findings.add(texts, kind, place: place) }
    }

    /// All values of a place or none.
    private static func texts(_ values: [Stated<String>], place: String, into findings: inout FileFindings) -> [ClaimText]? {
        var texts: [ClaimText] = []
        for value in values {
            do {
                texts.append(try ClaimText(value.value))
            } catch {
                findings.note(line: value.line, "\(place) \(error.problem): nothing is taken from it")
                return nil
            }
        }
        return texts
    }
}
