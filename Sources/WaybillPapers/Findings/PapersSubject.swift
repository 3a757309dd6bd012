import WaybillFormat

/// Everything that findings are made from, gathered once.
struct PapersSubject: Sendable {
    var paths: Set<String>
    var weights: [ModelPath]
    var disclosure: Disclosure
    /// Whether README.md says anything beside its front matter.
    var hasCardText: Bool
    /// Of the whole, from disclosure.yaml or else concluded from the other files.
    var license: String?
    var registry: LicenseRegistry

    /// What a component's statement comes to.
    struct Standing {
        var status: ComponentStatus
        /// Of a released component: its licence.
        var license: StatedLicense
        var licenseText: String?
        /// Why it does not count, though released.
        var fault: String?
    }

    /// The release by the MOF: what is stated, and what the files themselves show where nothing is stated.
    var release: MOFRelease {
        MOFRelease(
            items: MOFComponent.allCases.compactMap { component in
                guard status(of: component) == .released else { return nil }
                return MOFRelease.Item(component, license: disclosure[component]?.license?.value, fault: fault(of: component))
            },
            licenses: Dictionary(
                uniqueKeysWithValues: MOFComponent.ContentType.allCases.compactMap { type in
                    disclosure.license[type].map { (type, $0.value) }
                }),
            distribution: license)
    }

    func standing(of component: MOFComponent) -> Standing {
        let text = release.license(of: MOFRelease.Item(component, license: disclosure[component]?.license?.value))
        return Standing(
            status: status(of: component), license: StatedLicense(text, registry), licenseText: text, fault: fault(of: component))
    }

    func status(of component: MOFComponent) -> ComponentStatus {
        if let stated = disclosure[component] { return stated.status.value }
        switch component {
        case .finalParameters: return weights.isEmpty ? .noAssertion : .released
        case .modelCard: return hasCardText ? .released : .noAssertion
        default: return .noAssertion
        }
    }

    /// The licence of the weights, as stated.
    var weightsLicense: StatedLicense { standing(of: .finalParameters).license }

    private func fault(of component: MOFComponent) -> String? {
        let location = disclosure[component]?.location?.value
        if let location, !location.contains("://"), !holds(location) {
            return "its location `\(TerminalText.neutralised(location))` is no file of the model"
        }
        if component == .finalParameters, weights.isEmpty, location == nil { return "the model has no file of weights" }
        return nil
    }

    /// Whether the model has that file, or files below that path.
    func holds(_ location: String) -> Bool {
        paths.contains(location) || paths.contains { $0.utf8.starts(with: (location + "/").utf8) }
    }
}
