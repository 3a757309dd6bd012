import WaybillFormat

/// The licence of the whole model, from everything that states one.
struct ConcludedLicense {
    /// SPDX expression, or `NONE`; nil where none could be concluded.
    let expression: String?
    /// Why there is none, where claims contradict each other.
    let fault: String?
    let notices: [String]

    init(_ disclosure: Disclosure?, _ claims: Papers, _ registry: LicenseRegistry) {
        var found: [String] = []
        if let stated = disclosure?.license.expression?.value, stated != "NOASSERTION" { found.append(stated) }
        for claim in claims[.licenses] {
            let id = registry.license(hubID: claim.value)?.id ?? claim.value
            if !found.contains(id) { found.append(id) }
        }
        expression = found.count == 1 ? found.first : nil
        fault = found.count > 1 ? "the licence is stated as " + found.map(TerminalText.neutralised).joined(separator: " and as ") : nil
        notices = fault.map { [$0] } ?? []
    }
}
