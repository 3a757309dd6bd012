/// Finds the metadata block at the head of a model card: what `^\s*---(\r\n|\r|\n)`, the text, and `(\r\n|\r|\n)---[ \t]*(\r\n|\n|$)`
/// enclose, where `\s` is ASCII white space and a byte order mark may come first.
struct FrontMatter {
    /// Bytes of a card that are looked at, both lines of dashes included.
    static let maximumByteCount = 1 << 20

    /// The lines between the dashes, without the last line break.
    let text: Range<Int>
    /// Of `text` in the file, counted from 1.
    let firstLine: Int

    enum Search {
        case absent
        /// Opened, but not closed in these bytes.
        case unclosed
        case found(FrontMatter)
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let dash = UInt8(ascii: "-")

    /// - Parameter isWhole: whether the file ends where `bytes` end.
    static func find(in bytes: [UInt8], isWhole: Bool) -> Search {
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < bytes.count, bytes[index] == 0x20 || (0x09...0x0D).contains(bytes[index]) { index += 1 }
        guard hasDashes(bytes, at: index), let start = lineBreak(bytes, at: index + 3) else { return .absent }
        index = start
        while index < bytes.count {
            guard let next = lineBreak(bytes, at: index) else {
                index += 1
                continue
            }
            if hasDashes(bytes, at: next), endsLine(bytes, at: next + 3, isWhole: isWhole) {
                return .found(FrontMatter(text: start..<index, firstLine: lines(bytes[..<start]) + 1))
            }
            index = next
        }
        return .unclosed
    }

    /// Line breaks in `bytes`, as YAML counts them in ASCII.
    static func lines(_ bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        for index in bytes.indices {
            let isPair = bytes[index] == newline && index > bytes.startIndex && bytes[index - 1] == carriageReturn
            if bytes[index] == newline && !isPair || bytes[index] == carriageReturn { count += 1 }
        }
        return count
    }

    private static func hasDashes(_ bytes: [UInt8], at index: Int) -> Bool {
        index + 3 <= bytes.count && bytes[index] == dash && bytes[index + 1] == dash && bytes[index + 2] == dash
    }

    /// Where the line after the line break at `index` begins; nil if there is no line break.
    private static func lineBreak(_ bytes: [UInt8], at index: Int) -> Int? {
        guard index < bytes.count else { return nil }
        if bytes[index] == newline { return index + 1 }
        guard bytes[index] == carriageReturn else { return nil }
        return index + 1 < bytes.count && bytes[index + 1] == newline ? index + 2 : index + 1
    }

    private static func endsLine(_ bytes: [UInt8], at start: Int, isWhole: Bool) -> Bool {
        var index = start
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard index < bytes.count else { return isWhole }
        if bytes[index] == newline { return true }
        return bytes[index] == carriageReturn && index + 1 < bytes.count && bytes[index + 1] == newline
    }
}
