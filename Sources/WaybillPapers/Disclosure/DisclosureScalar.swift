import WaybillFormat

/// One scalar of disclosure.yaml, to be typed by the schema: nothing but the schema makes `no` a word and `1.0` a version.
struct DisclosureScalar {
    struct Refusal: Error {
        var problem: String
    }

    let text: String
    let isPlain: Bool

    init(_ text: String, isPlain: Bool) {
        self.text = text
        self.isPlain = isPlain
    }

    func read(as shape: DisclosureShape) -> Result<DisclosureValue, Refusal> {
        switch shape {
        case .text(let maximum): bounded(maximum)
        case .version: isPlain && text == "1" ? .success(.integer(1)) : refused("is `1`; another version needs a newer Waybill")
        case .integer: integer()
        case .decimal: isPlain && Self.isDecimal(text) ? .success(.decimal(text)) : refused("is a number, such as `6.5` or `2.1e24`")
        case .date: Self.isDate(text) ? .success(.text(text)) : refused("is a date, `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ`")
        case .month: Self.isMonth(text) ? .success(.text(text)) : refused("is a month, `YYYY-MM`")
        case .choice(let words): choice(words)
        case .digest: Digest(hex: text) != nil ? .success(.text(text)) : refused("is a SHA-256: 64 hexadecimal digits in lower case")
        case .expression: expression()
        case .location: location()
        case .list, .record: refused("is one value")
        }
    }

    /// Whether the text can stand where a name is asked for, or a description.
    var isName: Bool { fits(.name) }
    var isProse: Bool { fits(.prose) }

    private func fits(_ shape: DisclosureShape) -> Bool {
        if case .success = read(as: shape) { true } else { false }
    }

    private func refused(_ problem: String) -> Result<DisclosureValue, Refusal> { .failure(Refusal(problem: problem)) }

    private func bounded(_ maximum: Int) -> Result<DisclosureValue, Refusal> {
        guard text.contains(where: { !$0.isWhitespace }) else { return refused("is empty") }
        guard text.unicodeScalars.count <= maximum else { return refused("is longer than \(maximum) characters") }
        return .success(.text(text))
    }

    private func integer() -> Result<DisclosureValue, Refusal> {
        guard isPlain, text.utf8.count <= 16, text.utf8.allSatisfy(Self.isDigit), text == "0" || text.utf8.first != UInt8(ascii: "0"),
            let value = Int(text), value <= Limits.number
        else { return refused("is a whole number from 0 to 9007199254740991, digits only") }
        return .success(.integer(value))
    }

    private func choice(_ words: [String]) -> Result<DisclosureValue, Refusal> {
        if words.contains(text) { return .success(.text(text)) }
        let suggestion = Suggestion.nearest(to: text, in: words).map { "; did you mean `\($0)`?" }
        let list = words.count <= 8 ? "; it is one of " + words.joined(separator: ", ") : ""
        return refused("`\(TerminalText.neutralised(String(text.prefix(64))))` is not known here\(suggestion ?? list)")
    }

    private func expression() -> Result<DisclosureValue, Refusal> {
        guard text.unicodeScalars.count <= 2_048 else { return refused("is longer than 2048 characters") }
        if text == "NONE" || text == "NOASSERTION" { return .success(.text(text)) }
        do throws(LicenseExpressionError) {
            // Only the grammar is asked about, which no registry changes.
            _ = try LicenseExpression(parsing: text)
            return .success(.text(text))
        } catch {
            return refused("is no SPDX licence expression: \(error.cause), in column \(error.column)")
        }
    }

    private func location() -> Result<DisclosureValue, Refusal> {
        if text.contains("://") { return bounded(2_048) }
        do {
            return .success(.text(try ModelPath(text).text))
        } catch {
            return refused("is neither an address (with `://`) nor a path of a file in the model")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Digits, a fraction, an exponent of at most three digits.
    private static func isDecimal(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func digits(_ maximum: Int) -> Bool {
            let found = rest.prefix(while: isDigit)
            rest = rest.dropFirst(found.count)
            return (1...maximum).contains(found.count)
        }
        guard text.utf8.count <= 64, digits(32) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits(32) else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits(3) else { return false }
        }
        return rest.isEmpty
    }

    private static func isDate(_ text: String) -> Bool {
        Timestamp.secondsSince1970(text) != nil || Timestamp.secondsSince1970(text + "T00:00:00Z") != nil
    }

    private static func isMonth(_ text: String) -> Bool { Timestamp.secondsSince1970(text + "-01T00:00:00Z") != nil }
}
