/// The summary as Markdown in which nothing that strangers wrote is markup.
enum SummaryMarkdown {
    static func text(_ document: SummaryDocument) -> String {
        var lines = ["# \(inline(document.title))", "", "> \(inline(SummaryDocument.notice))", ""]
        lines += document.basis.map { "- \(inline($0.label)): \(inline($0.text))" } + [""]
        for part in document.parts {
            lines += ["## \(inline(part.title))", ""]
            for section in part.sections {
                lines += ["### \(inline(section.title))", ""]
                lines += section.entries.flatMap(Self.lines) + [""]
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ entry: SummaryDocument.Entry) -> [String] {
        switch entry {
        case .answer(let question, let text): ["- **\(inline(question)):** \(text.map(inline) ?? "*\(SummaryDocument.noAssertion)*")"]
        case .item(let name, let facts): ["- **\(inline(name))**"] + facts.map { "  - \(inline($0.label)): \(inline($0.text))" }
        case .remark(let text): ["- **Contradiction:** \(inline(text))"]
        }
    }

    private static let marks = Set("\\`*_{}[]<>#|~&!$^".unicodeScalars)

    /// On one line, behind something of ours: line breaks become `<br>`, the only markup, and all that could be markup inside a line is
    /// escaped. By scalars: a mark with an accent on it is a mark.
    static func inline(_ text: String) -> String {
        ReadableText.lines(text).map { line in
            line.unicodeScalars.map { marks.contains($0) ? "\\\($0)" : String($0) }.joined()
        }.joined(separator: "<br>")
    }
}

/// Texts of strangers for documents that people read.
enum ReadableText {
    /// Lines, without what is not visible.
    static func lines(_ text: String) -> [String] {
        let unified = text.replacing("\r\n", with: "\n").replacing("\t", with: " ")
        return unified.trimmed.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
            TerminalText.neutralised(String(String.UnicodeScalarView($0)))
        }
    }
}
