/// The lines that words stand in. O(log n) for each question.
struct TextLines {
    private let words: LicenseWords
    private let before: Int
    /// Where lines begin, in scalars.
    private let starts: [Int]

    private static let maximumHeading = 200
    private static let maximumDistance = 100

    /// - Parameter before: lines in front of the text.
    init(_ words: LicenseWords, before: Int) {
        self.words = words
        self.before = before
        starts = [0] + words.scalars.indices.filter { words.scalars[$0] == "\n" }.map { $0 + 1 }
    }

    /// The line of a word, from 1.
    func number(_ word: Int) -> Int { before + index(word) + 1 }

    /// The nearest line above that begins with `#`, without its marks, or nil.
    func heading(above word: Int) -> String? {
        var line = index(word)
        let farthest = max(0, line - Self.maximumDistance)
        while line > farthest {
            line -= 1
            guard words.scalars[starts[line]] == "#" else { continue }
            let end = min(starts[line + 1] - 1, starts[line] + Self.maximumHeading)
            var text = ""
            text.unicodeScalars.append(contentsOf: words.scalars[starts[line]..<end].drop { $0 == "#" || $0 == " " })
            return text
        }
        return nil
    }

    private func index(_ word: Int) -> Int {
        let place = Int(words.starts[word])
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] > place { high = middle } else { low = middle + 1 }
        }
        return low - 1
    }
}
