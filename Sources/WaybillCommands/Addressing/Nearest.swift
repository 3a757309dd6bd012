/// Suggestions for typos.
package enum Nearest {
    /// The candidate that is least far from `word`, if it is near enough to be meant. Case does not count.
    package static func to(_ word: String, in candidates: some Sequence<String>) -> String? {
        let limit = max(1, min(word.count, 24) / 3)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            // A hostile catalogue cannot make this slow.
            guard candidate.utf8.count <= 256, abs(candidate.count - word.count) <= limit else { continue }
            let distance = distance(word.lowercased(), candidate.lowercased())
            if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
        }
        return best?.candidate
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two words.
    package static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.unicodeScalars.prefix(256))
        let b = Array(b.unicodeScalars.prefix(256))
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var before: [Int] = []
        var above = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
            }
            before = above
            above = row
        }
        return above[b.count]
    }
}
