import Testing
import WaybillPapers

@Suite struct LicenseTermsTests {
    @Test func orders() {
        #expect(LicenseTerms.Permission.allCases.sorted() == [.permitted, .conditional, .noAssertion, .prohibited])
        #expect(LicenseTerms.AcceptableUse.allCases.sorted() == [.none, .binding(mutable: false), .noAssertion, .binding(mutable: true)])
        #expect(LicenseTerms.OutputTraining.allCases.sorted() == [.free, .named, .restricted, .noAssertion, .prohibited])
        #expect(LicenseTerms.Copyleft.allCases.sorted() == [.none, .shareAlike, .noAssertion, .network])
        #expect(LicenseTerms.PassThrough.allCases.sorted() == [.none, .noAssertion, .terms])
    }

    /// Joining is commutative but for the order of lists, associative and idempotent, and never makes anything laxer.
    @Test func strictest() {
        let all = LicenseRegistry.current.rows.compactMap(\.terms) + [.noAssertion]
        let some = Array(Set(all))
        #expect(some.count > 15)
        func sameButOrder(_ a: LicenseTerms, _ b: LicenseTerms) -> Bool {
            var (x, y) = (a, b)
            (x.thresholds, y.thresholds) = (.none, .none)
            (x.naming, y.naming) = (.none, .none)
            (x.territoriesExcluded, y.territoriesExcluded) = (.none, .none)
            return x == y && Set(a.thresholds.items) == Set(b.thresholds.items) && Set(a.naming.items) == Set(b.naming.items)
                && a.naming.isComplete == b.naming.isComplete && a.thresholds.isComplete == b.thresholds.isComplete
                && Set(a.territoriesExcluded.items) == Set(b.territoriesExcluded.items)
        }
        for a in some {
            #expect(a.strictest(a) == a)
            for b in some {
                let both = a.strictest(b)
                #expect(sameButOrder(both, b.strictest(a)))
                #expect(both.commercialUse >= a.commercialUse && both.outputTraining >= b.outputTraining && both.copyleft >= a.copyleft)
                #expect(Set(both.naming.items).isSuperset(of: a.naming.items))
                #expect(both.strictest(a) == both)
            }
        }
    }

    @Test func unknownIsNeverNone() {
        var known = LicenseTerms.noAssertion
        known.commercialUse = .permitted
        known.thresholds = .none
        let joined = known.strictest(.noAssertion)
        #expect(joined.commercialUse == .noAssertion)
        #expect(!joined.thresholds.isComplete)
        known.commercialUse = .prohibited
        #expect(known.strictest(.noAssertion).commercialUse == .prohibited)
        #expect(TermList<String>.none != .noAssertion)
        #expect(TermList(["a", "a"]).items == ["a"])
    }
}
