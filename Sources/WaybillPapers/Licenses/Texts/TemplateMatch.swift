import WaybillFormat

/// Tries one template at one place of a text. Choices are tried in order and taken back where what follows does not fit, within a number
/// of steps: a text that was made to take long ends without a match.
struct TemplateMatch {
    typealias Element = TextTemplate.Element

    private let words: LicenseWords
    private var remainingSteps: Int

    private static let maximumSteps = 20_000
    /// Statements of copyright take no more words than this between two parts of a text.
    private static let maximumCopyright = 60

    init(_ words: LicenseWords) {
        self.words = words
        remainingSteps = Self.maximumSteps
    }

    /// The words that the whole template covers, if its pivot begins at `start`.
    static func range(of template: TextTemplate, in words: LicenseWords, pivotAt start: Int, steps: inout Int) -> Range<Int>? {
        guard case .run(let pivot) = template.elements[template.pivot], start + pivot.count <= words.count else { return nil }
        steps += 1
        guard words.hash(start..<start + pivot.count) == pivot.hash else { return nil }
        var match = TemplateMatch(words)
        defer { steps += maximumSteps - match.remainingSteps }
        guard let end = match.forward(template.elements[template.pivot...], from: start) else { return nil }
        guard let begin = match.backward(template.elements[..<template.pivot], from: start) else { return nil }
        return begin..<end
    }

    private mutating func step() -> Bool {
        remainingSteps -= 1
        return remainingSteps >= 0
    }

    /// The end of the first way in which `elements` fit from `start` on.
    private mutating func forward(_ elements: ArraySlice<Element>, from start: Int) -> Int? {
        guard step() else { return nil }
        guard let first = elements.first else { return start }
        let rest = elements.dropFirst()
        switch first {
        case .run(let run):
            let end = start + run.count
            guard end <= words.count, fits(run, start..<end) else { return nil }
            return forward(rest, from: end)
        case .gap(let counts):
            for count in counts where start + count <= words.count {
                if count > 0, OperativeWords.contains(words.word(start + count - 1)) { return nil }
                if let end = forward(rest, from: start + count) { return end }
            }
            return nil
        case .copyright:
            for count in 0...min(Self.maximumCopyright, words.count - start) {
                if count > 0, OperativeWords.contains(words.word(start + count - 1)) { return nil }
                if count > 0, !CopyrightStatement.begins(words, at: start) { return nil }
                if let end = forward(rest, from: start + count) { return end }
            }
            return nil
        case .optional(let inside):
            return forward(inside + rest, from: start) ?? forward(rest, from: start)
        case .choice(let choices):
            for choice in choices {
                if let end = forward(choice + rest, from: start) { return end }
            }
            return nil
        }
    }

    /// The beginning of the first way in which `elements` fit up to `end`.
    private mutating func backward(_ elements: ArraySlice<Element>, from end: Int) -> Int? {
        guard step() else { return nil }
        guard let last = elements.last else { return end }
        let rest = elements.dropLast()
        switch last {
        case .run(let run):
            let start = end - run.count
            guard start >= 0, fits(run, start..<end) else { return nil }
            return backward(rest, from: start)
        case .gap(let counts):
            for count in counts where end - count >= 0 {
                if count > 0, OperativeWords.contains(words.word(end - count)) { return nil }
                if let start = backward(rest, from: end - count) { return start }
            }
            return nil
        case .copyright:
            // Where nothing must precede, statements of copyright are left to `TextRemainder`: they may be long.
            var best = backward(rest, from: end)
            for count in 1...max(1, min(Self.maximumCopyright, end)) where end - count >= 0 {
                if OperativeWords.contains(words.word(end - count)) { break }
                guard CopyrightStatement.begins(words, at: end - count) else { continue }
                if let start = backward(rest, from: end - count), start < end - count || best == nil { best = start }
            }
            return best
        case .optional(let inside):
            return backward(rest + inside, from: end) ?? backward(rest, from: end)
        case .choice(let choices):
            for choice in choices {
                if let start = backward(rest + choice, from: end) { return start }
            }
            return nil
        }
    }

    private mutating func fits(_ run: TextTemplate.Run, _ range: Range<Int>) -> Bool {
        guard words.hash(range) == run.hash else { return false }
        // A digest costs more than a step.
        remainingSteps -= run.count / 16
        return run.digest.isEmpty || words.digest(range).hex.hasPrefix(run.digest)
    }
}
