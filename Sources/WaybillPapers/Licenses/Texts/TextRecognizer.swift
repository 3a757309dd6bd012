/// Finds licence texts in a text.
package struct TextRecognizer: Sendable {
    package struct Match: Sendable, Equatable {
        package let template: Int
        package let range: Range<Int>
    }

    package static let current = TextRecognizer(LicenseTextTable.templates)

    package let templates: [TextTemplate]
    private let byAnchor: [UInt64: [Int]]
    /// A file may cost so many steps for each of its words: enough for any text that is no attack.
    private static let stepsPerWord = 256

    package init(_ templates: [TextTemplate]) {
        self.templates = templates
        var byAnchor: [UInt64: [Int]] = [:]
        for (index, template) in templates.enumerated() { byAnchor[template.anchor, default: []].append(index) }
        self.byAnchor = byAnchor
    }

    /// The texts, in order and apart: of those that overlap the longest, of those that are equally long the first of the table.
    package func matches(in words: LicenseWords) -> [Match] {
        let width = TextTemplate.anchorWidth
        guard words.count >= width else { return [] }
        var found: [Match] = []
        var steps = 0
        for start in 0...words.count - width {
            guard let candidates = byAnchor[words.hash(start..<start + width)] else { continue }
            for candidate in candidates {
                guard steps < Self.stepsPerWord * words.count else { return Self.apart(found) }
                if let range = TemplateMatch.range(of: templates[candidate], in: words, pivotAt: start, steps: &steps) {
                    found.append(Match(template: candidate, range: range))
                }
            }
        }
        return Self.apart(found)
    }

    private static func apart(_ found: [Match]) -> [Match] {
        let byLength = found.sorted {
            ($1.range.count, $0.range.lowerBound, $0.template) < ($0.range.count, $1.range.lowerBound, $1.template)
        }
        var taken: [Match] = []
        // Matches of one length do not overlap once taken: what is sorted by place stays so by binary search.
        for match in byLength {
            let place = taken.partitioningIndex { $0.range.lowerBound >= match.range.lowerBound }
            if place > 0, taken[place - 1].range.upperBound > match.range.lowerBound { continue }
            if place < taken.count, taken[place].range.lowerBound < match.range.upperBound { continue }
            taken.insert(match, at: place)
        }
        return taken
    }
}

extension Array {
    /// The first index from which on `predicate` holds; it holds for no element before.
    fileprivate func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
