/// Reading of what other tools write.
extension JSONScanner {
    /// Reads the value of the member `name`, which may stand once: readers that disagree on which of two counts can be played off
    /// against each other.
    mutating func once<T>(
        _ value: inout T?, _ name: String, _ read: (inout JSONScanner) throws(FormatError) -> T
    ) throws(FormatError) {
        guard value == nil else { throw broken("the member \"\(name)\" stands twice") }
        value = try read(&self)
    }

    /// Bytes in base64, standard or URL-safe, padded or not: DSSE and Protobuf's JSON allow all four.
    mutating func anyBase64() throws(FormatError) -> [UInt8] {
        guard let bytes = Base64.decodeAny(try string()) else { throw broken("base64 was expected") }
        return bytes
    }

    /// The bytes of the next value as they stand, its form checked.
    mutating func rawValue() throws(FormatError) -> [UInt8] {
        let start = position
        try skipValue()
        return Array(bytes[start..<position])
    }
}

extension Base64 {
    /// Of text in the standard or the URL-safe alphabet, not both, with or without padding; stray bits in the last letter are an error.
    public static func decodeAny(_ text: String) -> [UInt8]? {
        var letters = Array(text.utf8)
        let isStandard = letters.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") })
        for index in letters.indices {
            switch letters[index] {
            case UInt8(ascii: "-") where !isStandard: letters[index] = UInt8(ascii: "+")
            case UInt8(ascii: "_") where !isStandard: letters[index] = UInt8(ascii: "/")
            default: break
            }
        }
        if letters.last != UInt8(ascii: "=") {
            while letters.count % 4 != 0 { letters.append(UInt8(ascii: "=")) }
        }
        return decode(String(decoding: letters, as: UTF8.self))
    }
}
