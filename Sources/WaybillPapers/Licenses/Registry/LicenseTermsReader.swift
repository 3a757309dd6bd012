import WaybillFormat

/// Terms as `reviewedLicenses` writes them: the name of a set, or members, `like` naming a set that they change.
enum LicenseTermsReader {
    private static let members: Set<String> = [
        "like", "commercialUse", "modification", "redistribution", "acceptableUse", "thresholds", "territoriesExcluded", "naming",
        "outputTraining", "copyleft", "passThrough",
    ]

    /// Nil if anything in it is not understood.
    static func terms(_ value: JSONValue, sets: JSONValue) -> LicenseTerms? {
        switch value {
        case .string(let name):
            guard let set = sets[name], set["like"] == nil else { return nil }
            return terms(set, sets: sets)
        case .object(let object):
            guard members.isSuperset(of: object.keys) else { return nil }
            var terms = LicenseTerms.noAssertion
            if let name = object["like"] {
                guard case .string = name, let base = self.terms(name, sets: sets) else { return nil }
                terms = base
            }
            return apply(value, to: &terms) ? terms : nil
        default: return nil
        }
    }

    private static func apply(_ value: JSONValue, to terms: inout LicenseTerms) -> Bool {
        set(value["commercialUse"], &terms.commercialUse) && set(value["modification"], &terms.modification)
            && set(value["redistribution"], &terms.redistribution) && set(value["outputTraining"], &terms.outputTraining)
            && set(value["copyleft"], &terms.copyleft) && set(value["passThrough"], &terms.passThrough)
            && acceptableUse(value["acceptableUse"], &terms.acceptableUse)
            && list(value["thresholds"], &terms.thresholds, threshold)
            && list(value["territoriesExcluded"], &terms.territoriesExcluded, \.text)
            && list(value["naming"], &terms.naming, duty)
    }

    private static func set<Term: RawRepresentable<String>>(_ value: JSONValue?, _ term: inout Term) -> Bool {
        guard let value else { return true }
        guard let read = value.text.flatMap(Term.init(rawValue:)) else { return false }
        term = read
        return true
    }

    private static func acceptableUse(_ value: JSONValue?, _ term: inout LicenseTerms.AcceptableUse) -> Bool {
        guard let value else { return true }
        switch value.text {
        case "none": term = .none
        case "fixed": term = .binding(mutable: false)
        case "mutable": term = .binding(mutable: true)
        case "noAssertion": term = .noAssertion
        default: return false
        }
        return true
    }

    /// `[...]` is complete, `{"items": [...]}` is not.
    private static func list<Element: Hashable & Sendable>(
        _ value: JSONValue?, _ term: inout TermList<Element>, _ read: (JSONValue) -> Element?
    ) -> Bool {
        guard let value else { return true }
        if value.text == "noAssertion" {
            term = .noAssertion
            return true
        }
        guard let elements = value.elements ?? value["items"]?.elements else { return false }
        let items = elements.compactMap(read)
        term = TermList(items, isComplete: value.elements != nil)
        return items.count == elements.count
    }

    private static func threshold(_ value: JSONValue) -> UseThreshold? {
        guard let metric = value["metric"]?.text.flatMap(UseThreshold.Metric.init), let number = value["value"]?.number,
            let effect = value["effect"]?.text.flatMap(UseThreshold.Effect.init)
        else { return nil }
        return UseThreshold(metric: metric, value: number, currency: value["currency"]?.text, effect: effect)
    }

    private static func duty(_ value: JSONValue) -> NamingDuty? {
        guard let kind = value["kind"]?.text.flatMap(NamingDuty.Kind.init), let text = value["text"]?.text else { return nil }
        return NamingDuty(kind: kind, text: text)
    }
}
