/// The texts of protocols 0 and 1, with their escapes resolved as Python does.
enum PickleText {
    /// The argument of STRING: a Python literal in quotes. Nil if it is none.
    static func quoted(_ line: [UInt8]) -> String? {
        // Python strips white space around it.
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        guard let first = line.firstIndex(where: { !isSpace($0) }), let last = line.lastIndex(where: { !isSpace($0) }), first < last,
            line[first] == line[last], line[first] == UInt8(ascii: "'") || line[first] == UInt8(ascii: "\"")
        else { return nil }
        return escaped(line[(first + 1)..<last])
    }

    /// A byte literal's escapes.
    static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < bytes.endIndex else {
                result.append(byte)
                continue
            }
            let mark = bytes[index]
            index += 1
            switch mark {
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "a"): result.append(0x07)
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "v"): result.append(0x0B)
            case UInt8(ascii: "\n"): break
            case UInt8(ascii: "x"):
                let (value, count) = number(bytes[index...], radix: 16, atMost: 2)
                result.append(UInt8(truncatingIfNeeded: value))
                index += count
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                let (value, count) = number(bytes[(index - 1)...], radix: 8, atMost: 3)
                result.append(UInt8(truncatingIfNeeded: value))
                index += count - 1
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(mark)
            default: result += [byte, mark]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The argument of UNICODE: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
    static func rawUnicode(_ line: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        var index = 0
        while index < line.count {
            if line[index] == UInt8(ascii: "\\"), index + 1 < line.count {
                let width = line[index + 1] == UInt8(ascii: "u") ? 4 : line[index + 1] == UInt8(ascii: "U") ? 8 : 0
                let (value, count) = number(line[(index + 2)...], radix: 16, atMost: width)
                if width > 0, count == width, let scalar = Unicode.Scalar(UInt32(truncatingIfNeeded: value)) {
                    result.append(scalar)
                    index += 2 + width
                    continue
                }
            }
            result.append(Unicode.Scalar(line[index]))
            index += 1
        }
        return String(result)
    }

    /// A decimal number of INT, LONG, GET or PUT; nil if the line is none, `.some(nil)` if it is one that does not matter.
    static func integer(_ line: [UInt8]) -> Int?? {
        var text = line[...]
        if text.last == UInt8(ascii: "L") { text = text.dropLast() }
        guard !text.isEmpty, text.count <= 4_096,
            text.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
                    UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "_"), UInt8(ascii: "+"),
                    UInt8(ascii: "-"), 0x20, 0x09, 0x0D:
                    true
                default: false
                }
            }), text.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return .some(Int(String(decoding: text, as: UTF8.self)))
    }

    private static func number(_ bytes: ArraySlice<UInt8>, radix: Int, atMost limit: Int) -> (value: Int, count: Int) {
        var (value, count) = (0, 0)
        for byte in bytes.prefix(limit) {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < radix else { break }
            value = value * radix + digit
            count += 1
        }
        return (value, count)
    }
}
