/// Standard base64 with padding (RFC 4648, section 4), in its one canonical form.
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group = UInt32(bytes[index]) << 16
            if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[index + 2]) }
            for place in 0..<4 {
                text.append(place <= count ? alphabet[Int(group >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that `encode` would not have written: white space, missing padding, stray bits in the last letter.
    public static func decode(_ text: String) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count / 4 * 3)
        for index in stride(from: 0, to: letters.count, by: 4) {
            var count = 4
            if index + 4 == letters.count {
                while count > 2, letters[index + count - 1] == UInt8(ascii: "=") { count -= 1 }
            }
            var group: UInt32 = 0
            for place in 0..<4 {
                let value = place < count ? values[Int(letters[index + place])] : 0
                guard value < 64 else { return nil }
                group = group << 6 | UInt32(value)
            }
            guard group & (UInt32(1) << UInt32(8 * (4 - count)) - 1) == 0 else { return nil }
            for place in 0..<count - 1 { bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))) }
        }
        return bytes
    }
}
