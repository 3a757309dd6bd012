extension JSONScanner {
    /// Consumes a string; its text if `keeping`, else nil after the same checks.
    mutating func scanString(keeping: Bool) throws(FormatError) -> String? {
        guard current == UInt8(ascii: "\"") else { throw broken("a string was expected") }
        position += 1
        let start = position
        var isASCII = true
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let content = bytes[start..<position]
                position += 1
                if isASCII { return keeping ? String(decoding: content, as: UTF8.self) : nil }
                guard let text = String(validating: content, as: UTF8.self) else { throw broken("a string is not UTF-8") }
                return keeping ? text : nil
            case UInt8(ascii: "\\"):
                return try scanEscaped(from: start, keeping: keeping)
            case 0..<0x20:
                throw broken("a control character stands bare in a string")
            default:
                if byte >= 0x80 { isASCII = false }
                position += 1
            }
        }
        throw broken("a string has no end")
    }

    /// The rest of a string whose first escape stands at `position`.
    private mutating func scanEscaped(from start: Int, keeping: Bool) throws(FormatError) -> String? {
        var content = Array(bytes[start..<position])
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw broken("a string is not UTF-8") }
                return keeping ? text : nil
            case UInt8(ascii: "\\"):
                try scanEscape(into: &content)
            case 0..<0x20:
                throw broken("a control character stands bare in a string")
            default:
                content.append(byte)
            }
        }
        throw broken("a string has no end")
    }

    private mutating func scanEscape(into content: inout [UInt8]) throws(FormatError) {
        guard let byte = current else { throw broken("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            var code = try scanHex()
            if code >= 0xD800, code < 0xDC00 {
                guard current == UInt8(ascii: "\\") else { throw broken("half of a surrogate pair") }
                position += 1
                guard current == UInt8(ascii: "u") else { throw broken("half of a surrogate pair") }
                position += 1
                let low = try scanHex()
                guard low >= 0xDC00, low < 0xE000 else { throw broken("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            // A low half alone is no scalar either.
            guard let scalar = Unicode.Scalar(code) else { throw broken("half of a surrogate pair") }
            content.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        default:
            throw broken("an unknown escape")
        }
    }

    private mutating func scanHex() throws(FormatError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw broken("a string has no end") }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw broken("four hexadecimal digits were expected")
            }
            position += 1
        }
        return value
    }
}
