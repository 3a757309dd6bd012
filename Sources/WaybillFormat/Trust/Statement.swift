/// An in-toto Statement v1: a predicate about subjects, which are named by digests.
public struct Statement: Hashable, Sendable {
    /// What a statement is about.
    public struct Subject: Hashable, Sendable {
        public let name: String
        /// By algorithm, as written; `sha256` is the one that counts here.
        public let digests: [String: String]

        public init(name: String, digests: [String: String]) {
            self.name = name
            self.digests = digests
        }

        public init(name: String, sha256: Digest) { self.init(name: name, digests: ["sha256": sha256.hex]) }

        /// Nil if there is none, or if it is no SHA-256 in lower-case digits.
        public var sha256: Digest? { digests["sha256"].flatMap { Digest(hex: $0) } }
    }

    public let subjects: [Subject]
    public let predicateType: String
    /// The predicate's JSON as it was written, checked for its form alone.
    public let predicate: [UInt8]

    static let type = "https://in-toto.io/Statement/v1"
    public static let maximumSubjects = 1_024
    static let maximumDigests = 16

    public init(subjects: [Subject], predicateType: String, predicate: [UInt8]) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    public init(subjects: [Subject], predicateType: String, predicate: JSONValue) {
        self.init(subjects: subjects, predicateType: predicateType, predicate: predicate.canonical)
    }

    /// Of a statement as any tool writes it: members in any order, others than ours passed over. The caller bounds the bytes.
    /// - Throws: `.integrity`; also for a member of ours that stands twice.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        var type: String?
        var subjects: [Subject]?
        var predicateType: String?
        var predicate: [UInt8]?
        var scanner = JSONScanner(bytes, subject: subject, maximumDepth: 64)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "_type": try scanner.once(&type, key) { (scanner) throws(FormatError) in try scanner.string() }
            case "subject": try scanner.once(&subjects, key, Self.subjects)
            case "predicateType": try scanner.once(&predicateType, key) { (scanner) throws(FormatError) in try scanner.string() }
            case "predicate": try scanner.once(&predicate, key) { (scanner) throws(FormatError) in try scanner.rawValue() }
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
        guard try scanner.required(type, "_type") == Self.type else { throw .rejected(subject, "is no in-toto Statement v1") }
        self.init(
            subjects: try scanner.required(subjects, "subject"), predicateType: try scanner.required(predicateType, "predicateType"),
            predicate: try scanner.required(predicate, "predicate"))
    }

    private static func subjects(_ scanner: inout JSONScanner) throws(FormatError) -> [Subject] {
        var subjects: [Subject] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard subjects.count < maximumSubjects else { throw scanner.broken("more than \(maximumSubjects) subjects") }
            var name: String??
            var digests: [String: String]?
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "name": try scanner.once(&name, key) { (scanner) throws(FormatError) in try scanner.optionalString() }
                case "digest": try scanner.once(&digests, key, Self.digests)
                default: try scanner.skipValue()
                }
            }
            subjects.append(Subject(name: (name ?? nil) ?? "", digests: try scanner.required(digests, "digest")))
        }
        return subjects
    }

    private static func digests(_ scanner: inout JSONScanner) throws(FormatError) -> [String: String] {
        var digests: [String: String] = [:]
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            guard digests.count < maximumDigests else { throw scanner.broken("more than \(maximumDigests) digests of one subject") }
            guard digests.updateValue(try scanner.string(), forKey: key) == nil else {
                throw scanner.broken("the member \"\(key)\" stands twice")
            }
        }
        return digests
    }

    /// With members in canonical order; the predicate as it is.
    public func encoded() -> [UInt8] {
        let subjects = subjects.map {
            JSONValue.object(["digest": .object($0.digests.mapValues { .string($0) }), "name": .string($0.name)])
        }
        return Array("{\"_type\":\"\(Self.type)\",\"predicate\":".utf8) + predicate + Array(",\"predicateType\":".utf8)
            + JSONValue.string(predicateType).canonical + Array(",\"subject\":".utf8) + JSONValue.array(subjects).canonical
            + Array("}".utf8)
    }
}
