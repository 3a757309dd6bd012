import WaybillFormat

/// An element of the small part of XML that S3 speaks: elements, text, the five entities and character references. Attributes are
/// passed over. DTDs, CDATA, comments and processing instructions are refused, the declaration at the beginning excepted.
package struct XMLElement: Sendable {
    package let name: String
    package private(set) var text = ""
    package private(set) var children: [XMLElement] = []

    package static let maximumDepth = 8
    package static let maximumElements = 40_000

    /// The text of the first child called so.
    package subscript(_ name: String) -> String? { children.first { $0.name == name }?.text }

    package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The root of a document.
    package init(parsing bytes: [UInt8], subject: String) throws(FormatError) {
        var parser = Parser(bytes: bytes, subject: subject)
        self = try parser.document()
    }

    private init(_ name: String) { self.name = name }

    private struct Parser {
        let bytes: [UInt8]
        let subject: String
        var position = 0
        var elements = 0

        init(bytes: [UInt8], subject: String) {
            self.bytes = bytes
            self.subject = subject
        }

        func broken(_ cause: String) -> FormatError {
            FormatError(
                subject: subject, cause: "the answer is no XML of S3: \(cause) at byte \(position)", remedy: RequestError.wrongAdvice)
        }

        func peek(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard position + count <= bytes.count else { return false }
            return text.description.utf8.elementsEqual(bytes[position..<position + count])
        }

        mutating func take(_ text: StaticString) -> Bool {
            guard peek(text) else { return false }
            position += text.utf8CodeUnitCount
            return true
        }

        mutating func skipSpace() {
            while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        }

        mutating func document() throws(FormatError) -> XMLElement {
            _ = take("\u{FEFF}")
            if take("<?xml") {
                while !take("?>") {
                    guard position < bytes.count, bytes[position] != UInt8(ascii: "<") else { throw broken("a declaration without an end") }
                    position += 1
                }
            }
            skipSpace()
            // The path from the root to the element that is open.
            var open: [XMLElement] = []
            while true {
                if position < bytes.count, bytes[position] != UInt8(ascii: "<") {
                    guard !open.isEmpty else { throw broken("text outside the root") }
                    open[open.count - 1].text += try characters()
                    continue
                }
                if take("</") {
                    let closing = try name()
                    skipSpace()
                    guard take(">"), let last = open.popLast(), last.name == closing else { throw broken("'\(closing)' is closed wrongly") }
                    if open.isEmpty { return try end(last) }
                    open[open.count - 1].children.append(last)
                    continue
                }
                guard take("<") else { throw broken("it ends too early") }
                elements += 1
                guard open.count < maximumDepth, elements <= maximumElements else { throw broken("too deep, or too many elements") }
                let element = XMLElement(try name())
                if try attributes() {
                    open.append(element)
                } else if open.isEmpty {
                    return try end(element)
                } else {
                    open[open.count - 1].children.append(element)
                }
            }
        }

        private mutating func end(_ root: XMLElement) throws(FormatError) -> XMLElement {
            skipSpace()
            guard position == bytes.count else { throw broken("something follows the root") }
            return root
        }

        private mutating func name() throws(FormatError) -> String {
            let start = position
            while position < bytes.count, bytes[position].isLetterOrDigit || "-_.:".utf8.contains(bytes[position]) { position += 1 }
            guard position > start, position - start <= 64, !bytes[start].isDigit else { throw broken("no name") }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        /// Reads up to the end of a start tag.
        /// - Returns: whether the element is open.
        private mutating func attributes() throws(FormatError) -> Bool {
            while true {
                skipSpace()
                if take("/>") { return false }
                if take(">") { return true }
                _ = try name()
                guard take("=") else { throw broken("an attribute without a value") }
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") else {
                    throw broken("a value without quotes")
                }
                let quote = bytes[position]
                position += 1
                while position < bytes.count, bytes[position] != quote, bytes[position] != UInt8(ascii: "<") { position += 1 }
                guard position < bytes.count, bytes[position] == quote else { throw broken("a value without an end") }
                position += 1
            }
        }

        private mutating func characters() throws(FormatError) -> String {
            var text: [UInt8] = []
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
                if bytes[position] == UInt8(ascii: "&") {
                    text += try reference()
                } else {
                    text.append(bytes[position])
                    position += 1
                }
            }
            guard let valid = String(validating: text, as: UTF8.self) else { throw broken("text that is no UTF-8") }
            return valid
        }

        private mutating func reference() throws(FormatError) -> [UInt8] {
            for (name, character) in [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'")]
                as [(StaticString, String)]
            where take(name) { return Array(character.utf8) }
            let isHex = take("&#x")
            guard isHex || take("&#") else { throw broken("an unknown entity") }
            let start = position
            while position < bytes.count, position - start < 8, bytes[position] != UInt8(ascii: ";") { position += 1 }
            let digits = String(decoding: bytes[start..<position], as: UTF8.self)
            guard digits.utf8.allSatisfy(\.isLetterOrDigit), let value = UInt32(digits, radix: isHex ? 16 : 10),
                let scalar = Unicode.Scalar(value), take(";")
            else { throw broken("a broken reference") }
            return Array(String(scalar).utf8)
        }
    }
}
