import Testing
import WaybillFormat

/// Names, globs and fingerprints; key sets and indexes are vectors (ConformanceTests).
@Suite struct TrustFormatTests {
    @Test func aFingerprintIsReadAsPeopleWriteIt() throws {
        let fingerprint = Fingerprint(digest("a"))
        let text = fingerprint.description
        #expect(text.split(separator: " ").map(\.count) == [Int](repeating: 4, count: 16))
        #expect(text.replacing(" ", with: "") == digest("a").hex)
        for form in [
            text, text.uppercased(), text.replacing(" ", with: ""), text.replacing(" ", with: ":"), text.replacing(" ", with: "-"),
            " \(text)\n",
            text.replacing(" ", with: "\r\n"), String(digest("a").hex.flatMap { [$0, ":"] }),
        ] {
            #expect(Fingerprint(reading: form) == fingerprint, "\(form)")
        }
        for form in [
            "", String(text.dropLast()), text + "0", text.replacing(" ", with: "."), text.replacing(" ", with: "\u{A0}"), "0x" + text,
            "g" + text.dropFirst(), "\u{FF10}" + text.dropFirst(), text + String(repeating: " ", count: 512),
        ] {
            #expect(Fingerprint(reading: form) == nil, "\(form)")
        }
    }

    @Test(arguments: [
        ("*", "", true), ("*", "anything", true), ("tiny", "tiny", true), ("tiny", "Tiny", false), ("tiny", "tiny2", false),
        ("t?ny", "tiny", true),
        ("t?ny", "tny", false), ("?", "", false), ("*ny", "tiny", true), ("*ny", "tinyx", false), ("a*b*c", "aXbXbXc", true),
        ("a*b*c", "aXcXb", false), ("a.c", "abc", false), ("**", "x", true), ("t*?", "t", false),
    ])
    func globsMatch(glob: String, name: String, matches: Bool) throws {
        #expect(try #require(NameGlob(glob)).matches(name) == matches)
    }

    @Test func globsAreOfNamesAlone() {
        for text in ["", "a/b", "a b", "é", "[a]", "a\\*", String(repeating: "*", count: 97)] { #expect(NameGlob(text) == nil, "\(text)") }
        #expect(NameGlob(String(repeating: "*", count: 96)) != nil)
    }

    /// A pattern that would take a recursive matcher minutes.
    @Test func noGlobIsSlow() throws {
        let glob = try #require(NameGlob(String(repeating: "*a", count: 47) + "*b"))
        let clock = ContinuousClock()
        let taken = clock.measure { #expect(!glob.matches(String(repeating: "a", count: 96))) }
        #expect(taken < .seconds(1))
    }

    @Test(arguments: ["acme", "0", "A.b_c-d"]) func organisationsHaveTheRuleOfModels(text: String) throws {
        #expect(try OrganizationName(text).text == text)
        #expect(try ModelName("\(text)/x").organization == OrganizationName(text))
    }

    @Test(arguments: ["", ".a", "a.", "a/b", "a b", "../x", String(repeating: "a", count: 97)]) func otherOrganisationsAreRefused(
        text: String
    ) {
        #expect(throws: FormatError.self) { try OrganizationName(text) }
    }

    @Test func pathsOfKeySetsAreWrittenInOneWay() throws {
        let acme = try OrganizationName("acme")
        for n in [1, 9, 10, 999_999] {
            let name = ObjectName.keySet(acme, n)
            #expect(name.path == "trust/acme/\(n).json" && ObjectName(path: name.path) == name)
            #expect(name.isImmutable && name.maximumBytes == 262_144)
        }
        for path in [
            "trust/acme/0.json", "trust/acme/01.json", "trust/acme/1000000.json", "trust/acme/1", "trust/acme/1.JSON", "trust/acme/.json",
            "trust/acme/-1.json", "trust/acme/+1.json", "trust/acme/1.json/", "trust/acme./1.json", "trust/1.json",
            "trust/acme/tiny/1.json",
            "trust/../1.json", "trust/acme/٣.json",
        ] {
            #expect(ObjectName(path: path) == nil, "\(path)")
        }
    }
}
