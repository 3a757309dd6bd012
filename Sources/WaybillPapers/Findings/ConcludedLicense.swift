import WaybillFormat

/// The licence of the whole model and that of its weights, from everything that states one.
struct ConcludedLicense {
    /// Of the whole: SPDX expression, or `NONE`; nil where none could be concluded.
    let whole: String?
    /// Why there is none for the weights, where something states one and yet it is not concluded.
    private(set) var fault: String?

    init(_ disclosure: Disclosure, _ findings: LicenseFindings, _ registry: LicenseRegistry) {
        let isNone = disclosure.license.expression?.value == "NONE"
        switch findings.concluded {
        case let concluded? where isNone:
            whole = nil
            fault = "\(Disclosure.fileName) states that there is no licence, but the files come to \(concluded)"
        case let concluded?: whole = concluded.description
        case nil:
            let isStated = findings.claims.contains { $0.kind == .tag } || findings.files.contains { !$0.reading.texts.isEmpty }
            whole = isNone && !isStated ? "NONE" : nil
            fault = isStated ? (findings.reasons.last ?? "").droppingFullStop : nil
        }
        judge(disclosure, registry)
    }

    /// A licence of its own for the weights must not lift what the licence of the whole restricts.
    private mutating func judge(_ disclosure: Disclosure, _ registry: LicenseRegistry) {
        let own = disclosure[.finalParameters]?.license ?? disclosure.license[.data]
        guard let own, let whole, own.value != whole else { return }
        let stated = StatedLicense(whole, registry)
        guard stated.isOpen != true, TermValues.restrictions.contains(where: { $0.describe(stated.terms) != nil }) || stated.isNone,
            StatedLicense(own.value, registry).expression != stated.expression
        else { return }
        fault = "the weights are stated to stand under \(TerminalText.neutralised(own.value)), but the model comes to \(whole)"
    }
}

extension String {
    fileprivate var droppingFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
