import WaybillFormat
import WaybillSystem

/// Papers as CycloneDX 1.6 (Protocol/EXPORTS.md).
struct CycloneDXDocument {
    static let specVersion = "1.6"
    /// The reference of the model itself; those of data and base models are numbered.
    static let modelReference = "model"

    let subject: ExportSubject
    let license: ModelLicense

    static func bytes(_ subject: ExportSubject) -> [UInt8] {
        var document = CycloneDXDocument(subject: subject, license: ModelLicense(subject)).members
        document["serialNumber"] = .string(serialNumber(SHA256.digest(of: JSONValue.object(document).canonical)))
        return JSONValue.object(document).canonical
    }

    /// A UUID of version 8, which leaves all but the version and the variant to whoever makes it.
    private static func serialNumber(_ digest: Digest) -> String {
        var digits = Array(digest.hex.prefix(32))
        digits[12] = "8"
        digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return "urn:uuid:" + parts.joined(separator: "-")
    }

    private var members: [String: JSONValue] {
        let sources = ExportedSource.all(subject)
        var members: [String: JSONValue] = [
            "bomFormat": .string("CycloneDX"), "specVersion": .string(Self.specVersion), "version": .integer(1),
            "metadata": .object([
                "timestamp": .string(subject.time), "component": .object(model(sources)),
                "tools": .object(["components": .array([.object(["type": .string("application"), "name": .string("waybill")])])]),
            ]),
        ]
        members.set("components", sources.indices.map { .object(data(sources[$0], Self.reference(toData: $0))) })
        return members
    }

    static func reference(toData index: Int) -> String { "data-\(index + 1)" }

    private func model(_ sources: [ExportedSource]) -> [String: JSONValue] {
        let stated = subject.disclosure.model
        var members: [String: JSONValue] = [
            "type": .string("machine-learning-model"), "bom-ref": .string(Self.modelReference),
            "modelCard": .object(modelCard(sources)),
        ]
        // The content id names exactly these files, which is more than nothing and no claim of anybody.
        let contentId = "sha256:\(subject.findings.contentId.hex)"
        members.set("name", subject.name ?? contentId)
        members.set("version", stated.version?.value ?? contentId)
        members.set("description", stated.description)
        members.set("purl", PackageURL.model(subject))
        if let supplier = stated.suppliedBy {
            var party: [String: JSONValue] = ["name": .string(supplier.value)]
            if let contact = stated.contact { party["contact"] = .array([.object(["name": .string(contact.value)])]) }
            members["supplier"] = .object(party)
        }
        let licenses = CycloneDXLicenses(declared: license.declared, concluded: license.concluded, subject.registry)
        members.set("licenses", licenses.choice)
        members.set("externalReferences", externalReferences)
        members.set("components", files)
        members.set("pedigree", object: pedigree)
        members.set("properties", properties)
        return members
    }

    private var files: [JSONValue] {
        subject.files.enumerated().map { index, file in
            .object([
                "type": .string("file"), "bom-ref": .string("file-\(index + 1)"), "name": .string(file.path.text),
                "hashes": Self.hashes(file.sha256.hex),
            ])
        }
    }

    static func hashes(_ digest: String) -> JSONValue { .array([.object(["alg": .string("SHA-256"), "content": .string(digest)])]) }

    private var externalReferences: [JSONValue] {
        func reference(_ type: String, _ url: String?, hashes: JSONValue? = nil) -> [JSONValue] {
            guard let url else { return [] }
            var members: [String: JSONValue] = ["type": .string(type), "url": .string(url)]
            members["hashes"] = hashes
            return [.object(members)]
        }
        let stated = subject.disclosure.model
        let cards = subject.files.filter { PapersDerivation.isModelCard($0.path) }
        let evidence = subject.disclosure.license.evidence.map(\.value)
        return reference("distribution", (stated.downloadLocation?.value ?? subject.location).flatMap(AddressText.uri))
            + reference("website", stated.homepage.flatMap { AddressText.uri($0.value) })
            + cards.flatMap { reference("model-card", AddressText.reference(to: $0.path), hashes: Self.hashes($0.sha256.hex)) }
            + evidence.flatMap { reference("license", Self.address($0)) }
    }

    /// Of a location: an address, or a file of the model.
    static func address(_ location: String) -> String? {
        if location.contains("://") { return AddressText.uri(location) }
        return (try? ModelPath(location)).map(AddressText.reference)
    }

    private var pedigree: [String: JSONValue] {
        let models = ExportedBaseModel.all(subject)
        guard !models.isEmpty else { return [:] }
        let ancestors = models.enumerated().map { index, base -> JSONValue in
            var members: [String: JSONValue] = [
                "type": .string("machine-learning-model"), "bom-ref": .string("base-model-\(index + 1)"), "name": .string(base.name),
            ]
            members.set("version", base.revision)
            members.set("purl", PackageURL.hub(base.name, revision: base.revision))
            let licenses = CycloneDXLicenses(declared: .noAssertion, concluded: base.license, subject.registry)
            members.set("licenses", licenses.choice)
            var remarks = [Self.property("waybill:claim:relation", base.relation.rawValue)]
            remarks.append(Self.property("waybill:finding:licenseConcluded", base.license.text))
            remarks.append(Self.property("waybill:finding:licenseBasis", base.licenseComment))
            if let manifest = base.manifest { remarks.append(Self.property("waybill:claim:manifest", "sha256:\(manifest)")) }
            if let file = base.file { remarks.append(Self.property("waybill:claim:weights", "sha256:\(file)")) }
            members.set("properties", remarks)
            return .object(members)
        }
        let notes = models.map { "\(TerminalText.neutralised($0.name)): \($0.sentence)" }.joined(separator: "; ")
        return ["ancestors": .array(ancestors), "notes": .string(notes)]
    }

    static func property(_ name: String, _ value: String) -> JSONValue { .object(["name": .string(name), "value": .string(value)]) }
}
