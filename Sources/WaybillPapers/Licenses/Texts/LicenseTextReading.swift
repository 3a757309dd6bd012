import WaybillFormat

/// What one text says about licences, by its content alone.
public struct LicenseTextReading: Sendable, Hashable {
    /// A licence's text, whole.
    public struct Text: Sendable, Hashable {
        /// Ids of the registry, the narrowest first: several where one text serves them all.
        public let licenseIDs: [String]
        /// From 1.
        public let firstLine: Int
        public let lastLine: Int
        /// The last words of a heading above it, if a line of its own stands there.
        public let heading: String?
    }

    /// Something near a licence's text that is not it.
    public struct Resemblance: Sendable, Hashable {
        public let licenseID: String
        /// Of the licence's runs of eight words, how many stand here.
        public let percent: Int
        public let firstLine: Int
        /// Where the words differ, as they are written here, at most three places.
        public let differences: [String]
        /// Runs of the licence that do not stand here.
        public let missingRuns: Int
    }

    public let texts: [Text]
    public let resemblances: [Resemblance]
    /// Words that belong to no recognised text, no title and no statement of copyright, as they are written, at most three places.
    public let additions: [String]
    /// How many such words there are.
    public let additionalWords: Int
    public let wordCount: Int

    /// The text is a licence, or several, and nothing else that could change it.
    public var isWhole: Bool { !texts.isEmpty && additionalWords == 0 }

    /// Texts longer than this are not read: 1 MiB.
    public static let maximumByteCount = 1 << 20

    private static let maximumResemblances = 16

    /// - Parameter bytes: at most `maximumByteCount`; what is beyond is not read.
    public init(of bytes: [UInt8], registry: LicenseRegistry = .current) {
        let all = LicenseWords.scalars(Array(bytes.prefix(Self.maximumByteCount)))
        let start = TextMetadata.end(all)
        let scalars = Array(all[start...])
        let lines = all[..<start].count { $0 == "\n" }
        let plain = Self(LicenseWords(scalars), lines, registry)
        guard !plain.isWhole, scalars.contains("]") else {
            self = plain
            return
        }
        // Markdown's links may be those of the text or added to it: whichever explains more.
        let dropped = Self(LicenseWords(scalars, dropsLinkTargets: true), lines, registry)
        let isBetter = (dropped.texts.count, -dropped.additionalWords) > (plain.texts.count, -plain.additionalWords)
        self = isBetter ? dropped : plain
    }

    private init(_ words: LicenseWords, _ linesBefore: Int, _ registry: LicenseRegistry) {
        let recognizer = TextRecognizer.current
        let lines = TextLines(words, before: linesBefore)
        let matches = recognizer.matches(in: words)
        var titles = TextRemainder.generalTitleWords
        for match in matches {
            for id in recognizer.templates[match.template].licenseIDs {
                if let license = registry[id] { titles.formUnion(TextRemainder.titleWords(license)) }
            }
        }
        texts = matches.map { match in
            Text(
                licenseIDs: recognizer.templates[match.template].licenseIDs, firstLine: lines.number(match.range.lowerBound),
                lastLine: lines.number(match.range.upperBound - 1), heading: lines.heading(above: match.range.lowerBound))
        }
        let ranges = matches.map(\.range)
        resemblances = TextRemainder.gaps(ranges, count: words.count).lazy.compactMap { gap in
            TextComparison.current.resemblance(words, in: gap).map { Self.resemblance($0, words, lines) }
        }.prefix(Self.maximumResemblances).map(\.self)
        let unexplained = TextRemainder.unexplained(words, outside: ranges, titles: titles)
        additions = unexplained.prefix(3).map { Self.excerpt(words, $0) }
        additionalWords = unexplained.reduce(0) { $0 + $1.count }
        wordCount = words.count
    }

    private static func resemblance(_ found: TextResemblance, _ words: LicenseWords, _ lines: TextLines) -> Resemblance {
        Resemblance(
            licenseID: TextComparison.current.licenseID(found.template), percent: found.percent,
            firstLine: lines.number(found.range.lowerBound),
            differences: found.differing.filter { !$0.isEmpty }.prefix(3).map { excerpt(words, $0) }, missingRuns: found.missing)
    }

    /// The first words of a run, safe to print.
    private static func excerpt(_ words: LicenseWords, _ range: Range<Int>) -> String {
        let shown = range.prefix(16)
        return TerminalText.neutralised(words.written(shown.lowerBound..<shown.upperBound)) + (shown.count < range.count ? " ..." : "")
    }
}
