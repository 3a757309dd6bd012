import Testing
import WaybillFormat
import WaybillPapers

@Suite struct ModelCardTests {
    @Test func realCard() throws {
        let file = try ModelFiles.readme(RealModels.miniLM)
        let derived = PapersDerivation.derive([file])
        #expect(derived.notices.isEmpty)
        #expect(derived.readError == nil)
        #expect(derived.values(.licenses) == ["apache-2.0"])
        #expect(derived.values(.languages) == ["en"])
        #expect(derived.values(.datasets).count == 21)
        #expect(derived.values(.datasets).first == "code_search_net")
        #expect(derived.values(.baseModels).isEmpty)
        #expect(derived.values(.licenseNames).isEmpty)
        #expect(derived.evidence(.licenses, "apache-2.0") == ["README.md: license"])
        #expect(derived.papers.evidence.map(\.place) == ["datasets", "language", "license"])
        #expect(derived.papers.evidence.allSatisfy { $0.sha256 == file.sha256 })
        #expect(try ModelFiles.isPublishable(derived, [file]))
    }

    @Test func gatedCard() throws {
        let derived = try ModelFiles.derive(card: RealModels.gated)
        #expect(derived.notices.isEmpty)
        #expect(derived.values(.licenses) == ["other"])
        #expect(derived.values(.licenseNames) == ["acme-community"])
        #expect(derived.values(.licenseLinks) == ["https://example.com/LICENSE"])
        #expect(derived.values(.languages) == ["en", "no"])
        #expect(derived.baseModels == [BaseModel(name: "acme/base", relation: .noAssertion)])
    }

    @Test func wordsStayWords() throws {
        let derived = try ModelFiles.derive(
            card: "license: no\nlanguage: [no, yes, on, 0x10, 1e3, 2001-01-01, True]\nlicense_name: 1.0\nlicense_link: 0o17")
        #expect(derived.values(.licenses) == ["no"])
        #expect(derived.values(.languages) == ["0x10", "1e3", "2001-01-01", "True", "no", "on", "yes"])
        #expect(derived.values(.licenseNames) == ["1.0"])
        #expect(derived.values(.licenseLinks) == ["0o17"])
        #expect(try ModelFiles.derive(card: "language: no").values(.languages) == ["no"])
    }

    @Test(arguments: ["license:", "license: ~", "license: null", "license: ''", "license: '  '", "license: []", "license: [~, ]", "# none"])
    func nothingIsNoAssertion(_ metadata: String) throws {
        let derived = try ModelFiles.derive(card: metadata)
        #expect(derived.isEmpty)
        #expect(derived.notices.isEmpty)
    }

    @Test func quotedNullIsAWord() throws {
        #expect(try ModelFiles.derive(card: "license: 'null'\nlanguage: \"~\"").values(.licenses) == ["null"])
    }

    @Test func stylesOfText() throws {
        let derived = try ModelFiles.derive(
            card: "license: |\n  mit\nlicense_name: >\n  a\n  b\nlicense_link: \"\\x41\"\ndatasets: ['it''s', plain text,]\nlanguage: {}")
        #expect(derived.values(.licenses) == ["mit"])
        #expect(derived.values(.licenseNames) == ["a b"])
        #expect(derived.values(.licenseLinks) == ["A"])
        #expect(derived.values(.datasets) == ["it's", "plain text"])
        #expect(derived.values(.languages).isEmpty)
        #expect(derived.notices == ["README.md, line 9: language is neither text nor a list of texts: nothing is taken from it"])
    }

    @Test func oneBadMemberSpoilsItsListOnly() throws {
        let derived = try ModelFiles.derive(card: "license: mit\ndatasets:\n- good\n- {name: bad}\nlanguage: en")
        #expect(derived.values(.datasets).isEmpty)
        #expect(derived.values(.licenses) == ["mit"])
        #expect(derived.values(.languages) == ["en"])
        #expect(derived.notices == ["README.md, line 5: datasets is neither text nor a list of texts: nothing is taken from it"])
    }

    @Test(arguments: ["adapter", "finetune", "merge", "quantized"])
    func relations(_ relation: String) throws {
        let derived = try ModelFiles.derive(card: "base_model: [b/two, a/one, a/one]\nbase_model_relation: \(relation)")
        let expected = try #require(BaseModelRelation(rawValue: relation))
        #expect(derived.baseModels == ["a/one", "b/two"].map { BaseModel(name: $0, relation: expected) })
        #expect(derived.values(.baseModels) == ["a/one", "b/two"])
    }

    @Test(arguments: ["Quantized", "noAssertion", "[merge]", "distilled"])
    func unknownRelation(_ relation: String) throws {
        let derived = try ModelFiles.derive(card: "base_model: a/one\nbase_model_relation: \(relation)")
        #expect(derived.baseModels == [BaseModel(name: "a/one", relation: .noAssertion)])
        #expect(derived.notices.count == 1)
        #expect(derived.notices.first?.hasPrefix("README.md, line 3: base_model_relation is none of") == true)
    }

    @Test func longValues() throws {
        let longest = String(repeating: "é", count: 1_024)
        let fits = try ModelFiles.card("license: \(longest)\nlanguage: en")
        let derived = PapersDerivation.derive([fits])
        #expect(derived.values(.licenses) == [longest])
        #expect(try ModelFiles.isPublishable(derived, [fits]))
        let tooLong = try ModelFiles.derive(card: "license: \(longest)x\nlanguage: en")
        #expect(tooLong.values(.licenses).isEmpty)
        #expect(tooLong.values(.languages) == ["en"])
        #expect(tooLong.notices == ["README.md, line 2: license is longer than 2048 bytes: nothing is taken from it"])
    }

    @Test func manyValues() throws {
        func card(_ count: Int) throws -> EvidenceFile {
            try ModelFiles.card("license: mit\ndatasets:\n" + (0..<count).map { "- set/\($0)" }.joined(separator: "\n"))
        }
        let most = PapersDerivation.derive([try card(1_024)])
        #expect(most.values(.datasets).count == 1_024)
        #expect(try ModelFiles.isPublishable(most, [try card(1_024)]))
        let tooMany = PapersDerivation.derive([try card(1_025)])
        #expect(tooMany.values(.datasets).isEmpty)
        #expect(tooMany.values(.licenses) == ["mit"])
        #expect(tooMany.papers.evidence.map(\.place) == ["license"])
        #expect(tooMany.notices == ["datasets: more than 1024 values are claimed, which is no assertion"])
        let same = try ModelFiles.derive(card: "datasets: [" + String(repeating: "a,", count: 3_000) + "]")
        #expect(same.values(.datasets) == ["a"])
    }

    @Test func equivalentTextsAreTwoValues() throws {
        let derived = try ModelFiles.derive(card: "datasets: [\"caf\\u00e9\", \"cafe\\u0301\"]")
        #expect(derived.values(.datasets).map { Array($0.utf8).count } == [6, 5])
    }

    @Test func namesOfCards() throws {
        let text = "---\nlicense: mit\n---\n"
        for path in ["README.md", "readme.md", "Readme.MD"] {
            #expect(PapersDerivation.derive([try ModelFiles.readme(text, path: path)]).evidence(.licenses, "mit") == ["\(path): license"])
        }
        for path in ["sub/README.md", "README", "README.md.txt", "README.rst"] {
            let file = try ModelFiles.readme(text, path: path)
            #expect(PapersDerivation.derive([file]).isEmpty)
            #expect(!PapersDerivation.reads(file.path, format: .opaque))
        }
    }
}
