/// What a person who mistyped a word probably meant.
enum Suggestion {
    /// The one of `words` that needs the fewest changed, added, removed or swapped letters, at most a third of its own; nil if none is near.
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

    /// Changed, added and removed letters, and neighbours that changed places; both words are short.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before = [Int](repeating: 0, count: b.count + 1)
        var row = Array(0...b.count)
        for i in a.indices {
            var next = [i + 1]
            for j in b.indices {
                var best = min(row[j] + (a[i] == b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                next.append(best)
            }
            before = row
            row = next
        }
        return row[b.count]
    }
}
