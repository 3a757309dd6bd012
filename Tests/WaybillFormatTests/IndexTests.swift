import Testing
import WaybillFormat

/// index.json, catalog.json and waybill.json.
@Suite struct IndexTests {
    private func index(_ text: String) throws -> RefIndex { try RefIndex(decoding: Array(text.utf8), subject: "index.json") }
    private func catalog(_ text: String) throws -> Catalog { try Catalog(decoding: Array(text.utf8), subject: "catalog.json") }
    private func store(_ text: String) throws -> StoreDescription {
        try StoreDescription(decoding: Array(text.utf8), subject: "waybill.json")
    }

    private let hex = digest("entry").hex

    private func item(_ ref: String, n: String = "3") -> String { "{\"entry\":\"\(hex)\",\"n\":\(n),\"ref\":\"\(ref)\"}" }

    private func indexText(_ items: String...) -> String {
        "{\"model\":\"acme/tiny\",\"refs\":[\(items.joined(separator: ","))],\"waybill\":1}"
    }

    @Test func indexesSurvive() throws {
        let text = indexText(item("V2"), item("main", n: "9999999999"), item("v1"))
        let found = try index(text)
        #expect(found.refs.map(\.ref.text) == ["V2", "main", "v1"])
        #expect(found.refs[1].n == 9_999_999_999)
        #expect(found.refs[0].entry == digest("entry"))
        #expect(String(decoding: found.encoded(), as: UTF8.self) == text)
        #expect(RefIndex(model: found.model, refs: found.refs.reversed()) == found)
        #expect(try index(indexText()).refs.isEmpty)
    }

    @Test func badIndexesAreRefused() throws {
        expectRefusal("canonical") { try index(indexText(item("v1"), item("main"))) }
        expectRefusal("canonical") { try index(indexText(item("main")) + "\n") }
        expectRefusal("stands twice") { try index(indexText(item("main"), item("main"))) }
        expectRefusal("stands twice") { try index(indexText(item("Main"), item("main"))) }
        expectRefusal("the number of an entry") { try index(indexText(item("main", n: "0"))) }
        expectRefusal("the number of an entry") { try index(indexText(item("main", n: "10000000000"))) }
        expectRefusal("another use") { try index(indexText(item("latest"))) }
        expectRefusal("64 lower-case") { try index(indexText(item("main")).replacing(hex, with: "00")) }
        expectRefusal("\"x\" is unknown") { try index(indexText(item("main")).replacing("}]", with: ",\"x\":1}]")) }
        expectRefusal("\"x\" is unknown") { try index(indexText().replacing("\"waybill\":1", with: "\"waybill\":1,\"x\":1")) }
        expectRefusal("not the name of a model") { try index(indexText().replacing("acme/tiny", with: "tiny")) }
        expectRefusal("version 2", code: .failure) { try index(indexText().replacing("\"waybill\":1", with: "\"waybill\":2")) }
        for name in ["model", "refs", "waybill"] {
            let bytes = try JSONValue(parsing: Array(indexText().utf8)).with(nil, at: .member(name)).canonical
            expectRefusal("\"\(name)\" is missing") { try RefIndex(decoding: bytes, subject: "index.json") }
        }
        for name in ["entry", "n", "ref"] {
            let bytes = try JSONValue(parsing: Array(indexText(item("main")).utf8)).with(nil, at: "refs", 0, .member(name)).canonical
            expectRefusal("\"\(name)\" is missing") { try RefIndex(decoding: bytes, subject: "index.json") }
        }
        let other = try ModelName("acme/Tiny")
        expectRefusal("the index of acme/tiny") { try RefIndex(decoding: Array(indexText().utf8), model: other, subject: "index.json") }
        expectRefusal("larger than 4194304") { try index(indexText() + String(repeating: " ", count: 4_194_304)) }
    }

