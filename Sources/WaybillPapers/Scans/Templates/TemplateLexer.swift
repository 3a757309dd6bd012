/// A token of Jinja.
struct TemplateToken {
    enum Kind {
        /// Text between tags.
        case data
        case blockBegin, blockEnd, outputBegin, outputEnd
        case name, text, number, mark
    }

    let kind: Kind
    /// A text's escapes are resolved.
    let text: String
    let offset: Int
}

/// Cuts a template into tokens as Jinja 3.1 does.
struct TemplateLexer {
    static let maximumTokens = 65_536

    private let bytes: [UInt8]
    private var position = 0
    private var tokens: [TemplateToken] = []

    static func tokens(_ bytes: [UInt8]) throws(TemplateFault) -> [TemplateToken] {
        var lexer = TemplateLexer(bytes: bytes)
        try lexer.run()
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() throws(TemplateFault) {
        var dataStart = 0
        while position < bytes.count {
            guard byte(0) == UInt8(ascii: "{"), let next = byte(1), "{%#".utf8.contains(next) else {
                position += 1
                continue
            }
            try add(.data, dataStart..<position)
            let start = position
            position += 2
            switch next {
            case UInt8(ascii: "#"):
                guard let end = find("#}") else { throw .malformed("a comment has no end", start) }
                position = end + 2
            case UInt8(ascii: "%"):
                if try raw(from: start) { break }
                try add(.blockBegin, start..<position)
                try expression(closing: UInt8(ascii: "%"), .blockEnd, from: start)
            default:
                try add(.outputBegin, start..<position)
                try expression(closing: UInt8(ascii: "}"), .outputEnd, from: start)
            }
            dataStart = position
        }
        try add(.data, dataStart..<bytes.count)
    }

    private func byte(_ ahead: Int) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

    private func find(_ mark: String) -> Int? {
        let mark = Array(mark.utf8)
        var index = position
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0], bytes[index + 1] == mark[1] { return index }
            index += 1
        }
        return nil
    }

    private mutating func add(_ kind: TemplateToken.Kind, _ range: Range<Int>, text: String? = nil) throws(TemplateFault) {
        if kind == .data, range.isEmpty { return }
        guard tokens.count < Self.maximumTokens else { throw .limit("more than 65,536 tokens", range.lowerBound) }
        tokens.append(
            TemplateToken(
                kind: kind, text: text ?? (kind == .data ? "" : String(decoding: bytes[range], as: UTF8.self)), offset: range.lowerBound))
    }

    // MARK: Raw blocks

    /// Passes over `{% raw %}...{% endraw %}`, if that is what begins.
    private mutating func raw(from start: Int) throws(TemplateFault) -> Bool {
        let saved = position
        if let sign = byte(0), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
        guard word("raw"), closes() else {
            position = saved
            return false
        }
        while let begin = find("{%") {
            position = begin + 2
            if let sign = byte(0), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
            if word("endraw"), closes() { return true }
            position = begin + 2
        }
        throw .malformed("a raw block has no end", start)
    }

    private mutating func word(_ word: String) -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func closes() -> Bool {
        skipSpace()
        if let sign = byte(0), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
        guard byte(0) == UInt8(ascii: "%"), byte(1) == UInt8(ascii: "}") else { return false }
        position += 2
        return true
    }

    private mutating func skipSpace() {
        while let byte = byte(0), byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    // MARK: Expressions

    private mutating func expression(closing: UInt8, _ end: TemplateToken.Kind, from start: Int) throws(TemplateFault) {
        if let sign = byte(0), sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { position += 1 }
        var brackets: [UInt8] = []
        while true {
            skipSpace()
            guard let first = byte(0) else { throw .malformed("a tag has no end", start) }
            if brackets.isEmpty {
                let sign = first == UInt8(ascii: "-") || first == UInt8(ascii: "+") ? 1 : 0
                // `+}}` is no end of an output.
                if sign == 0 || first == UInt8(ascii: "-") || end == .blockEnd,
                    byte(sign) == closing, byte(sign + 1) == UInt8(ascii: "}")
                {
                    try add(end, position..<position + sign + 2)
                    position += sign + 2
                    return
                }
            }
            try token(first, &brackets)
        }
    }

    private mutating func token(_ first: UInt8, _ brackets: inout [UInt8]) throws(TemplateFault) {
        let start = position
        switch first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): try text(quote: first)
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            while let byte = byte(0), isNameByte(byte) || byte == UInt8(ascii: ".") && isDigit(self.byte(1)) { position += 1 }
            try add(.number, start..<position)
        case _ where isNameByte(first):
            while let byte = byte(0), isNameByte(byte) { position += 1 }
            try add(.name, start..<position)
        default:
            let two = byte(1).map { [first, $0] } ?? []
            let isTwo = ["//", "**", "==", "!=", ">=", "<="].contains { $0.utf8.elementsEqual(two) }
            guard isTwo || "+-/*%~[](){}><=.:|,;".utf8.contains(first) else {
                throw .malformed("a character that no expression has", start)
            }
            switch first {
            case UInt8(ascii: "("): brackets.append(UInt8(ascii: ")"))
            case UInt8(ascii: "["): brackets.append(UInt8(ascii: "]"))
            case UInt8(ascii: "{"): brackets.append(UInt8(ascii: "}"))
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard brackets.popLast() == first else { throw .malformed("a bracket that was not opened", start) }
            default: break
            }
            position += isTwo ? 2 : 1
            try add(.mark, start..<position)
        }
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte >= 0x80
    }

    private func isDigit(_ byte: UInt8?) -> Bool { byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }

    private mutating func text(quote: UInt8) throws(TemplateFault) {
        let start = position
        position += 1
        while let byte = byte(0), byte != quote { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard position < bytes.count else { throw .malformed("a text has no end", start) }
        let content = bytes[(start + 1)..<position]
        position += 1
        try add(.text, start..<position, text: Self.unescaped(content))
    }

    /// Python's escapes.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        let raw = String(decoding: bytes, as: UTF8.self)
        guard bytes.contains(UInt8(ascii: "\\")) else { return raw }
        var result = String.UnicodeScalarView()
        var rest = raw.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let mark = rest.popFirst() else {
                result.append(scalar)
                continue
            }
            switch mark {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "r": result.append("\r")
            case "a": result.append("\u{7}")
            case "b": result.append("\u{8}")
            case "f": result.append("\u{C}")
            case "v": result.append("\u{B}")
            case "\\", "'", "\"": result.append(mark)
            case "\n": break
            case "x": append(digits(&rest, 2, radix: 16), to: &result)
            case "u": append(digits(&rest, 4, radix: 16), to: &result)
            case "U": append(digits(&rest, 8, radix: 16), to: &result)
            case "N":
                // A character by its name: the underscore's are the ones that matter.
                let name = rest.first == "{" ? String(rest.dropFirst().prefix { $0 != "}" }) : ""
                rest = rest.dropFirst(name.isEmpty ? 0 : name.unicodeScalars.count + 2)
                result.append(["LOW LINE", "UNDERSCORE", "SPACING UNDERSCORE"].contains(name.uppercased()) ? "_" : "\u{FFFD}")
            case "0"..."7":
                let more = rest.prefix(2).prefix { ("0"..."7").contains($0) }
                rest = rest.dropFirst(more.count)
                append(UInt32(String(mark) + String(more), radix: 8), to: &result)
            default:
                result.append(scalar)
                result.append(mark)
            }
        }
        return String(result)
    }

    private static func digits(_ rest: inout Substring.UnicodeScalarView, _ count: Int, radix: Int) -> UInt32? {
        let text = String(rest.prefix(count))
        guard text.unicodeScalars.count == count, let value = UInt32(text, radix: radix) else { return nil }
        rest = rest.dropFirst(count)
        return value
    }

    private static func append(_ value: UInt32?, to result: inout String.UnicodeScalarView) {
        result.append(value.flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}")
    }
}
