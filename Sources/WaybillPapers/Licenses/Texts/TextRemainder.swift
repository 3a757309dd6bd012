/// What stands around recognised texts in a file of licences.
enum TextRemainder {
    /// The runs of words that are neither a title, nor a statement of copyright, nor a mark that names the licence: they may change what
    /// the licence says.
    static func unexplained(_ words: LicenseWords, outside matches: [Range<Int>], titles: Set<String>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for gap in gaps(matches, count: words.count) {
            var statement = 0
            for index in gap {
                let word = words.word(index)
                if CopyrightStatement.begins(words, at: index) {
                    statement = 1
                } else if statement > 0, statement < CopyrightStatement.maximumWords, !OperativeWords.contains(word) {
                    statement += 1
                } else if titles.contains(word) || isNumber(word) {
                    statement = 0
                } else if let last = found.last, last.upperBound + maximumBetween >= index, last.lowerBound >= gap.lowerBound {
                    found[found.count - 1] = last.lowerBound..<index + 1
                    statement = 0
                } else {
                    found.append(index..<index + 1)
                    statement = 0
                }
            }
        }
        return found
    }

    /// Runs with no more words of titles between them are one, as a reader sees them.
    private static let maximumBetween = 2

    /// A version or a year: up to four digits.
    private static func isNumber(_ word: String) -> Bool {
        word.utf8.count <= 4 && word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// What `matches`, ascending and apart, leave of so many words.
    static func gaps(_ matches: [Range<Int>], count: Int) -> [Range<Int>] {
        let ends = [0] + matches.map(\.upperBound)
        let starts = matches.map(\.lowerBound) + [count]
        return zip(ends, starts).filter { $0 < $1 }.map { $0..<$1 }
    }

    /// Words that may stand in the title of a licence of this name and id.
    static func titleWords(_ license: License) -> [String] {
        let names = LicenseWords(Array((license.name + " " + license.id).unicodeScalars))
        return (0..<names.count).map(names.word).filter { !OperativeWords.contains($0) || $0.hasPrefix("licens") }
    }

    static let generalTitleWords: Set<String> = [
        "license", "licenses", "the", "version", "v", "v1", "v2", "v3", "agreement", "text", "full", "file", "identifier", "spdx",
        "software", "clause", "and", "http", "www", "org", "com", "html", "txt", "january", "february", "march", "april", "june", "july",
        "august", "september", "october", "november", "december",
    ]
}
