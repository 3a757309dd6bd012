/// A text that is nearly a licence's, and is not.
package struct TextResemblance: Sendable, Equatable {
    package let template: Int
    /// Of the licence's runs of eight words, how many stand in the text: 60 to 99, or 100 where all do, with other words between.
    package let percent: Int
    /// The words of the text from its first to its last common run.
    package let range: Range<Int>
    /// Words inside `range` that belong to no common run, so that the difference is among them. None where the table has not all runs.
    package let differing: [Range<Int>]
    /// Runs of the licence that the text lacks.
    package let missing: Int
}

/// Compares texts by runs of eight words.
package struct TextComparison: Sendable {
    package static let current = TextComparison(LicenseTextTable.templates)

    /// Below these, common phrases alone make texts alike.
    private static let minimumPercent = 60
    private static let minimumCommon = 3

    private let templates: [TextTemplate]
    /// The templates that have a run.
    private let postings: [UInt32: [Int32]]
    /// How many different runs a template has.
    private let totals: [Int]

    init(_ templates: [TextTemplate]) {
        self.templates = templates
        var postings: [UInt32: [Int32]] = [:]
        for (index, template) in templates.enumerated() {
            for block in Set(template.blocks) { postings[block, default: []].append(Int32(index)) }
        }
        self.postings = postings
        totals = templates.map { Set($0.blocks).count }
    }

    /// What a run of words is like most, if it is like anything.
    package func resemblance(_ words: LicenseWords, in range: Range<Int>) -> TextResemblance? {
        let width = TextTemplate.blockWidth
        guard range.count >= width else { return nil }
        var common: [Int32: Int] = [:]
        var seen: Set<UInt32> = []
        for start in range.lowerBound...range.upperBound - width {
            let block = Self.fold(words.hash(start..<start + width))
            guard let alike = postings[block], seen.insert(block).inserted else { continue }
            for template in alike { common[template, default: 0] += 1 }
        }
        // A run that is missing tells more than one that is there: texts that others were made from share most runs with them.
        func score(_ entry: (key: Int32, value: Int)) -> Int {
            let missing = totals[Int(entry.key)] - entry.value
            return (entry.value - 3 * missing) * templates[Int(entry.key)].blockStep
        }
        let best = common.filter { $0.value >= Self.minimumCommon && $0.value * 100 >= totals[Int($0.key)] * Self.minimumPercent }
            .max { (score($0), $1.key) < (score($1), $0.key) }
        guard let best else { return nil }
        return describe(words, range, template: Int(best.key), common: best.value, total: totals[Int(best.key)])
    }

    func licenseID(_ template: Int) -> String { templates[template].licenseIDs.first ?? "" }

    private func describe(
        _ words: LicenseWords, _ range: Range<Int>, template: Int, common: Int, total: Int
    ) -> TextResemblance {
        let width = TextTemplate.blockWidth
        let blocks = Set(templates[template].blocks)
        var covered: [Range<Int>] = []
        for start in range.lowerBound...range.upperBound - width where blocks.contains(Self.fold(words.hash(start..<start + width))) {
            if let last = covered.last, last.upperBound >= start {
                covered[covered.count - 1] = last.lowerBound..<start + width
            } else {
                covered.append(start..<start + width)
            }
        }
        let whole = (covered.first?.lowerBound ?? range.lowerBound)..<(covered.last?.upperBound ?? range.upperBound)
        let differing = templates[template].blockStep == 1 ? zip(covered, covered.dropFirst()).map { $0.upperBound..<$1.lowerBound } : []
        return TextResemblance(
            template: template, percent: common * 100 / total, range: whole, differing: differing, missing: total - common)
    }

    /// 24 bits of a hash.
    static func fold(_ hash: UInt64) -> UInt32 { UInt32((hash ^ hash >> 24 ^ hash >> 48) & 0xFF_FFFF) }
}
