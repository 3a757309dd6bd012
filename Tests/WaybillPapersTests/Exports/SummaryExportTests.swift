import Testing
import WaybillFormat
import WaybillPapers

struct SummaryExportTests {
    @Test func saysPlainlyWhereNothingIsStated() throws {
        let text = try ExportSample(description: "nothing known").text(.euSummaryMarkdown)
        let answers = text.split(separator: "\n").filter { $0.hasPrefix("- **") }
        #expect(answers.count > 60)
        #expect(answers.allSatisfy { $0.hasSuffix("*No assertion.*") })
        #expect(!text.contains("Yes") && !text.contains(" No\n"))
        let html = try ExportSample(description: "nothing known").text(.euSummaryHTML)
        #expect(html.split(separator: "class=\"none\"").count - 1 == answers.count)
    }

    @Test func sortsSourcesIntoTheirSections() throws {
        let text = try ExportSample.full.text(.euSummaryMarkdown)
        let sections = text.split(separator: "\n### ").map(String.init)
        func section(_ number: String) -> String { sections.first { $0.hasPrefix(number) } ?? "" }
        #expect(section("2.1").contains("**Books**") && section("2.1").contains("Size: 2500000000 bytes"))
        #expect(section("2.2.1").contains("**Newspapers**"))
        #expect(section("2.3").contains("ExampleBot") && section("2.3").contains("**Contradiction:**"))
        #expect(section("2.4 User data from other").contains("**Letters**"))
        #expect(!section("2.5").contains("Contradiction"))
        #expect(!text.contains("Questions"), "data of an evaluation is no training content")
        #expect(section("1.3 Training data: text").contains("1 billion to 10 trillion tokens"))
        #expect(section("3.1").contains("**Signatory of the Code of Practice:** Yes"))
        let card = try ExportSample.card.text(.euSummaryMarkdown)
        #expect(card.contains("### Datasets whose category is not stated") && card.contains("**squad**"))
    }

    /// No finding speaks in the provider's document.
    @Test func holdsNoFinding() throws {
        for sample in ExportSample.five {
            let text = try sample.text(.euSummaryMarkdown)
            #expect(!text.contains("openWeights") && !text.contains("restrictedWeights") && !text.contains("OSAID"))
        }
    }

    @Test func isOneFileOfItsOwnMarkup() throws {
        let own: Set<String> = [
            "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "dl", "dt", "dd", "table", "caption", "tr",
            "th", "td", "br",
        ]
        for sample in ExportSample.all {
            let html = try sample.text(.euSummaryHTML)
            for tag in html.matches(of: /<\/?([^\s>\/]*)[^>]*>/) { #expect(own.contains(String(tag.output.1)), "\(tag.output.0)") }
            #expect(!html.contains("src=") && !html.contains("href=") && !html.contains("url("))
            #expect(html.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control && $0.value != 0x202E })
            let body = try #require(html.split(separator: "<body>").last)
            let entities = body.matches(of: /&([^;]{0,8};?)/).map { String($0.output.1) }
            #expect(Set(entities).isSubset(of: ["amp;", "lt;", "gt;", "quot;", "#39;"]), "\(Set(entities))")
        }
    }

    @Test func isMarkdownOfItsOwnMarkup() throws {
        let text = try ExportSample.hostile.text(.euSummaryMarkdown)
        let starts = ["# ", "## ", "### ", "- ", "  - ", "> "]
        for line in text.split(separator: "\n") { #expect(starts.contains { line.hasPrefix($0) }, "\(line.prefix(80))") }
        // What is left of a line without escapes and without our own marks can be no markup.
        let rest = text.replacing(/\\[\\`*_{}\[\]<>#|~&!$^]/, with: "").replacing("<br>", with: "")
            .replacing("*No assertion.*", with: "").replacing("**", with: "")
        let left = rest.split(separator: "\n").map { line in line.trimmingPrefix(/\s*[#>-]*\s*/) }.joined(separator: "\n")
        #expect(!left.contains { "\\`*_{}[]<>#|~&!$^".contains($0) })
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control && $0.value != 0x202E })
        let accent = ExportSample(description: "", disclosure: "model: {name: \"*\\u0301a*\\u0301 <\\u0338b>\"}")
        #expect(try accent.text(.euSummaryMarkdown).contains("\\*\u{301}a\\*\u{301} \\<\u{338}b\\>"))
    }
}
