import WaybillFormat

extension Determination {
    private static let members: Set<String> = [
        "contentId", "date", "definition", "expires", "manifest", "reason", "result", "reviewer", "waybillDetermination",
    ]

    /// Reads the predicate of an attestation, or the document alone. Every member must be there and known.
    public init(decoding bytes: [UInt8], subject: String = "determination") throws(FormatError) {
        func refused(_ cause: String) -> FormatError { FormatError(.integrity, subject: subject, cause: cause) }
        guard bytes.count <= Self.maximumByteCount else { throw refused("larger than \(Self.maximumByteCount) bytes") }
        let value = try JSONValue(parsing: bytes, maximumDepth: 4, subject: subject)
        guard case .object(let members) = value else { throw refused("is no object") }
        for name in members.keys.sorted() where !Self.members.contains(name) {
            throw refused("has the unknown member \"\(TerminalText.neutralised(String(name.prefix(64))))\"")
        }
        guard let version = members["waybillDetermination"]?.number else { throw refused("waybillDetermination is missing") }
        guard version == 1 else {
            throw FormatError(
                .failure, subject: subject, cause: "a determination of version \(version)", remedy: "A newer Waybill is needed.")
        }
        func text(_ name: String) throws(FormatError) -> String {
            guard let text = members[name]?.text else { throw refused("\(name) is missing or no text") }
            return text
        }
        func optional(_ name: String) throws(FormatError) -> String? {
            switch members[name] {
            case .null?: return nil
            case .string(let text)?: return text
            default: throw refused("\(name) is missing, or neither text nor null")
            }
        }
        func digest(_ name: String) throws(FormatError) -> Digest? {
            guard let text = try optional(name) else { return nil }
            guard let digest = Digest(hex: text) else { throw refused("\(name) is no SHA-256") }
            return digest
        }
        guard let definition = Definition(rawValue: try text("definition")) else { throw refused("the definition is unknown") }
        guard let result = Result(rawValue: try text("result")) else { throw refused("the result is neither meets nor fails") }
        try self.init(
            contentId: try digest("contentId"), manifest: try digest("manifest"), definition: definition, result: result,
            reviewer: try text("reviewer"), reason: try text("reason"), date: try text("date"), expires: try optional("expires"))
    }

    /// Canonical JSON.
    public func encoded() -> [UInt8] { json.canonical }

    var json: JSONValue {
        func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return .object([
            "waybillDetermination": .integer(1), "contentId": optional(contentId?.hex), "manifest": optional(manifest?.hex),
            "definition": .string(definition.rawValue), "result": .string(result.rawValue), "reviewer": .string(reviewer),
            "reason": .string(reason), "date": .string(date), "expires": optional(expires),
        ])
    }
}
