import WaybillFormat
import WaybillSystem

/// A text as the words that licence texts are compared by (Protocol/LICENSES.md, "Words"). O(n) in time and memory.
package struct LicenseWords: Sendable {
    /// The Mersenne prime that runs of words are hashed by.
    static let prime: UInt64 = (1 << 61) - 1
    static let base: UInt64 = 0x0E9F_1D7A_3B5C_4D21

    /// The text that `starts` and `ends` count in.
    let scalars: [Unicode.Scalar]
    /// Of every word, where it stands in `scalars`.
    private(set) var starts: [Int32] = []
    private(set) var ends: [Int32] = []
    /// The words as they are compared, a space between two.
    private(set) var canonical: [UInt8] = []
    /// Where every word begins in `canonical`.
    private var offsets: [Int32] = []
    /// Of the first n words.
    private var prefixes: [UInt64] = [0]
    private var powers: [UInt64] = [1]

    package var count: Int { starts.count }

    /// - Parameter dropsLinkTargets: of Markdown's `[text](target)` only the text counts.
    init(_ scalars: [Unicode.Scalar], dropsLinkTargets: Bool = false) {
        self.scalars = scalars
        var scanner = LicenseWordScanner(scalars, dropsLinkTargets: dropsLinkTargets)
        while let word = scanner.next() { append(word) }
    }

    /// - Parameter bytes: UTF-8, or UTF-16 with a byte order mark. What is neither becomes U+FFFD, which is no part of a word.
    package init(bytes: [UInt8], dropsLinkTargets: Bool = false) {
        self.init(Self.scalars(bytes), dropsLinkTargets: dropsLinkTargets)
    }

    static func scalars(_ bytes: [UInt8]) -> [Unicode.Scalar] {
        guard bytes.count >= 2, [[0xFF, 0xFE], [0xFE, 0xFF]].contains(Array(bytes.prefix(2))) else {
            return Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        }
        let isLittle = bytes[0] == 0xFF
        let units: [UInt16] = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        return Array(String(decoding: units, as: UTF16.self).unicodeScalars)
    }

    private mutating func append(_ word: LicenseWordScanner.Word) {
        if !canonical.isEmpty { canonical.append(UInt8(ascii: " ")) }
        offsets.append(Int32(canonical.count))
        canonical += word.text
        starts.append(Int32(word.start))
        ends.append(Int32(word.end))
        prefixes.append(Self.sum(Self.product(prefixes[prefixes.count - 1], Self.base), Self.hash(word.text)))
        powers.append(Self.product(powers[powers.count - 1], Self.base))
    }

    /// The hash of a run of words. Whoever knows `base` can make two runs with one hash: it finds, it proves nothing.
    func hash(_ range: Range<Int>) -> UInt64 {
        let before = Self.product(prefixes[range.lowerBound], powers[range.count])
        let difference = prefixes[range.upperBound] &+ Self.prime &- before
        return difference >= Self.prime ? difference - Self.prime : difference
    }

    /// The SHA-256 of a run of words, a space between two.
    func digest(_ range: Range<Int>) -> Digest { SHA256.digest(of: Array(canonical[bytes(range)])) }

    package func word(_ index: Int) -> String { String(decoding: canonical[bytes(index..<index + 1)], as: UTF8.self) }

    /// A run of words as it was written, white space as single spaces.
    package func written(_ range: Range<Int>) -> String {
        guard !range.isEmpty else { return "" }
        var text = ""
        for scalar in scalars[Int(starts[range.lowerBound])..<Int(ends[range.upperBound - 1])] {
            if scalar.properties.isWhitespace {
                if !text.hasSuffix(" ") { text += " " }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private func bytes(_ range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        let end = range.upperBound == count ? canonical.count : Int(offsets[range.upperBound]) - 1
        return Int(offsets[range.lowerBound])..<end
    }

    static func hash(_ word: [UInt8]) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value % prime
    }

    private static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        return sum(low & prime, high << 3 | low >> 61)
    }

    private static func sum(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let sum = a + b
        return sum >= prime ? sum - prime : sum
    }
}
