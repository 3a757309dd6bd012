/// What kind of value stands next.
public enum JSONKind: Sendable {
    case object, array, string, number, boolean, null
}

/// A pull tokenizer for strict RFC 8259: no tree is built, so a document of many megabytes costs nothing but its bytes.
///
/// Strings are valid UTF-8 without lone surrogates, nesting is bounded. Members that stand twice are left to the caller.
///
///     try scanner.enterObject()
///     while let key = try scanner.nextKey() {
///         if key == "size" { size = try scanner.integer() } else { try scanner.skipValue() }
///     }
///     try scanner.finish()
public struct JSONScanner: Sendable {
    let bytes: [UInt8]
    let subject: String
    let maximumDepth: Int
    /// Where the next byte is read.
    public internal(set) var position = 0
    private var depth = 0
    private var atStart = true

    /// - Parameters:
    ///   - subject: what errors are about.
    ///   - maximumDepth: objects and arrays inside one another, 1 to 256.
    public init(_ bytes: [UInt8], subject: String = "JSON", maximumDepth: Int = 16) {
        self.bytes = bytes
        self.subject = subject
        self.maximumDepth = min(max(maximumDepth, 1), 256)
    }

    /// The kind of the next value; nothing is consumed but white space.
    public mutating func peek() throws(FormatError) -> JSONKind {
        skipSpace()
        guard let byte = current else { throw broken("the text ends where a value must stand") }
        switch byte {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw broken("no value stands")
        }
    }

    // MARK: Containers

    /// Consumes `{`; then `nextKey()` until it is nil.
    public mutating func enterObject() throws(FormatError) { try enter(UInt8(ascii: "{"), "an object") }

    /// Consumes `[`; then `nextElement()` until it is false.
    public mutating func enterArray() throws(FormatError) { try enter(UInt8(ascii: "["), "a list") }

    /// The next member's name, whose value must then be read or skipped; nil at the end of the object, which is consumed.
    public mutating func nextKey() throws(FormatError) -> String? {
        guard try advance(closing: UInt8(ascii: "}")) else { return nil }
        let key = try string()
        try colon()
        return key
    }

    /// Whether another element follows, which must then be read or skipped; false at the end of the array, which is consumed.
    public mutating func nextElement() throws(FormatError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    // MARK: Values

    /// A string, its escapes resolved.
    public mutating func string() throws(FormatError) -> String {
        skipSpace()
        guard let text = try scanString(keeping: true) else { throw broken("no text") }
        return text
    }

    /// An integer from 0 to 2^53 - 1 without sign, fraction or exponent; any other number is an error.
    public mutating func integer() throws(FormatError) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            value = value * 10 + digit
            position += 1
            guard value <= Limits.number else { throw broken("a number is above 2^53 - 1") }
        }
        guard position > start else { throw broken("an integer from 0 to 2^53 - 1 was expected") }
        if position - start > 1, bytes[start] == UInt8(ascii: "0") { throw broken("a number begins with a zero") }
        switch current {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): throw broken("a number is not an integer")
        default: return value
        }
    }

    public mutating func boolean() throws(FormatError) -> Bool {
        skipSpace()
        if current == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }

    public mutating func null() throws(FormatError) {
        skipSpace()
        try literal("null")
    }

    /// Consumes `null` if that is the next value.
    public mutating func isNull() throws(FormatError) -> Bool {
        guard try peek() == .null else { return false }
        try null()
        return true
    }

    /// Checks and drops the next value, whatever it is; numbers may have signs, fractions and exponents.
    public mutating func skipValue() throws(FormatError) {
        switch try peek() {
        case .string: _ = try scanString(keeping: false)
        case .number: try skipNumber()
        case .boolean: _ = try boolean()
        case .null: try null()
        case .array:
            try enterArray()
            while try nextElement() { try skipValue() }
        case .object:
            try enterObject()
            while try advance(closing: UInt8(ascii: "}")) {
                _ = try scanString(keeping: false)
                try colon()
                try skipValue()
            }
        }
    }

    /// Only white space may follow the value.
    public mutating func finish() throws(FormatError) {
        skipSpace()
        guard position == bytes.count else { throw broken("something follows the value") }
    }

    // MARK: Pieces

    var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    static func digit(_ byte: UInt8) -> Int? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
    }

    func broken(_ cause: String) -> FormatError {
        .rejected(subject, "not the JSON that is expected at byte \(position): \(cause)")
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func enter(_ opening: UInt8, _ what: String) throws(FormatError) {
        skipSpace()
        guard current == opening else { throw broken("\(what) was expected") }
        guard depth < maximumDepth else { throw broken("nested deeper than \(maximumDepth)") }
        position += 1
        depth += 1
        atStart = true
    }

    private mutating func advance(closing: UInt8) throws(FormatError) -> Bool {
        skipSpace()
        if current == closing {
            position += 1
            depth -= 1
            atStart = false
            return false
        }
        if atStart {
            atStart = false
        } else {
            guard current == UInt8(ascii: ",") else { throw broken("a comma or the end was expected") }
            position += 1
            skipSpace()
        }
        return true
    }

    private mutating func colon() throws(FormatError) {
        skipSpace()
        guard current == UInt8(ascii: ":") else { throw broken("a colon was expected") }
        position += 1
    }

    private mutating func literal(_ word: StaticString) throws(FormatError) {
        for expected in word.description.utf8 {
            guard current == expected else { throw broken("\(word) was expected") }
            position += 1
        }
    }

    private mutating func skipNumber() throws(FormatError) {
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(FormatError) {
        let start = position
        while let byte = current, Self.digit(byte) != nil { position += 1 }
        guard position > start else { throw broken("a digit was expected") }
    }
}
