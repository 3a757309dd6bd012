/// Scans a chat template, from a file of its own or from the place where another file holds it.
enum TemplateFileScan {
    static let maximumByteCount = 1 << 20

    /// A whole source that is a template.
    static func scan(_ source: any ByteSource, _ session: ScanSession) throws(ScanStop) {
        let bytes = try source.readAll(0, maximumByteCount + 1)
        let file = session.name.split(separator: "/").last.map(String.init) ?? session.name
        // chat_template.jinja is the default, chat_templates/tool_use.jinja is called tool_use.
        let stem = file.firstIndex(of: ".").map { String(file[..<$0]) } ?? file
        try scan(bytes, name: stem == "chat_template" ? "default" : stem, place: file, at: 0, session)
    }

    /// - Parameter offset: of the text; findings inside it are counted from there, as far as it stands unescaped.
    static func scan(_ bytes: [UInt8], name: String, place: String, at offset: Int, _ session: ScanSession) throws(ScanStop) {
        session.looked(at: .chatTemplate)
        session.add(ChatTemplate(file: session.path, place: place, name: name, text: bytes))
        guard bytes.count <= maximumByteCount else {
            session.report(.templateLimit, at: offset, "a chat template of more than 1 MiB")
            session.markPartial("a chat template was not followed to its end")
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            session.report(.templateMalformed, at: offset, "the chat template is not UTF-8")
            return
        }
        var report: [(rule: ScanRule, offset: Int, detail: String)] = TemplateText.findings(text)
        do throws(TemplateFault) {
            var analysis = TemplateAnalysis(tokens: try TemplateLexer.tokens(bytes))
            defer { report += analysis.findings }
            try analysis.run()
        } catch {
            switch error {
            case .malformed(let cause, let place): report.append((.templateMalformed, place, "the chat template does not parse: \(cause)"))
            case .limit(let cause, let place): report.append((.templateLimit, place, "the chat template cannot be followed: \(cause)"))
            }
        }
        for finding in report { session.report(finding.rule, at: offset + finding.offset, finding.detail) }
    }
}

enum TemplateFault: Error {
    case malformed(String, Int)
    case limit(String, Int)
}
