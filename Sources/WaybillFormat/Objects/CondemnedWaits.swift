/// The intents that a collector waits for before it deletes a condemned set: `gc/<name>.waits`.
public struct CondemnedWaits: Hashable, Sendable {
    public let intents: [PushName]

    public static let maximumBytes = 1 << 20
    /// Intents that fit; a mirror makes far fewer.
    public static let maximumIntents = 16_384

    public init(intents: [PushName]) { self.intents = intents.sorted() }

    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Self.maximumBytes else { throw .rejected(subject, "longer than \(Self.maximumBytes) bytes") }
        guard case .array(let elements)? = try JSONValue(parsing: bytes, maximumDepth: 8, subject: subject)["intents"] else {
            throw .rejected(subject, "intents are missing")
        }
        var intents: [PushName] = []
        for element in elements {
            guard let name = element.text.flatMap({ PushName($0) }) else { throw .rejected(subject, "what is no name of an intent") }
            intents.append(name)
        }
        self.init(intents: intents)
    }

    public func encoded() -> [UInt8] {
        JSONValue.object(["intents": .array(intents.map { .string($0.text) }), "waybill": .integer(1)]).canonical
    }
}
