import WaybillFormat

/// The schema as JSON Schema 2020-12: Protocol/disclosure.schema.json.
///
/// It is for a document whose scalars were typed by YAML 1.2's core schema, as editors do. There `1.0` is a number, so that a text may be
/// a number or a boolean there, and is what was written here. What only a YAML reader sees (anchors, keys that stand twice) and the
/// grammar of licence expressions it does not say.
package enum DisclosureJSONSchema {
    /// Indented by two spaces, with a final line break.
    package static var text: String {
        var lines = ""
        write(document, indent: 0, to: &lines)
        return lines + "\n"
    }

    private static var document: JSONValue {
        guard case .object(var members) = shape(.record(DisclosureSchema.root), isRequired: true) else { return .null }
        members["$schema"] = .string("https://json-schema.org/draft/2020-12/schema")
        members["$id"] = .string("urn:waybill:disclosure:1")
        members["title"] = .string("disclosure.yaml of Waybill, version 1 (Protocol/PAPERS.md)")
        return .object(members)
    }

    private static func shape(_ shape: DisclosureShape, isRequired: Bool) -> JSONValue {
        switch shape {
        case .version: return .object(["const": .integer(1)])
        case .text(let maximum): return text(maximum: maximum, isRequired)
        case .expression: return text(maximum: 2_048, isRequired)
        case .integer:
            return typed(["integer"], isRequired, ["minimum": .integer(0), "maximum": .integer(Limits.number)])
        case .decimal: return typed(["number"], isRequired, ["minimum": .integer(0)])
        case .date:
            return string(#"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?$"#, isRequired)
        case .month: return string("^[0-9]{4}-(0[1-9]|1[0-2])$", isRequired)
        case .digest: return string("^[0-9a-f]{64}$", isRequired)
        case .location:
            // A path by its plainest rules; the reader knows the others of Protocol/MANIFEST.md.
            return string(#"^(.*://.*|(?!/)(?!.*//)(?!(.*/)?\.{1,2}(/|$))[^\\]*[^\\/. ])$"#, isRequired, maximum: 2_048)
        case .choice(let words):
            return .object(["enum": .array(words.map { .string($0) } + (isRequired ? [] : [.null]))])
        case .list(let item, let maximum):
            return typed(["array"], isRequired, ["items": self.shape(item, isRequired: true), "maxItems": .integer(maximum)])
        case .record(let fields):
            let properties = fields.map { field in (field.key, described(self.shape(field.shape, isRequired: field.isRequired), field)) }
            return typed(
                ["object"], isRequired,
                [
                    "properties": .object(Dictionary(uniqueKeysWithValues: properties)),
                    "required": .array(fields.filter(\.isRequired).map { .string($0.key) }), "additionalProperties": .bool(false),
                ])
        }
    }

    private static func described(_ schema: JSONValue, _ field: DisclosureField) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        members["description"] = .string(field.meaning)
        return .object(members)
    }

    /// Nothing under a key that may be left out is no assertion.
    private static func typed(_ types: [String], _ isRequired: Bool, _ members: [String: JSONValue]) -> JSONValue {
        var members = members
        let all = types + (isRequired ? [] : ["null"])
        members["type"] = all.count == 1 ? .string(all[0]) : .array(all.map { .string($0) })
        return .object(members)
    }

    private static func text(maximum: Int, _ isRequired: Bool) -> JSONValue {
        typed(["string", "number", "boolean"], isRequired, ["pattern": .string(#"\S"#), "maxLength": .integer(maximum)])
    }

    private static func string(_ pattern: String, _ isRequired: Bool, maximum: Int? = nil) -> JSONValue {
        var members: [String: JSONValue] = ["pattern": .string(pattern)]
        if let maximum { members["maxLength"] = .integer(maximum) }
        return typed(["string"], isRequired, members)
    }

    private static func write(_ value: JSONValue, indent: Int, to text: inout String) {
        let space = String(repeating: "  ", count: indent + 1)
        let end = "\n" + String(repeating: "  ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty && !isShort(value):
            text += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                text += (index == 0 ? "\n" : ",\n") + space + String(decoding: JSONValue.string(member.key).canonical, as: UTF8.self) + ": "
                write(member.value, indent: indent + 1, to: &text)
            }
            text += end + "}"
        default: text += String(decoding: value.canonical, as: UTF8.self)
        }
    }

    /// Fits on one line.
    private static func isShort(_ value: JSONValue) -> Bool {
        guard case .object(let members) = value else { return true }
        return members["properties"] == nil && value.canonical.count <= 100
    }
}
