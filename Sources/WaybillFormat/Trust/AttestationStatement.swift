/// An in-toto Statement v1 about one revision of a model: the payload of an attestation's envelope.
public struct AttestationStatement: Hashable, Sendable {
    public let model: ModelName
    public let manifest: Digest
    public let predicateType: String
    /// As written: its form depends on `predicateType`.
    public let predicate: [UInt8]

    public static let type = "https://in-toto.io/Statement/v1"

    public init(model: ModelName, manifest: Digest, predicateType: String, predicate: JSONValue) {
        self.model = model
        self.manifest = manifest
        self.predicateType = predicateType
        self.predicate = predicate.canonical
    }

    /// With a predicate as other software wrote it, fractions and all.
    /// - Throws: `.integrity` if it is not one JSON value.
    public init(model: ModelName, manifest: Digest, predicateType: String, json: [UInt8]) throws(FormatError) {
        var scanner = JSONScanner(json, subject: predicateType, maximumDepth: Self.maximumDepth - 1)
        _ = try scanner.peek()
        let start = scanner.position
        try scanner.skipValue()
        predicate = Array(json[start..<scanner.position])
        try scanner.finish()
        self.model = model
        self.manifest = manifest
        self.predicateType = predicateType
    }

    /// Predicates of other tools nest deeper than what is ours.
    private static let maximumDepth = 64

    /// Decodes the payload of an envelope. Members of other tools are passed over; a member that stands twice is refused.
    /// - Throws: `.integrity`.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Limits.attestation else { throw .rejected(subject, "larger than \(Limits.attestation) bytes") }
        var type: String?
        var subjects: [(name: String, digest: Digest)]?
        var predicateType: String?
        var predicate: [UInt8]?
        var seen: Set<String> = []
        var scanner = JSONScanner(bytes, subject: subject, maximumDepth: Self.maximumDepth)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            guard seen.insert(key).inserted else { throw scanner.broken("the member \"\(key)\" stands twice") }
            switch key {
            case "_type": type = try scanner.string()
            case "subject": subjects = try scanner.rows { (scanner) throws(FormatError) in try Self.subject(&scanner) }
            case "predicateType": predicateType = try scanner.string()
            case "predicate":
                _ = try scanner.peek()
                let start = scanner.position
                try scanner.skipValue()
                predicate = Array(bytes[start..<scanner.position])
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
        guard try scanner.required(type, "_type") == Self.type else { throw .rejected(subject, "is no in-toto Statement v1") }
        let found = try scanner.required(subjects, "subject")
        guard found.count == 1 else { throw .rejected(subject, "has \(found.count) subjects; a statement here has one") }
        do {
            model = try ModelName(found[0].name)
        } catch {
            throw error.rejected(in: subject)
        }
        manifest = found[0].digest
        self.predicateType = try scanner.required(predicateType, "predicateType")
        self.predicate = try scanner.required(predicate, "predicate")
    }

    /// The payload of the statement's envelope; canonical JSON where the predicate is.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.string(Self.type)
        let type = writer.bytes
        writer = JSONWriter()
        writer.string(predicateType)
        let predicateType = writer.bytes
        let subject = JSONValue.array([
            .object(["digest": .object(["sha256": .string(manifest.hex)]), "name": .string(model.path)])
        ]).canonical
        return Array("{\"_type\":".utf8) + type + Array(",\"predicate\":".utf8) + predicate + Array(",\"predicateType\":".utf8)
            + predicateType + Array(",\"subject\":".utf8) + subject + Array("}".utf8)
    }

    private static func subject(_ scanner: inout JSONScanner) throws(FormatError) -> (name: String, digest: Digest) {
        var name: String?
        var digest: Digest?
        var seen: Set<String> = []
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            guard seen.insert(key).inserted else { throw scanner.broken("the member \"\(key)\" stands twice") }
            switch key {
            case "name": name = try scanner.string()
            case "digest":
                try scanner.enterObject()
                while let algorithm = try scanner.nextKey() {
                    guard algorithm == "sha256" else {
                        try scanner.skipValue()
                        continue
                    }
                    guard digest == nil else { throw scanner.broken("the member \"sha256\" stands twice") }
                    digest = try scanner.digest()
                }
            default: try scanner.skipValue()
            }
        }
        return (try scanner.required(name, "name"), try scanner.required(digest, "sha256"))
    }
}
