import Testing
import WaybillFormat

@Suite struct CodingTests {
    @Test func crc32IsThatOfZlib() {
        #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
        #expect(CRC32.checksum(Array("The quick brown fox jumps over the lazy dog".utf8)) == 0x414F_A339)
        #expect(CRC32.checksum(Array("123456789tail".utf8), count: 9) == 0xCBF4_3926)
    }

    /// Eight bytes a step must give what one bit a step gives, at every length and split.
    @Test func crc32OfAnyPieces() {
        var generator = SeededGenerator(state: 32)
        let bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for count in 0...bytes.count {
            var plain: UInt32 = .max
            for byte in bytes[..<count] {
                plain ^= UInt32(byte)
                for _ in 0..<8 { plain = plain & 1 == 0 ? plain >> 1 : plain >> 1 ^ 0xEDB8_8320 }
            }
            #expect(CRC32.checksum(Array(bytes[..<count])) == ~plain)
            var pieces = CRC32()
            pieces.update(bytes.span.extracting(0..<count / 3))
            pieces.update(bytes.span.extracting(count / 3..<count))
            #expect(pieces.value == ~plain)
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func base64OfTheRFC(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func base64OfAllLetters() {
        let bytes = [UInt8](0...255)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "====", "Z===", "=Zg=", "Zg==Zg==", "Zm=v", "Zm9v\n", " Zm9", "Zm-v", "Zm_v",
        "Zmé",
        "Zg==\u{0}",
    ])
    func base64HasOneForm(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:00:00Z", 951_825_600),
        ("2026-04-01T12:34:56Z", 1_775_046_896),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("0000-01-01T00:00:00Z", -62_167_219_200), ("2100-02-28T00:00:00Z", 4_107_456_000),
    ])
    func timesOfKnownSeconds(text: String, seconds: Int) {
        #expect(Timestamp.secondsSince1970(text) == seconds)
        #expect(Timestamp.text(secondsSince1970: seconds) == text)
    }

    @Test(arguments: [
        "", "2026-04-01", "2026-04-01T12:34:56", "2026-04-01 12:34:56Z", "2026-04-01T12:34:56z", "2026-04-01T12:34:56+00:00",
        "2026-4-1T12:34:56Z",
        "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-04-01T12:34:56.0Z", "+026-04-01T12:34:56Z", "2026-04-01T12:34:56Z ",
    ])
    func timesHaveOneForm(text: String) {
        #expect(Timestamp.secondsSince1970(text) == nil)
    }

    @Test func timesSurvive() {
        var generator = SeededGenerator(state: 1_970)
        for _ in 0..<5_000 {
            let seconds = Int.random(in: -62_167_219_200...253_402_300_799, using: &generator)
            #expect(Timestamp.secondsSince1970(Timestamp.text(secondsSince1970: seconds)) == seconds)
        }
    }
}
