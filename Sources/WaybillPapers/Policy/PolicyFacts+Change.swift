import WaybillFormat

extension PolicyFacts {
    /// What changed against the revision that was held before.
    /// - Parameters:
    ///   - before: its findings, by the same evaluator; nil if none was held.
    ///   - isWhole: whether its files are as they were published, so that these are its findings.
    public mutating func note(change findings: PapersFindings, since before: PapersFindings?, isWhole: Bool = true) {
        self[.firstUse] = .flag(before == nil)
        guard let before else {
            self[.licenseLoosened] = .flag(false)
            self[.disclosureRemoved] = .flag(false)
            return
        }
        guard isWhole, before.readError == nil else {
            for field in [PolicyField.licenseLoosened, .disclosureRemoved] {
                self[field] = .unknown("files of the revision held before were edited or cannot be read")
            }
            return
        }
        self[.licenseLoosened] = .flag(findings.terms.combined.isLooser(than: before.terms.combined))
        self[.disclosureRemoved] = .flag(!before.statements.subtracting(findings.statements).isEmpty)
    }
}

extension LicenseTerms {
    /// Whether anything restricts less than before, or is not asserted any more.
    func isLooser(than before: LicenseTerms) -> Bool {
        func looser<Term: Comparable>(_ key: KeyPath<LicenseTerms, Term>, _ noAssertion: Term, _ least: Term) -> Bool {
            let (now, then) = (self[keyPath: key], before[keyPath: key])
            if then == noAssertion { return false }
            return now == noAssertion ? then > least : now < then
        }
        func dropped<Item: Hashable>(_ key: KeyPath<LicenseTerms, TermList<Item>>) -> Bool {
            !Set(before[keyPath: key].items).isSubset(of: self[keyPath: key].items)
        }
        // Notices and attribution differ by wording; a name or a badge that is not asked for any more is a condition less.
        let shown = Set(before.naming.items.filter { $0.kind == .prefix || $0.kind == .badge })
        return looser(\.commercialUse, .noAssertion, .permitted) || looser(\.modification, .noAssertion, .permitted)
            || looser(\.redistribution, .noAssertion, .permitted) || looser(\.acceptableUse, .noAssertion, .none)
            || looser(\.outputTraining, .noAssertion, .free) || looser(\.copyleft, .noAssertion, .none)
            || looser(\.passThrough, .noAssertion, .none) || dropped(\.thresholds) || dropped(\.territoriesExcluded)
            || !shown.isSubset(of: naming.items)
    }
}

extension PapersFindings {
    /// Everything that somebody stated, as words to compare.
    fileprivate var statements: Set<String> {
        var statements = Set((disclosure?.statedKeys ?? []).map { "disclosure \($0)" })
        for kind in claims.claims.keys { statements.insert("claim \(kind.rawValue)") }
        if let disclosure {
            // One source less is data that are no longer disclosed, though the list is still there.
            for source in disclosure.data.sources { statements.insert("source \(source.name.value)") }
        }
        return statements
    }
}
