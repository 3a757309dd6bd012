/// The words for terms.
enum TermValues {
    /// What restricts, and how to say so.
    static let restrictions: [(code: String, describe: @Sendable (LicenseTerms) -> String?)] = permissions + named

    private static let permissions: [(code: String, describe: @Sendable (LicenseTerms) -> String?)] = [
        ("commercialUse", { limited("commercial use", $0.commercialUse, $0) }),
        ("modification", { limited("modification", $0.modification, $0) }),
        ("redistribution", { limited("redistribution", $0.redistribution, $0) }),
    ]

    /// Restrictions that say themselves what they restrict to.
    private static let named: [(code: String, describe: @Sendable (LicenseTerms) -> String?)] = [
        (
            "acceptableUse",
            { terms in
                switch terms.acceptableUse {
                case .binding(mutable: false): "an acceptable-use policy binds users"
                case .binding(mutable: true): "an acceptable-use policy, which the licensor may change, binds users"
                case .none, .noAssertion: nil
                }
            }
        ),
        ("thresholds", { $0.thresholds.items.first { $0.effect != .attribution }.map(text) }),
        (
            "territories",
            { terms in
                terms.territoriesExcluded.items.isEmpty ? nil : "not licensed in " + terms.territoriesExcluded.items.joined(separator: ", ")
            }
        ),
        (
            "outputTraining",
            { terms in
                switch terms.outputTraining {
                case .prohibited: "training other models on outputs is prohibited"
                case .restricted: "training other models on outputs is restricted"
                case .free, .named, .noAssertion: nil
                }
            }
        ),
    ]

    /// A permission on conditions is told by the terms that name the conditions, and by itself only where none does.
    private static func limited(_ what: String, _ permission: LicenseTerms.Permission, _ terms: LicenseTerms) -> String? {
        switch permission {
        case .prohibited: "\(what) is prohibited"
        case .conditional: named.contains { $0.describe(terms) != nil } ? nil : "\(what) is allowed on conditions only"
        case .permitted, .noAssertion: nil
        }
    }

    /// Whether every term is asserted that could restrict.
    static func isFullyKnown(_ terms: LicenseTerms) -> Bool {
        terms.commercialUse != .noAssertion && terms.modification != .noAssertion && terms.redistribution != .noAssertion
            && terms.acceptableUse != .noAssertion && terms.thresholds.isComplete && terms.territoriesExcluded.isComplete
    }

    static func text(_ threshold: UseThreshold) -> String {
        let metric =
            switch threshold.metric {
            case .monthlyActiveUsers: "monthly active users"
            case .annualRevenue: "\(threshold.currency ?? "") of annual revenue"
            case .monthlyRevenue: "\(threshold.currency ?? "") of monthly revenue"
            }
        let effect =
            switch threshold.effect {
            case .licenseRequired: "a separate licence is required"
            case .attribution: "the licensor must be named"
            case .prohibited: "nothing is licensed"
            }
        return "above \(threshold.value) \(metric.trimmingPrefix(" ")) \(effect)"
    }

    static func text(_ duty: NamingDuty) -> String { duty.text.isEmpty ? duty.kind.rawValue : "\(duty.kind.rawValue): \(duty.text)" }

    static func text(_ use: LicenseTerms.AcceptableUse) -> String {
        switch use {
        case .none: "none"
        case .binding(mutable: false): "binding"
        case .binding(mutable: true): "bindingMutable"
        case .noAssertion: "noAssertion"
        }
    }

    /// Per term the strictest asserted value and all who impose it; of lists every item.
    static func values(of sources: [EffectiveTerms.Source]) -> [EffectiveTerms.Value] {
        typealias Terms = LicenseTerms
        return [
            strictest("commercialUse", sources, \.commercialUse, .noAssertion, \.rawValue),
            strictest("modification", sources, \.modification, .noAssertion, \.rawValue),
            strictest("redistribution", sources, \.redistribution, .noAssertion, \.rawValue),
            strictest("acceptableUse", sources, \.acceptableUse, .noAssertion, text),
            items("thresholds", sources, \.thresholds, text), items("territoriesExcluded", sources, \.territoriesExcluded) { $0 },
            items("naming", sources, \.naming, text),
            strictest("outputTraining", sources, \.outputTraining, .noAssertion, \.rawValue),
            strictest("copyleft", sources, \.copyleft, .noAssertion, \.rawValue),
            strictest("passThrough", sources, \.passThrough, .noAssertion, \.rawValue),
        ].flatMap { $0 }
    }

    private static func strictest<Term: Comparable>(
        _ name: String, _ sources: [EffectiveTerms.Source], _ key: KeyPath<LicenseTerms, Term>, _ noAssertion: Term,
        _ text: (Term) -> String
    ) -> [EffectiveTerms.Value] {
        let asserted = sources.filter { $0.terms[keyPath: key] != noAssertion }
        guard let value = asserted.map({ $0.terms[keyPath: key] }).max() else { return [] }
        let imposers = asserted.filter { $0.terms[keyPath: key] == value }.map(\.name)
        return [EffectiveTerms.Value(term: name, value: text(value), imposedBy: imposers)]
    }

    private static func items<Item: Hashable & Sendable>(
        _ name: String, _ sources: [EffectiveTerms.Source], _ key: KeyPath<LicenseTerms, TermList<Item>>, _ text: (Item) -> String
    ) -> [EffectiveTerms.Value] {
        var order: [Item] = []
        var imposers: [Item: [String]] = [:]
        for source in sources {
            for item in source.terms[keyPath: key].items {
                if imposers[item] == nil { order.append(item) }
                imposers[item, default: []].append(source.name)
            }
        }
        return order.map { EffectiveTerms.Value(term: name, value: text($0), imposedBy: imposers[$0] ?? []) }
    }
}
