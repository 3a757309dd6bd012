import WaybillFormat

/// A source of data: stated in disclosure.yaml, or only named by another claim.
struct ExportedSource {
    let name: String
    /// Nil if it is only named.
    let stated: DataSource?

    /// Those of disclosure.yaml in their order, then those that are only named.
    static func all(_ subject: ExportSubject) -> [ExportedSource] {
        let sources = subject.disclosure.data.sources.map { ExportedSource(name: $0.name.value, stated: $0) }
        let known = Set(sources.map { claimed($0.name) })
        return sources + onlyNamed(subject).filter { !known.contains(Array($0.utf8)) }.map { ExportedSource(name: $0, stated: nil) }
    }

    private static func onlyNamed(_ subject: ExportSubject) -> [String] { subject.findings.claims[.datasets].map(\.value) }

    /// As a claim would write it.
    private static func claimed(_ name: String) -> [UInt8] { Array(((try? ClaimText(name))?.text ?? name).utf8) }

    var isForEvaluation: Bool { stated?.roles.contains { $0.value == "evaluation" } ?? false }

    /// Without roles it counts as data of the training: that is what claims of datasets are about.
    var isForTraining: Bool { stated.map { $0.roles.isEmpty || $0.roles.contains { $0.value != "evaluation" } } ?? true }

    /// The publisher's words on it, one line each.
    var description: String? {
        guard let stated else { return nil }
        let parts: [(String, String?)] = [
            ("Provenance", stated.provenance?.value), ("Scope", stated.scope?.value), ("Selection", stated.selection?.value),
            ("Labelling", stated.labeling?.value), ("Processing", stated.processing?.value),
        ]
        let lines = parts.compactMap { label, text in text.map { "\(label): \($0)" } }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    /// What else is stated, for formats that have no place of their own for it.
    var remarks: [(name: String, value: String)] {
        guard let stated else { return [] }
        var remarks: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) { if let value { remarks.append((name, value)) } }
        add("category", stated.category?.value.rawValue)
        add("access", stated.access?.value.rawValue)
        add("roles", Self.joined(stated.roles))
        add("obtainedFrom", stated.obtainedFrom?.value)
        add("fee", stated.fee == .noAssertion ? nil : stated.fee.rawValue)
        add("size", stated.size.map { "\(DecimalText.plain($0.value.value)) \($0.unit.value)" })
        add("periodFrom", stated.periodFrom?.value)
        add("periodTo", stated.periodTo?.value)
        add("modalities", Self.joined(stated.modalities))
        add("languages", Self.joined(stated.languages))
        add("generatedBy", Self.joined(stated.generatedBy))
        add("crawlers", Self.joined(stated.crawler.names))
        return remarks
    }

    static func joined(_ values: [Stated<String>]) -> String? {
        values.isEmpty ? nil : values.map(\.value).joined(separator: ", ")
    }
}
