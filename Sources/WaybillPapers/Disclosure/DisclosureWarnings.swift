import WaybillFormat

/// What is well-formed in a disclosure and yet doubtful.
struct DisclosureWarnings {
    private(set) var found: [DocumentProblem] = []
    private let paths: Set<String>
    private let registry: LicenseRegistry

    init(_ disclosure: Disclosure, _ findings: PapersFindings, paths: Set<String>, _ registry: LicenseRegistry) {
        self.paths = paths
        self.registry = registry
        license(disclosure.license.expression, "license.expression")
        for type in MOFComponent.ContentType.allCases { license(disclosure.license[type], "license.\(type.rawValue)") }
        for evidence in disclosure.license.evidence { location(evidence, "license.evidence") }
        if disclosure.license.expression != nil, disclosure.license.evidence.isEmpty {
            warn(disclosure.license.expression?.line, "license", "names no evidence: the text of the licence")
        }
        for (index, component) in disclosure.components.enumerated() { check(component, "components[\(index + 1)]") }
        for (index, model) in disclosure.baseModels.enumerated() {
            let place = "baseModels[\(index + 1)]"
            license(model.license, "\(place).license")
            location(model.evidence, "\(place).evidence")
            if model.revision == nil, model.manifest == nil, model.file == nil {
                warn(model.id.line, place, "names no revision, manifest or file: another model may take its name")
            }
        }
        for (index, source) in disclosure.data.sources.enumerated() { check(source, "data.sources[\(index + 1)]") }
        location(disclosure.model.architectureInformation.location, "model.architectureInformation.location")
        location(disclosure.model.usageInformation.location, "model.usageInformation.location")
        for reason in findings.terms.permissiveLabels + findings.terms.conflicts { warn(nil, "", reason.text) }
        for notice in findings.notices { warn(nil, "", notice) }
    }

    private mutating func check(_ component: DisclosedComponent, _ place: String) {
        license(component.license, "\(place).license")
        location(component.location, "\(place).location")
        location(component.evidence, "\(place).evidence")
        if component.status.value == .released, component.location == nil, component.name.value != .finalParameters {
            warn(component.name.line, place, "is released, but says not where")
        }
    }

    private mutating func check(_ source: DataSource, _ place: String) {
        license(source.license, "\(place).license")
        location(source.location, "\(place).location")
        if source.access == nil { warn(source.line, place, "has no access class: who can get it") }
        if source.category?.value == .synthetic, source.generatedBy.isEmpty {
            warn(source.line, place, "is synthetic, but names no model that made it")
        }
        if source.category?.value == .crawled, source.crawler.names.isEmpty { warn(source.line, place, "is crawled, but names no crawler") }
    }

    private mutating func license(_ stated: Stated<String>?, _ place: String) {
        guard let stated else { return }
        for id in StatedLicense(stated.value, registry).unknown {
            warn(stated.line, place, "names `\(TerminalText.neutralised(id))`, a licence that is not known here")
        }
    }

    private mutating func location(_ stated: Stated<String>?, _ place: String) {
        guard let stated, !stated.value.contains("://") else { return }
        let folder = stated.value + "/"
        guard !paths.contains(stated.value), !paths.contains(where: { $0.utf8.starts(with: folder.utf8) }) else { return }
        warn(stated.line, place, "`\(TerminalText.neutralised(stated.value))` is no file of the model")
    }

    private mutating func warn(_ line: Int?, _ place: String, _ problem: String) {
        found.append(DocumentProblem(.warning, line: line, place: place, problem: problem))
    }
}
