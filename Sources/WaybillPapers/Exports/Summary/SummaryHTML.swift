/// The summary as one HTML file without scripts, pictures or anything to load.
enum SummaryHTML {
    private static let style = """
        body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
        h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #bbb}h3{font-size:1.05rem;margin-top:1.8rem}
        dt{font-weight:600;margin-top:.6rem}dd{margin:0 0 0 1.2rem;overflow-wrap:anywhere}
        .none{color:#595959;font-style:italic}.notice{border-left:4px solid #666;padding:.5rem 1rem;background:#f4f4f4}
        .remark{border-left:4px solid #b00020;padding:.2rem 1rem}table{border-collapse:collapse;margin:.6rem 0;width:100%}
        caption{text-align:left;font-weight:600;overflow-wrap:anywhere}
        th,td{border:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:11rem}
        """

    static func text(_ document: SummaryDocument) -> String {
        var html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(document.title))</title>
            <style>
            \(style)
            </style>
            </head>
            <body>
            <h1>\(escaped(document.title))</h1>
            <p class="notice">\(escaped(SummaryDocument.notice))</p>

            """
        html += "<dl>\n" + document.basis.map { "<dt>\(escaped($0.label))</dt><dd>\(escaped($0.text))</dd>\n" }.joined() + "</dl>\n"
        for part in document.parts {
            html += "<h2>\(escaped(part.title))</h2>\n"
            for section in part.sections {
                html += "<h3>\(escaped(section.title))</h3>\n" + section.entries.map(Self.entry).joined()
            }
        }
        return html + "</body>\n</html>\n"
    }

    private static func entry(_ entry: SummaryDocument.Entry) -> String {
        switch entry {
        case .answer(let question, let text?): return "<dl><dt>\(escaped(question))</dt><dd>\(escaped(text))</dd></dl>\n"
        case .answer(let question, nil):
            return "<dl><dt>\(escaped(question))</dt><dd class=\"none\">\(SummaryDocument.noAssertion)</dd></dl>\n"
        case .item(let name, let facts):
            let rows = facts.map { "<tr><th scope=\"row\">\(escaped($0.label))</th><td>\(escaped($0.text))</td></tr>\n" }.joined()
            return "<table><caption>\(escaped(name))</caption>\n\(rows)</table>\n"
        case .remark(let text): return "<p class=\"remark\">\(escaped(text))</p>\n"
        }
    }

    /// As text of an element. Nothing of strangers stands in an attribute.
    static func escaped(_ text: String) -> String {
        ReadableText.lines(text).map { line in
            line.unicodeScalars.reduce(into: "") { result, scalar in
                switch scalar {
                case "&": result += "&amp;"
                case "<": result += "&lt;"
                case ">": result += "&gt;"
                case "\"": result += "&quot;"
                case "'": result += "&#39;"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }.joined(separator: "<br>")
    }
}
