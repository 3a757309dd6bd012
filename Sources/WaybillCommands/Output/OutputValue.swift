import WaybillFormat

/// A value of the `--json` object. Unlike the documents of a store it may hold fractions; it is never hashed.
package indirect enum OutputValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Written with at most three decimals.
    case decimal(Double)
    case string(String)
    case array([OutputValue])
    case object([String: OutputValue])

    package static func optional(_ text: String?) -> OutputValue { text.map { .string($0) } ?? .null }
    package static func optional(_ number: Int?) -> OutputValue { number.map { .integer($0) } ?? .null }
    package static func optional(_ digest: Digest?) -> OutputValue { digest.map { .string($0.hex) } ?? .null }
    package static func digest(_ digest: Digest) -> OutputValue { .string(digest.hex) }

    package static func strings(_ texts: some Sequence<String>) -> OutputValue { .array(texts.map { .string($0) }) }

    /// A value that a module gives as a tree of our documents.
    package init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { OutputValue($0) })
        case .object(let members): self = .object(members.mapValues { OutputValue($0) })
        }
    }

    /// JSON in one line, members sorted. Everything that a terminal might act upon is escaped.
    package var json: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .decimal(let value): text += Self.decimal(value)
        case .string(let value): Self.quote(value, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { text += "," }
                Self.quote(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func decimal(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "null" }
        let thousandths = Int((abs(value) * 1000).rounded())
        let sign = value < 0 && thousandths > 0 ? "-" : ""
        guard thousandths % 1000 != 0 else { return sign + String(thousandths / 1000) }
        var fraction = String(1000 + thousandths % 1000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return "\(sign)\(thousandths / 1000).\(fraction)"
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            default:
                if TerminalText.isActive(scalar) {
                    for unit in String(scalar).utf16 { text += "\\u" + fourDigits(unit) }
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        text += "\""
    }

    private static func fourDigits(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension OutputValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