    @Test func catalogsSurvive() throws {
        let text = #"{"models":["Zeta/a","acme/Tiny","acme/other"],"waybill":1}"#
        let found = try catalog(text)
        #expect(found.models.map(\.path) == ["Zeta/a", "acme/Tiny", "acme/other"])
        #expect(String(decoding: found.encoded(), as: UTF8.self) == text)
        #expect(Catalog(models: found.models.reversed()) == found)
    }

    @Test func badCatalogsAreRefused() {
        expectRefusal("canonical") { try catalog(#"{"models":["b/b","a/a"],"waybill":1}"#) }
        expectRefusal("canonical") { try catalog(#"{"models": [],"waybill":1}"#) }
        expectRefusal("stands twice") { try catalog(#"{"models":["a/a","a/a"],"waybill":1}"#) }
        expectRefusal("stands twice") { try catalog(#"{"models":["A/a","a/a"],"waybill":1}"#) }
        expectRefusal("not the name of a model") { try catalog(#"{"models":["a"],"waybill":1}"#) }
        expectRefusal("does not begin") { try catalog(#"{"models":["../a"],"waybill":1}"#) }
        expectRefusal("\"x\" is unknown") { try catalog(#"{"models":[],"waybill":1,"x":1}"#) }
        expectRefusal("\"models\" is missing") { try catalog(#"{"waybill":1}"#) }
        expectRefusal("\"waybill\" is missing") { try catalog(#"{"models":[]}"#) }
        expectRefusal("version 2", code: .failure) { try catalog(#"{"models":[],"waybill":2}"#) }
        expectRefusal("larger than 16777216") { try catalog(#"{"models":[],"waybill":1}"# + String(repeating: " ", count: 16_777_216)) }
    }

    @Test func descriptionsSurvive() throws {
        #expect(String(decoding: StoreDescription().encoded(), as: UTF8.self) == #"{"layout":1,"requiredFeatures":[]}"#)
        #expect(try store(#"{"layout":1,"requiredFeatures":[]}"#) == StoreDescription())
        let other = #" { "new" : {"a":[1.5,-2e9]}, "requiredFeatures" : [ ] , "layout" : 1 } "#
        #expect(try store(other) == StoreDescription(), "unknown members and white space are ignored")
    }

    @Test func badDescriptionsAreRefused() {
        expectRefusal("newer Waybill", code: .failure) { try store(#"{"layout":2,"requiredFeatures":[]}"#) }
        expectRefusal("layout 0", code: .failure) { try store(#"{"layout":0,"requiredFeatures":[]}"#) }
        expectRefusal("feature \"delta\"", code: .failure) { try store(#"{"layout":1,"requiredFeatures":["delta"]}"#) }
        // Of another layout nothing else is known, not even how features are written.
        expectRefusal("layout 2", code: .failure) { try store(#"{"requiredFeatures":{"delta":1},"layout":2}"#) }
        expectRefusal("\"layout\" is missing") { try store(#"{"requiredFeatures":[]}"#) }
        expectRefusal("\"requiredFeatures\" is missing") { try store(#"{"layout":1}"#) }
        expectRefusal("a list was expected") { try store(#"{"layout":1,"requiredFeatures":null}"#) }
        expectRefusal("a string was expected") { try store(#"{"layout":1,"requiredFeatures":[1]}"#) }
        expectRefusal("an integer") { try store(#"{"layout":"1","requiredFeatures":[]}"#) }
        expectRefusal("stands twice") { try store(#"{"layout":1,"layout":1,"requiredFeatures":[]}"#) }
        expectRefusal("stands twice") { try store(#"{"layout":1,"requiredFeatures":["delta"],"requiredFeatures":[]}"#) }
        expectRefusal("stands twice") { try store(#"{"layout":1,"requiredFeatures":[],"a":1,"a":2}"#) }
        expectRefusal("an object was expected") { try store("[]") }
        expectRefusal("follows") { try store(#"{"layout":1,"requiredFeatures":[]}{}"#) }
        expectRefusal("longer than 65536") { try store(#"{"layout":1,"requiredFeatures":[]}"# + String(repeating: " ", count: 65_536)) }
    }
}
