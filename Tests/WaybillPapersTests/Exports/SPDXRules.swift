import WaybillFormat

/// The rules of SPDX 3.0.1's AI, Dataset and SimpleLicensing profiles that stand in its prose only: neither its JSON Schema nor its SHACL
/// shapes check them.
struct SPDXRules {
    private(set) var violations: [String] = []
    private let elements: [JSONValue]
    private let byID: [String: JSONValue]

    private static let noAssertion = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
    private static let none = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense"
    private static let noAssertionElement = "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement"
    private static let required = [
        "ai_AIPackage": [
            "name", "suppliedBy", "releaseTime", "software_downloadLocation", "software_packageVersion", "software_primaryPurpose",
        ],
        "dataset_DatasetPackage": [
            "name", "originatedBy", "builtTime", "releaseTime", "software_downloadLocation", "software_primaryPurpose",
            "dataset_datasetType",
        ],
    ]

    static func violations(in document: JSONValue) -> [String] { SPDXRules(document).violations }

    private init(_ document: JSONValue) {
        elements = document["@graph"]?.elements ?? []
        byID = Dictionary(elements.compactMap { element in element["spdxId"]?.text.map { ($0, element) } }) { first, _ in first }
        let identified = elements.filter { $0["type"]?.text != "CreationInfo" }
        if byID.count != identified.count { violations.append("an element without an id, or two of one id") }
        for element in identified { check(element) }
        checkDocument()
    }

    private static func type(_ element: JSONValue) -> String { element["type"]?.text ?? "" }

    private mutating func check(_ element: JSONValue) {
        let type = Self.type(element)
        let name = "\(type) \(element["name"]?.text?.prefix(20) ?? "")"
        if element["creationInfo"]?.text != "_:creation" { violations.append("\(name): no creation info") }
        for key in Self.required[type] ?? [] {
            let isThere = element[key].map { $0.text.map { !$0.isEmpty } ?? !($0.elements ?? []).isEmpty } ?? false
            if !isThere { violations.append("\(name): lacks \(key)") }
        }
        if Self.required[type] != nil {
            checkLicense(of: element, "hasDeclaredLicense", name)
            checkLicense(of: element, "hasConcludedLicense", name)
            let purpose = type == "ai_AIPackage" ? "model" : "data"
            if element["software_primaryPurpose"]?.text != purpose { violations.append("\(name): is not of the purpose \(purpose)") }
        }
        if type == "dataset_DatasetPackage", element["originatedBy"]?.elements?.count != 1 {
            violations.append("\(name): not one originator")
        }
        for key in ["releaseTime", "builtTime"] {
            if let time = element[key]?.text, Timestamp.secondsSince1970(time) == nil { violations.append("\(name): \(key) is no time") }
        }
        checkReferences(element, name)
        if type == "simplelicensing_LicenseExpression" { checkExpression(element) }
    }

    /// Exactly one relationship to exactly one licence; a conclusion says why.
    private mutating func checkLicense(of element: JSONValue, _ relation: String, _ name: String) {
        let found = elements.filter { $0["from"] == element["spdxId"] && $0["relationshipType"]?.text == relation }
        guard found.count == 1, let to = found[0]["to"]?.elements, to.count == 1, let id = to[0].text else {
            violations.append("\(name): has \(found.count) \(relation)")
            return
        }
        let isLicense = [Self.noAssertion, Self.none].contains(id) || byID[id].map(Self.type) == "simplelicensing_LicenseExpression"
        if !isLicense { violations.append("\(name): \(relation) is no licence") }
        if relation == "hasConcludedLicense", found[0]["comment"]?.text?.isEmpty != false {
            violations.append("\(name): a conclusion without its reason")
        }
    }

    private mutating func checkReferences(_ element: JSONValue, _ name: String) {
        let single = ["from", "subject", "suppliedBy"].compactMap { element[$0]?.text }
        let several = ["to", "originatedBy", "rootElement", "element"].flatMap { element[$0]?.elements ?? [] }.compactMap(\.text)
        let known = [Self.noAssertion, Self.none, Self.noAssertionElement]
        for id in single + several where byID[id] == nil && !known.contains(id) {
            violations.append("\(name): refers to \(id), which is not there")
        }
    }

    private mutating func checkExpression(_ element: JSONValue) {
        let text = element["simplelicensing_licenseExpression"]?.text ?? ""
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-")) }
        let entries = element["simplelicensing_customIdToUri"]?.elements ?? []
        for word in words where word.hasPrefix("LicenseRef-") {
            let target = entries.first { $0["key"]?.text == String(word) }?["value"]?.text
            if target.flatMap({ byID[$0] }).map(Self.type) != "simplelicensing_SimpleLicensingText" {
                violations.append("\(word) is not mapped to a text")
            }
        }
    }

    private mutating func checkDocument() {
        let documents = elements.filter { Self.type($0) == "SpdxDocument" }
        guard documents.count == 1, let root = documents[0]["rootElement"]?.elements?.first?.text, let package = byID[root],
            Self.type(package) == "ai_AIPackage"
        else {
            violations.append("not one document about one AI package")
            return
        }
        let profiles = Set((documents[0]["profileConformance"]?.elements ?? []).compactMap(\.text))
        let hasDatasets = elements.contains { Self.type($0) == "dataset_DatasetPackage" }
        let wanted = Set(["core", "software", "simpleLicensing", "ai"] + (hasDatasets ? ["dataset"] : []))
        if profiles != wanted { violations.append("claims the profiles \(profiles.sorted())") }
        if elements.filter({ Self.type($0) == "CreationInfo" }).count != 1 { violations.append("not one creation info") }
    }
}
