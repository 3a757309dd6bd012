import Testing
import WaybillFormat
import WaybillPapers

@Suite struct LicenseExpressionTests {
    @Test(
        arguments: [
            ("MIT", "MIT"), ("mit", "MIT"), ("  apache-2.0\t", "Apache-2.0"), ("MIT and Apache-2.0", "MIT AND Apache-2.0"),
            ("MIT Or (Apache-2.0)", "MIT OR Apache-2.0"), ("((MIT))", "MIT"), ("GPL-2.0+", "GPL-2.0+"),
            ("MIT OR ISC AND Zlib", "MIT OR ISC AND Zlib"), ("(MIT OR ISC) AND Zlib", "(MIT OR ISC) AND Zlib"),
            ("MIT AND (ISC AND Zlib)", "MIT AND ISC AND Zlib"),
            ("GPL-2.0-only with classpath-EXCEPTION-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
            (
                "(GPL-2.0-or-later WITH Bison-exception-2.2) OR LicenseRef-acme",
                "GPL-2.0-or-later WITH Bison-exception-2.2 OR LicenseRef-acme"
            ),
            ("DocumentRef-a.b:LicenseRef-c", "DocumentRef-a.b:LicenseRef-c"), ("Unheard-1.0", "Unheard-1.0"),
            ("(MIT)AND(ISC)", "MIT AND ISC"),
        ])
    func printsCanonically(_ text: String, _ canonical: String) throws {
        let expression = try LicenseExpression(parsing: text)
        #expect(expression.description == canonical)
        #expect(try LicenseExpression(parsing: canonical) == expression)
    }

    @Test(
        arguments: [
            ("", 1), ("   ", 1), ("Apache 2.0", 8), ("MIT AND", 8), ("AND MIT", 1), ("MIT OR OR ISC", 8), ("(MIT", 5), ("MIT)", 4),
            ("MIT +", 5),
            ("MIT++", 5), ("+MIT", 1), ("MIT WITH", 9), ("MIT WITH AND ISC", 10), ("MIT/ISC", 4), ("NOASSERTION", 1), ("none", 1),
            ("LicenseRef-", 1),
            ("LicenseRef-a+", 13), ("DocumentRef-a", 1), ("DocumentRef-a:MIT", 1), ("DocumentRef-:LicenseRef-a", 1), ("a:b", 1),
            ("MIT\u{1B}[2J", 4), ("(MIT OR ISC) WITH x", 14),
            ("()", 2), ("MIT ISC", 5), ("LicenseRef-a:LicenseRef-b", 1), ("DocumentRef-a:LicenseRef-b:LicenseRef-c", 1),
        ])
    func refuses(_ text: String, _ column: Int) {
        let error = #expect(throws: LicenseExpressionError.self) { try LicenseExpression(parsing: text) }
        #expect(error?.column == column)
        #expect(error?.remedy.isEmpty == false)
        #expect(error?.description.unicodeScalars.contains { $0.value < 0x20 } == false)
    }

    @Test func limits() throws {
        func nested(_ depth: Int) -> String { String(repeating: "(", count: depth) + "MIT" + String(repeating: ")", count: depth) }
        #expect(try LicenseExpression(parsing: nested(LicenseExpression.maximumDepth)).description == "MIT")
        #expect(throws: LicenseExpressionError.self) { try LicenseExpression(parsing: nested(LicenseExpression.maximumDepth + 1)) }
        #expect(throws: LicenseExpressionError.self) { try LicenseExpression(parsing: String(repeating: "(", count: 4_096)) }
        let longest = "LicenseRef-" + String(repeating: "a", count: LicenseExpression.maximumByteCount - 11)
        #expect(try LicenseExpression(parsing: longest).terms.count == 1)
        #expect(throws: LicenseExpressionError.self) { try LicenseExpression(parsing: longest + "a") }
    }

    @Test(
        arguments: [
            ("MIT", true), ("MIT AND Apache-2.0", true), ("MIT AND CC-BY-4.0", false), ("MIT OR CC-BY-4.0", true), ("LicenseRef-x", nil),
            ("MIT AND LicenseRef-x", nil), ("CC-BY-4.0 AND LicenseRef-x", false), ("MIT OR LicenseRef-x", true),
            ("CC-BY-4.0 OR LicenseRef-x", nil),
            ("GPL-2.0-only WITH Classpath-exception-2.0", true), ("GPL-2.0-only WITH unheard-exception", nil), ("GPL-2.0+", true),
            ("DocumentRef-a:LicenseRef-b", nil), ("LicenseRef-waybill-family-openrail", nil),
        ] as [(String, Bool?)])
    func approval(_ text: String, _ expected: Bool?) throws {
        #expect(try LicenseExpression(parsing: text).isOSIApproved() == expected)
    }

    @Test func unknownIDs() throws {
        let expression = try LicenseExpression(parsing: "MIT OR Unheard-1.0 AND GPL-2.0-only WITH unheard-exception")
        #expect(expression.unknownIDs() == ["Unheard-1.0", "unheard-exception"])
        #expect(try LicenseExpression(parsing: "mit").unknownIDs().isEmpty)
    }

    @Test func terms() throws {
        func terms(_ text: String) throws -> LicenseTerms { try LicenseExpression(parsing: text).terms() }
        let llama = "LicenseRef-scancode-llama-3.1-license-2024"
        #expect(try terms("MIT OR CC-BY-NC-4.0").commercialUse == .permitted)
        #expect(try terms("CC-BY-NC-4.0 OR MIT").commercialUse == .permitted)
        #expect(try terms("MIT AND CC-BY-NC-4.0").commercialUse == .prohibited)
        #expect(try terms("MIT AND \(llama)").thresholds.items.count == 1)
        #expect(try terms("MIT AND LicenseRef-x").commercialUse == .noAssertion)
        #expect(try terms("LicenseRef-x OR CC-BY-NC-4.0").commercialUse == .noAssertion)
        #expect(try terms("(MIT OR \(llama)) AND (ISC OR CC-BY-NC-4.0)") == terms("MIT AND ISC"))
        #expect(try terms("GPL-2.0-only WITH unheard-exception") == .noAssertion)
    }

    @Test func alternatives() throws {
        let expression = try LicenseExpression(parsing: "(MIT OR ISC) AND (Zlib OR MIT)")
        #expect(expression.alternatives().map(\.expression.description) == ["MIT AND Zlib", "MIT", "ISC AND Zlib", "ISC AND MIT"])
        let many = Array(repeating: "(MIT OR ISC)", count: 7).joined(separator: " AND ")
        let alternatives = try LicenseExpression(parsing: many).alternatives()
        #expect(alternatives.count == 1)
        #expect(alternatives.first?.terms == .noAssertion)
        let huge = Array(repeating: "(MIT OR ISC)", count: 200).joined(separator: " AND ")
        #expect(try LicenseExpression(parsing: huge).alternatives().count == 1)
    }
}
