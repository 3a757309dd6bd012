/// Where the terms of a model and of its ancestors do not go together.
enum TermConflicts {
    static func conflicts(of sources: [EffectiveTerms.Source]) -> [FindingReason] {
        copylefts(sources) + copyleftAgainstRestrictions(sources) + prefixes(sources) + prohibitions(sources)
    }

    private static func isCopyleft(_ source: EffectiveTerms.Source) -> Bool {
        source.terms.copyleft == .shareAlike || source.terms.copyleft == .network
    }

    /// Each demands that the whole stands under itself.
    private static func copylefts(_ sources: [EffectiveTerms.Source]) -> [FindingReason] {
        let bound = sources.filter(isCopyleft)
        guard let first = bound.first, let other = bound.first(where: { $0.license != first.license }) else { return [] }
        return [
            FindingReason(
                "copyleftConflict",
                "\(first.license ?? "") (\(first.name)) and \(other.license ?? "") (\(other.name)) both demand that derivatives stand under them"
            )
        ]
    }

    /// Copyleft forbids further restrictions.
    private static func copyleftAgainstRestrictions(_ sources: [EffectiveTerms.Source]) -> [FindingReason] {
        guard let bound = sources.first(where: isCopyleft) else { return [] }
        for source in sources where source.name != bound.name {
            guard let what = TermValues.restrictions.lazy.compactMap({ $0.describe(source.terms) }).first else { continue }
            return [
                FindingReason(
                    "copyleftRestricted",
                    "\(bound.license ?? "") (\(bound.name)) allows no further restrictions, but \(what) (\(source.name))")
            ]
        }
        return []
    }

    /// A name has one beginning.
    private static func prefixes(_ sources: [EffectiveTerms.Source]) -> [FindingReason] {
        var found: [(text: String, source: String)] = []
        for source in sources {
            for duty in source.terms.naming.items where duty.kind == .prefix && !found.contains(where: { $0.text == duty.text }) {
                found.append((duty.text, source.name))
            }
        }
        guard found.count > 1 else { return [] }
        return [
            FindingReason(
                "namingConflict",
                "the name must begin with " + found.map { "\"\($0.text)\" (\($0.source))" }.joined(separator: " and with "))
        ]
    }

    /// The model is a modification that is passed on.
    private static func prohibitions(_ sources: [EffectiveTerms.Source]) -> [FindingReason] {
        sources.dropFirst().flatMap { source in
            [
                source.terms.modification == .prohibited
                    ? FindingReason("modificationProhibited", "\(source.name) prohibits modification, but this model was made from it")
                    : nil,
                source.terms.redistribution == .prohibited
                    ? FindingReason("redistributionProhibited", "\(source.name) prohibits redistribution of what was made from it") : nil,
            ].compactMap { $0 }
        }
    }

    /// The first source is the model itself. What is no assertion on either side is not compared.
    static func permissiveLabels(of sources: [EffectiveTerms.Source]) -> [FindingReason] {
        guard let own = sources.first else { return [] }
        return sources.dropFirst().compactMap { ancestor in
            let looser = looserTerms(own.terms, than: ancestor.terms)
            guard !looser.isEmpty else { return nil }
            return FindingReason(
                "labelledMorePermissively",
                "labelled \(own.license ?? ""), but \(ancestor.name) stands under \(ancestor.license ?? ""), which is stricter in "
                    + looser.joined(separator: ", "))
        }
    }

    private static func looserTerms(_ own: LicenseTerms, than ancestor: LicenseTerms) -> [String] {
        func looser<Term: Comparable>(_ name: String, _ key: KeyPath<LicenseTerms, Term>, _ noAssertion: Term) -> String? {
            let (a, b) = (own[keyPath: key], ancestor[keyPath: key])
            return a != noAssertion && b != noAssertion && a < b ? name : nil
        }
        func lacks<Item>(_ name: String, _ key: KeyPath<LicenseTerms, TermList<Item>>, _ counts: (Item) -> Bool = { _ in true }) -> String?
        {
            let mine = own[keyPath: key]
            return mine.isComplete && ancestor[keyPath: key].items.contains { counts($0) && !mine.items.contains($0) } ? name : nil
        }
        return [
            looser("commercialUse", \.commercialUse, .noAssertion), looser("modification", \.modification, .noAssertion),
            looser("redistribution", \.redistribution, .noAssertion), looser("acceptableUse", \.acceptableUse, .noAssertion),
            lacks("thresholds", \.thresholds), lacks("territoriesExcluded", \.territoriesExcluded),
            // Notices and attributions are passed on as files, whatever the licence of the derivative.
            lacks("naming", \.naming) { $0.kind == .prefix || $0.kind == .badge },
            looser("outputTraining", \.outputTraining, .noAssertion), looser("copyleft", \.copyleft, .noAssertion),
            looser("passThrough", \.passThrough, .noAssertion),
        ].compactMap { $0 }
    }
}
