import Testing
import WaybillFormat

@Suite struct NameTests {
    static let longest = String(repeating: "a", count: 96)

    @Test(arguments: ["a", "0", "A.b_c-d", "a..b", "con", longest]) func partsAreAccepted(part: String) throws {
        #expect(try ModelName("\(part)/x").org == part)
        #expect(try ModelName("x/\(part)").name == part)
        #expect(try RefName(part).text == part)
    }

    @Test(arguments: [
        ("", "is empty"), (".a", "does not begin"), ("-a", "does not begin"), ("_a", "does not begin"), ("a.", "ends with a dot"),
        ("a b", "a character"), ("a:b", "a character"), ("a@b", "a character"), ("a%2f", "a character"), ("a\u{0}", "a character"),
        ("a\u{301}", "a character"), ("аcme", "does not begin"), (longest + "a", "is too long"),
    ])
    func partsAreRefused(part: String, cause: String) {
        expectRefusal(cause, code: .usage) { try ModelName(org: part, name: "x") }
        expectRefusal(cause, code: .usage) { try ModelName(org: "x", name: part) }
        expectRefusal(cause, code: .usage) { try RefName(part) }
    }

    @Test(arguments: ["", "a", "a/b/c", "a//b", "/a/b"]) func modelsHaveTwoParts(text: String) {
        #expect(throws: FormatError.self) { try ModelName(text) }
    }

    @Test(arguments: ["latest", "LATEST", "index.json", "a.json", "Index.JSON"]) func refsKeepClearOfTheStore(text: String) {
        expectRefusal("another use", code: .usage) { try RefName(text) }
        #expect(throws: Never.self) { try ModelName("x/\(text)") }
    }

    @Test func namesFoldAndSort() throws {
        let model = try ModelName("Acme/Tiny")
        #expect(model.path == "Acme/Tiny")
        #expect(model.folded == "acme/tiny")
        #expect(try RefName("V1").folded == "v1")
        let sorted = try ["a/b", "a.b/c", "Z/a", "a-b/c"].map { try ModelName($0) }.sorted().map(\.path)
        #expect(sorted == ["Z/a", "a-b/c", "a.b/c", "a/b"])
        #expect(try [RefName("b"), RefName("B"), RefName("a")].sorted().map(\.text) == ["B", "a", "b"])
        #expect(RefName.main.text == "main")
    }

    @Test func objectsAndPathsAreInverse() throws {
        let model = try ModelName("acme/tiny")
        let ref = try RefName("v1.2")
        let sum = digest("abc")
        let hex = sum.hex
        let table: [(ObjectName, String, Int, Bool)] = [
            (.storeDescription, "waybill.json", 65_536, false),
            (.catalog, "catalog.json", 16_777_216, false),
            (.refIndex(model), "refs/acme/tiny/index.json", 4_194_304, false),
            (.refHint(model, ref), "refs/acme/tiny/v1.2/latest", 64, false),
            (.refEntry(model, ref, 42), "refs/acme/tiny/v1.2/0000000042", 65_536, true),
            (.refEntry(model, ref, 9_999_999_999), "refs/acme/tiny/v1.2/9999999999", 65_536, true),
            (.manifest(sum), "manifests/ba/\(hex)", 16_777_216, true),
            (.list(sum), "lists/ba/\(hex)", 327_696, true),
            (.locator(sum), "locators/ba/\(hex)", 16_777_216, false),
            (.pack(sum), "packs/ba/\(hex)", 67_108_864, true),
            (.evidence(sum), "evidence/ba/\(hex)", 4_194_816, true),
            (.attestation(sum), "attestations/ba/\(hex)", 4_194_304, true),
            (.keySet(model.organization, 12), "trust/acme/12.json", 262_144, true),
        ]
        for (name, path, limit, isImmutable) in table {
            #expect(name.path == path)
            #expect(ObjectName(path: path) == name)
            #expect(name.maximumBytes == limit)
            #expect(name.isImmutable == isImmutable)
        }
    }

    @Test(arguments: [
        "", "/", "waybill.json/", "/waybill.json", "./waybill.json", "Waybill.json", "private/tokens.json", "private/tmp/x", "intents/x",
        "trust/acme/01.json", "refs", "refs/acme", "refs/acme/tiny", "refs/acme/tiny/main", "refs/acme/tiny/main/",
        "refs/acme/tiny/main/42",
        "refs/acme/tiny/main/0000000000", "refs/acme/tiny/main/00000000042", "refs/acme/tiny/main/+000000042", "refs/acme/tiny/main/Latest",
        "refs/acme/tiny/latest/0000000001", "refs/acme/tiny/a.json/latest", "refs/acme/../main/latest", "refs/acme//main/latest",
        "refs/acme/tiny/index.json/latest", "refs/acme./tiny/index.json", "refs/acme/tiny/main/0000000042/x",
        "refs/acme/tiny/main/٠٠٠٠٠٠٠٠٤٢",
        "packs/ba", "packs/ba/", "packs/bb/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "packs/BA/BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "packs/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "packs/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "packs/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/", "waybill.json\u{0}",
        "other/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ])
    func otherPathsAreNoObjects(path: String) {
        #expect(ObjectName(path: path) == nil)
    }

    @Test func hintsAreTenDigits() {
        #expect(RefHint.encode(42) == Array("0000000042\n".utf8))
        #expect(RefHint.decode(RefHint.encode(42)) == 42)
        for text in [
            "", "0000000042", "42\n", "0000000000\n", "00000000042\n", "0000000042\n\n", "-000000042\n", "0000000042\r", "abcdefghij\n",
        ] {
            #expect(RefHint.decode(Array(text.utf8)) == nil, "\(text)")
        }
        #expect(RefHint.decode(Array("+000000042\n".utf8)) == nil)
        #expect(ObjectName.entryNumber("42") == nil)
        #expect(RefHint.decode([UInt8](repeating: 0xFF, count: 10) + [10]) == nil)
    }
}
