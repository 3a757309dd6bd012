/// What a person who mistyped a word probably meant.
enum Suggestion {
    /// The one of `words` that needs the fewest changed, added or removed letters, at most a third of its own; nil if none is near.
    static func nearest(to word: String, in words: [String]) -> String? {
        let letters = Array(word.lowercased().utf8.prefix(64))
        var best: (word: String, distance: Int)?
        for candidate in words {
            let other = Array(candidate.lowercased().utf8)
            guard abs(other.count - letters.count) <= other.count / 3 else { continue }
            let distance = distance(letters, other)
            guard distance <= max(1, other.count / 3), distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// Levenshtein's; both words are short.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let next = letter == other ? diagonal : min(diagonal, row[j], row[j + 1]) + 1
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
