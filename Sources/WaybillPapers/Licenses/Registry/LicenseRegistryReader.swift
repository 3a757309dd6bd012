import WaybillFormat

/// Joins SPDX's list, what people have read in licences, and the fingerprints of texts.
enum LicenseRegistryReader {
    /// A row that cannot be read is left out; a test proves that the tables of this build have none.
    static func read(list: String, reviewed: String) -> LicenseRegistry {
        let document = try? JSONValue(parsing: Array(reviewed.utf8), subject: "reviewed licences")
        var listed: [String: ListRow] = [:]
        var exceptions: [String] = []
        var listVersion = ""
        for line in list.split(separator: "\n") {
            if line.hasPrefix("#") {
                listVersion = line.split(separator: " ").dropFirst(4).first.map { String($0.filter { $0 != "," }) } ?? ""
            } else if line.hasPrefix("+") {
                exceptions.append(String(line.dropFirst().prefix { $0 != "|" }))
            } else if let row = ListRow(line) {
                listed[row.id] = row
            }
        }
        var digests: [String: [Digest]] = [:]
        for template in LicenseTextTable.templates {
            for id in template.licenseIDs where digests[id]?.contains(template.textDigest) != true {
                digests[id, default: []].append(template.textDigest)
            }
        }
        let sets = document?["sets"] ?? .object([:])
        var rows: [String: License] = [:]
        for value in document?["rows"]?.elements ?? [] {
            guard let id = value["id"]?.text, rows[id] == nil else { continue }
            guard let row = license(value, id: id, listed[id], sets: sets, digests: digests[id] ?? []) else { continue }
            rows[id] = row
        }
        for (id, row) in listed where rows[id] == nil { rows[id] = license(row, sets: sets, digests: digests[id] ?? []) }
        return LicenseRegistry(
            version: document?["version"]?.text ?? "", listVersion: listVersion,
            rows: rows.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }, exceptions: exceptions)
    }

    /// `id|flags|name[|source]`
    private struct ListRow {
        let id: String
        let flags: Substring
        let name: String
        let source: String?

        init?(_ line: Substring) {
            let fields = line.split(separator: "|", omittingEmptySubsequences: false)
            guard fields.count >= 3, !fields[0].isEmpty else { return nil }
            id = String(fields[0])
            flags = fields[1]
            name = String(fields[2])
            if fields.count > 3 {
                source = fields[3].isEmpty ? nil : String(fields[3])
            } else {
                source = "https://spdx.org/licenses/\(id).html"
            }
        }
    }

    private static func license(
        _ value: JSONValue, id: String, _ listed: ListRow?, sets: JSONValue, digests: [Digest]
    ) -> License? {
        guard let name = value["name"]?.text ?? listed?.name, let confidence = value["confidence"]?.text.flatMap(License.Confidence.init),
            texts(value["hub"]) != nil, texts(value["names"]) != nil
        else { return nil }
        var terms: LicenseTerms?
        if let written = value["terms"] {
            guard let read = LicenseTermsReader.terms(written, sets: sets) else { return nil }
            terms = read
        }
        return License(
            id: id, name: name, hubIDs: texts(value["hub"]) ?? [], hubNames: texts(value["names"]) ?? [],
            isOSIApproved: listed?.flags.contains("O") ?? false, isFSFLibre: listed?.flags.contains("F") ?? false,
            isOpenData: listed?.flags.contains("D") ?? false, isDeprecated: listed?.flags.contains("X") ?? false, terms: terms,
            confidence: confidence, source: value["source"]?.text ?? listed?.source, textDigests: digests,
            reviewed: value["reviewed"]?.text, companionOf: value["companionOf"]?.text, buildsOn: texts(value["buildsOn"]) ?? [],
            isAmbiguous: value["ambiguous"] == .bool(true), candidates: texts(value["candidates"]) ?? [])
    }

    /// What OSI approved permits what its definition demands, and of that alone something is known.
    private static func license(_ row: ListRow, sets: JSONValue, digests: [Digest]) -> License {
        let isApproved = row.flags.contains("O")
        let terms = isApproved ? LicenseTermsReader.terms(.string("openSource"), sets: sets) : nil
        return License(
            id: row.id, name: row.name, isOSIApproved: isApproved, isFSFLibre: row.flags.contains("F"), isOpenData: row.flags.contains("D"),
            isDeprecated: row.flags.contains("X"), terms: terms, confidence: terms == nil ? .none : .definition, source: row.source,
            textDigests: digests)
    }

    /// Nil for what is no list of texts.
    private static func texts(_ value: JSONValue?) -> [String]? {
        guard let value else { return [] }
        guard let elements = value.elements else { return nil }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? texts : nil
    }
}
