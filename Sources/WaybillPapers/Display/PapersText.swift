import WaybillFormat

/// Papers for a person at a terminal.
public enum PapersText {
    private static let labels: [(kind: ClaimKind, label: String)] = [
        (.licenses, "licence"), (.licenseNames, "licence name"), (.licenseLinks, "licence link"), (.baseModels, "base model"),
        (.datasets, "dataset"), (.languages, "language"),
    ]
    private static let labelWidth = 14
    /// Values up to this width are padded, so that their evidence stands in one column.
    private static let valueWidth = 40

    /// One line for each value, `licence       apache-2.0   (README.md: license)`; of a kind without values, `no assertion`.
    ///
    /// What came from files is neutralised: it moves no cursor, rings no bell and starts no line.
    public static func lines(_ papers: Papers, baseModels: [BaseModel] = []) -> [String] {
        var relations: [[UInt8]: BaseModelRelation] = [:]
        for model in baseModels where model.relation != .noAssertion { relations[Array(model.name.utf8)] = model.relation }
        return labels.flatMap { kind, label in
            lines(papers[kind], label, papers.evidence) { value in kind == .baseModels ? relations[Array(value.utf8)] : nil }
        }
    }

    /// `text` as it is safe to print to a terminal: what is not visible is written as `\u{...}`.
    public static func neutralised(_ text: String) -> String { TerminalText.neutralised(text) }

    private static func lines(
        _ values: [ClaimValue], _ label: String, _ evidence: [Evidence], relation: (String) -> BaseModelRelation?
    ) -> [String] {
        guard !values.isEmpty else { return [padded(label, labelWidth) + "no assertion"] }
        let shown = values.map { value in
            neutralised(value.value) + (relation(value.value).map { ", \($0.rawValue)" } ?? "")
        }
        let width = shown.map(\.count).filter { $0 <= valueWidth }.max() ?? 0
        return zip(shown, values).enumerated().map { index, line in
            let places = line.1.evidence.filter(evidence.indices.contains).map {
                "\(neutralised(evidence[$0].file.text)): \(neutralised(evidence[$0].place))"
            }
            return padded(index == 0 ? label : "", labelWidth) + padded(line.0, width) + "   (" + places.joined(separator: "; ") + ")"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
