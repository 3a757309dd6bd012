/// A small JSON document as a tree. Numbers are integers from 0 to 2^53 - 1: a document with others is not parsed.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// - Parameter maximumDepth: objects and arrays inside one another, 1 to 256.
    /// - Throws: `.integrity` for text that is not strict JSON, a member that stands twice, a number outside the range.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 16, subject: String = "JSON") throws(FormatError) {
        var scanner = JSONScanner(bytes, subject: subject, maximumDepth: maximumDepth)
        self = try Self.value(&scanner)
        try scanner.finish()
    }

    /// The value as canonical JSON (RFC 8785).
    public var canonical: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The member of an object; nil when this is no object or has none of that name.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    public var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    public var number: Int? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    public var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    private static func value(_ scanner: inout JSONScanner) throws(FormatError) -> JSONValue {
        switch try scanner.peek() {
        case .null:
            try scanner.null()
            return .null
        case .boolean: return .bool(try scanner.boolean())
        case .number: return .integer(try scanner.integer())
        case .string: return .string(try scanner.string())
        case .array:
            var elements: [JSONValue] = []
            try scanner.enterArray()
            while try scanner.nextElement() { elements.append(try value(&scanner)) }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                guard members.updateValue(try value(&scanner), forKey: key) == nil else {
                    throw scanner.broken("the member \"\(key)\" stands twice")
                }
            }
            return .object(members)
        }
    }
}
