import WaybillFormat

/// The public summary of training content by the EU's template, before it is Markdown or HTML. Claims only.
struct SummaryDocument {
    /// One statement. A text that is nil is a question that nobody answered.
    enum Entry {
        case answer(question: String, text: String?)
        /// Something listed: a dataset with what is stated of it.
        case item(name: String, facts: [(label: String, text: String)])
        /// What software has to say about the statements.
        case remark(String)
    }

    struct Section {
        let title: String
        let entries: [Entry]
    }

    struct Part {
        let title: String
        let sections: [Section]
    }

    static let noAssertion = "No assertion."
    /// What the document is, in front of everything.
    static let notice =
        "A draft made by software from what the publisher states in the model's files, by the sections of the template of 24 July 2025 "
        + "(Article 53(1)(d) of Regulation (EU) 2024/1689). The provider publishes it under their own responsibility. "
        + "\"No assertion.\" means that nothing is stated: neither yes nor no. No legal advice."

    let title: String
    let parts: [Part]
    /// What it was made from.
    let basis: [(label: String, text: String)]

    init(_ subject: ExportSubject) {
        title = "Public summary of training content" + (subject.name.map { ": \($0)" } ?? "")
        basis =
            [
                ("Content id of the files", "sha256:\(subject.findings.contentId.hex)"),
                subject.findings.manifest.map { ("Manifest", "sha256:\($0.hex)") },
                ("disclosure.yaml", subject.findings.disclosure == nil ? "none that can be read" : "read"), ("Made", subject.time),
            ].compactMap { $0 }
        // The template asks for data of the training.
        let sources = ExportedSource.all(subject).filter(\.isForTraining)
        parts = SummaryBuilder(summary: subject.disclosure.euSummary, disclosure: subject.disclosure, sources: sources).parts(subject)
    }
}
