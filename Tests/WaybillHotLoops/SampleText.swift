/// Text as configurations and vocabularies have it.
enum SampleText {
    private static let syllables = [
        "to", "ken", "ing", "er", "li", "mo", "del", "ra", "st", "en", "wor", "ld", "a", "un", "ized", "che",
    ]

    /// A list of objects, `count` bytes of it.
    static func json(_ count: Int) -> [UInt8] {
        var numbers = SeededNumbers(3)
        var text = Array("[".utf8)
        var id = 0
        while text.count < count {
            let word = (0...numbers.next() % 4).map { _ in syllables[Int(numbers.next() % UInt64(syllables.count))] }.joined()
            let isNormalized = numbers.next() % 3 == 0
            text += Array("{\"id\":\(id),\"content\":\"\(word)\",\"normalized\":\(isNormalized),\"score\":\(numbers.next() % 9999)},".utf8)
            id += 1
        }
        return Array(text.prefix(count))
    }

    /// The same, ended so that it is JSON.
    static func wholeJSON(_ count: Int) -> [UInt8] {
        let text = json(count)
        let end = text.lastIndex(of: UInt8(ascii: "}")) ?? 0
        return Array(text[...end]) + [UInt8(ascii: "]")]
    }
}
