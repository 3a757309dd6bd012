import Testing
import WaybillFormat

@Suite struct TestDigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func knownAnswers(text: String, hex: String) {
        #expect(digest(text).hex == hex)
    }

    @Test func digestParsesItsOwnTextOnly() {
        let value = digest("abc")
        #expect(Digest(hex: value.hex) == value)
        #expect(Digest(value.bytes) == value)
        #expect(Digest(hex: value.hex.uppercased()) == nil)
        #expect(Digest(hex: value.hex.dropLast()) == nil)
        #expect(Digest(hex: value.hex + "0") == nil)
        #expect(Digest(hex: value.hex + "00") == nil)
        #expect(Digest(value.bytes + [0]) == nil)
    }
}
