import Testing
import WaybillFormat
import WaybillPapers

@Suite struct DisplayTests {
    @Test func lines() throws {
        let derived = PapersDerivation.derive([
            try ModelFiles.card(
                "license: apache-2.0\ndatasets: [acme/a, acme/longer-name]\nbase_model: acme/base\nbase_model_relation: finetune"),
            try GGUFBuilder.file { $0.add("general.license", "apache-2.0") },
        ])
        #expect(
            PapersText.lines(derived.papers, baseModels: derived.baseModels) == [
                "licence       apache-2.0   (README.md: license; model.gguf: general.license)",
                "licence name  no assertion",
                "licence link  no assertion",
                "base model    acme/base, finetune   (README.md: base_model)",
                "dataset       acme/a             (README.md: datasets)",
                "              acme/longer-name   (README.md: datasets)",
                "language      no assertion",
            ])
    }

    @Test func nothing() {
        let lines = PapersText.lines(.none)
        #expect(lines.count == 6)
        #expect(lines.allSatisfy { $0.hasSuffix(" no assertion") })
    }

    @Test func valuesOfStrangers() throws {
        let derived = try ModelFiles.derive(
            card: "license: \"mit\\e[2J\\n\\r\\a\\u202egpl\\u200b\\u2028\\u0085\\\\u{1B}é中\"\nlanguage: en")
        #expect(derived.values(.licenses) == ["mit\u{1B}[2J\n\r\u{7}\u{202E}gpl\u{200B}\u{2028}\u{85}\\u{1B}é中"])
        #expect(
            PapersText.lines(derived.papers)[0]
                == "licence       mit\\u{1B}[2J\\u{A}\\u{D}\\u{7}\\u{202E}gpl\\u{200B}\\u{2028}\\u{85}\\\\u{1B}é中   (README.md: license)")
        #expect(PapersText.neutralised("a\tb\u{7F}\u{9B}\u{E0041}") == "a\\u{9}b\\u{7F}\\u{9B}\\u{E0041}")
    }

    @Test func json() throws {
        let gguf = try GGUFBuilder.file { $0.add("general.license", "mit") }
        let card = try ModelFiles.card("license: mit")
        let value = PapersJSON.value(PapersDerivation.derive([gguf, card]).papers)
        let claims = try #require(value["claims"])
        for kind in ClaimKind.allCases where kind != .licenses {
            #expect(claims[kind.rawValue] == .object(["assertion": .string("noAssertion"), "values": .array([])]))
        }
        let evidence = [(card, "license"), (gguf, "general.license")].map { file, place in
            JSONValue.object([
                "file": .string(file.path.text), "place": .string(place), "sha256": .string(file.sha256.hex),
            ])
        }
        #expect(
            claims["licenses"]
                == .object([
                    "assertion": .string("claimed"),
                    "values": .array([.object(["value": .string("mit"), "evidence": .array(evidence)])]),
                ]))
        #expect(try JSONValue(parsing: value.canonical) == value)
    }
}
