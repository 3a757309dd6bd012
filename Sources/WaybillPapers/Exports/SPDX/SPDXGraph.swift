import WaybillFormat

/// The elements of an SPDX 3.0.1 document in JSON-LD.
struct SPDXGraph {
    static let context = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    static let specVersion = "3.0.1"
    /// The prose of the specification names another IRI, which its own shapes refuse.
    static let noAssertionLicense = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
    static let noneLicense = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoneLicense"
    static let noAssertionElement = "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement"
    private static let creation = "_:creation"

    /// Nothing that strangers wrote becomes part of an id.
    private let namespace: String
    private var elements: [JSONValue] = []
    private(set) var ids: [String] = []
    private var counts: [String: Int] = [:]

    /// - Parameter namespace: the beginning of every id, a URI.
    init(namespace: String) { self.namespace = namespace }

    mutating func created(at time: String, by agent: String) {
        elements.append(
            .object([
                "type": .string("CreationInfo"), "@id": .string(Self.creation), "specVersion": .string(Self.specVersion),
                "created": .string(time), "createdBy": .array([.string(agent)]),
            ]))
    }

    /// The id that the next element of that kind gets.
    func nextID(_ kind: String) -> String { "\(namespace):\(kind)-\(counts[kind, default: 0] + 1)" }

    /// Adds an element; returns its id.
    @discardableResult
    mutating func add(_ type: String, _ kind: String, _ members: [String: JSONValue]) -> String {
        let id = nextID(kind)
        counts[kind, default: 0] += 1
        var members = members
        members["type"] = .string(type)
        members["spdxId"] = .string(id)
        members["creationInfo"] = .string(Self.creation)
        elements.append(.object(members))
        ids.append(id)
        return id
    }

    @discardableResult
    mutating func relate(
        _ from: String, _ type: String, _ to: [String], completeness: String? = nil, comment: String? = nil
    ) -> String {
        var members: [String: JSONValue] = [
            "from": .string(from), "relationshipType": .string(type), "to": .array(to.map { .string($0) }),
        ]
        members.set("completeness", completeness)
        members.set("comment", comment)
        return add("Relationship", "relationship", members)
    }

    static func hash(_ digest: String) -> JSONValue {
        .array([.object(["type": .string("Hash"), "algorithm": .string("sha256"), "hashValue": .string(digest)])])
    }

    static func entry(_ key: String, _ value: String) -> JSONValue {
        .object(["type": .string("DictionaryEntry"), "key": .string(key), "value": .string(value)])
    }

    /// A time of SPDX: dates get their first second.
    static func time(_ date: String) -> String { date.utf8.count == 10 ? date + "T00:00:00Z" : date }

    var json: JSONValue { .object(["@context": .string(Self.context), "@graph": .array(elements)]) }
}
