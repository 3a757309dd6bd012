/// Texts of strangers as YAML that says nothing but the text.
struct YAMLText {
    /// Whether `&` and `*` are written as escapes, for a document in which they could be taken for an anchor and its alias.
    var escapesMarks = false

    private static let hexDigits = Array("0123456789ABCDEF")

    /// The text between double quotes, on one line.
    func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "&" where escapesMarks, "*" where escapesMarks: result += Self.escape(scalar)
            case let scalar where Self.isPlain(scalar): result.unicodeScalars.append(scalar)
            default: result += Self.escape(scalar)
            }
        }
        return result + "\""
    }

    /// The value of a key, `indent` spaces in: a block text where it has several lines and nothing speaks against it.
    func value(_ text: String, indent: Int) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let canBlock =
            lines.count > 1 && !(escapesMarks && text.contains { $0 == "&" || $0 == "*" }) && text.first?.isWhitespace == false
            && text.last?.isWhitespace == false && text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || Self.isPlain($0) }
        guard canBlock else { return quoted(text) }
        let space = String(repeating: " ", count: indent + 2)
        return "|-\n" + lines.map { $0.isEmpty ? "" : space + $0 }.joined(separator: "\n")
    }

    /// A comment line can hold anything that does not end it.
    static func comment(_ text: String) -> String {
        "# " + TerminalText.neutralised(text.replacing("\n", with: " ").replacing("\t", with: " "))
    }

    /// Printable by YAML's rules, and visible: what turns the direction of writing could make a value read like another.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return false
        default: break
        }
        switch scalar.value {
        case 0x20..<0x7F, 0xA0..<0x2028, 0x202A..<0xFEFF, 0xFF00..<0xFFFD, 0x10000...: return true
        default: return false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        var digits: [Character] = []
        var value = scalar.value
        for _ in 0..<(scalar.value > 0xFFFF ? 8 : 4) {
            digits.append(hexDigits[Int(value & 15)])
            value >>= 4
        }
        return (scalar.value > 0xFFFF ? "\\U" : "\\u") + String(digits.reversed())
    }
}
