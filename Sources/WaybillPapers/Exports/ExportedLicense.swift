import WaybillFormat

/// A licence as exports can state it.
enum ExportedLicense: Equatable {
    /// Every id is of the SPDX list or a `LicenseRef-`.
    case expression(LicenseExpression)
    /// Stated to be without a licence.
    case none
    case noAssertion

    init(_ text: String?, _ registry: LicenseRegistry) {
        let stated = StatedLicense(text, registry)
        if stated.isNone {
            self = .none
        } else if let expression = stated.expression, Self.isExportable(expression, registry) {
            self = .expression(expression)
        } else {
            self = .noAssertion
        }
    }

    init(_ expression: LicenseExpression?, _ registry: LicenseRegistry) {
        self = expression.flatMap { Self.isExportable($0, registry) ? .expression($0) : nil } ?? .noAssertion
    }

    /// A `LicenseRef-` of another document leads nowhere here, and a family is not a licence.
    private static func isExportable(_ expression: LicenseExpression, _ registry: LicenseRegistry) -> Bool {
        let unknown = expression.unknownIDs(in: registry)
        return unknown.allSatisfy { $0.hasPrefix(referencePrefix) }
            && expression.terms.allSatisfy { term in
                term.document == nil && registry[term.id]?.isAmbiguous != true
            }
    }

    static let referencePrefix = "LicenseRef-"

    /// SPDX's word or expression.
    var text: String {
        switch self {
        case .expression(let expression): expression.description
        case .none: "NONE"
        case .noAssertion: "NOASSERTION"
        }
    }
}

/// The licence of the model by both of SPDX's and CycloneDX's voices: declared in the model's files, concluded from them.
struct ModelLicense {
    let declared: ExportedLicense
    let concluded: ExportedLicense
    /// What was claimed, where that is no assertion.
    let declaredComment: String?
    /// What the concluded licence rests on. Always there: a conclusion without its reason is worth nothing.
    let concludedComment: String
    /// Files whose texts the conclusion rests on.
    let evidence: [EvidenceFile]
    private let subject: ExportSubject

    init(_ subject: ExportSubject) {
        let (findings, disclosure, registry) = (subject.findings, subject.disclosure, subject.registry)
        let found = findings.licenses
        self.subject = subject
        // A licence of its own for the weights, apart from that of the whole.
        let own = (disclosure[.finalParameters]?.license ?? disclosure.license[.data])?.value
        let isNone = disclosure.license.expression?.value == "NONE" && found.declared == nil
        declared = ExportedLicense(own ?? (isNone ? "NONE" : found.declared?.description), registry)
        declaredComment = declared == .noAssertion ? Self.claimed(own, findings) : nil
        let fault = ConcludedLicense(disclosure, found, registry).fault
        concluded = fault == nil ? ExportedLicense(findings.license, registry) : .noAssertion
        var comment = ([Self.basis(found.basis)] + found.reasons).joined(separator: " ")
        if own != nil { comment = "Stated for the weights, apart from the licence of the whole: a claim of the publisher alone." }
        if let fault { comment = "No licence is concluded: \(fault)." }
        if declared != concluded { comment = "Differs from the declared licence (\(declared.text)). " + comment }
        concludedComment = comment + " No legal advice."
        let isFromTexts = own == nil && found.basis == .text
        evidence = found.files.filter { isFromTexts && $0.role == .license && !$0.reading.texts.isEmpty }.compactMap {
            subject.file(at: $0.path.text)
        }
    }

    private static func basis(_ basis: LicenseFindings.Basis) -> String {
        switch basis {
        case .text: "Rests on a text in the model's files, which no claim contradicts."
        case .claim: "Rests on claims of the publisher alone."
        case .none: "No licence could be concluded."
        }
    }

    private static func claimed(_ own: String?, _ findings: PapersFindings) -> String? {
        let claims = own.map { [$0] } ?? findings.claims[.licenses].map(\.value) + findings.claims[.licenseNames].map(\.value)
        guard !claims.isEmpty, claims != ["NOASSERTION"] else { return nil }
        let shown = claims.prefix(16).map { "\"\(TerminalText.neutralised(String($0.prefix(256))))\"" }.joined(separator: ", ")
        return "No assertion: claimed is \(shown), which does not come to one licence of SPDX's list or one LicenseRef."
    }

    /// The text of a `LicenseRef-` as it stands in the model; nil where it does not.
    func text(of id: String) throws(FormatError) -> (text: String, comment: String)? {
        for file in subject.findings.licenses.files {
            guard let found = file.reading.texts.first(where: { $0.licenseIDs.contains(id) }) else { continue }
            guard let lines = try lines(of: file.path.text) else { continue }
            let range = max(found.firstLine - 1, 0)..<min(found.lastLine, lines.count)
            guard !range.isEmpty else { continue }
            return (lines[range].joined(separator: "\n"), "The text in \(TerminalText.neutralised(file.path.text)), recognised by content.")
        }
        let named = subject.disclosure.license.evidence.map(\.value).filter { !$0.contains("://") }
        guard subject.registry[id] == nil, named.count == 1, let lines = try lines(of: named[0]) else { return nil }
        return (
            lines.joined(separator: "\n"), "The text in \(TerminalText.neutralised(named[0])), which the publisher names as the licence's."
        )
    }

    private func lines(of path: String) throws(FormatError) -> [Substring]? {
        guard let file = subject.file(at: path), file.size <= LicenseTextReading.maximumByteCount else { return nil }
        do {
            let bytes = try file.bytes(at: 0, count: file.size)
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            return text.split(separator: "\n", omittingEmptySubsequences: false)
        } catch {
            throw FormatError(error)
        }
    }
}
