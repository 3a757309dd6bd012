/// Reads the words of a text one by one. What stands between them is read over: white space, punctuation, Markdown, HTML's tags, marks
/// of lists. Which words are found does not depend on where lines end.
struct LicenseWordScanner {
    struct Word {
        var text: [UInt8]
        /// In scalars.
        var start: Int
        var end: Int
    }

    private let scalars: [Unicode.Scalar]
    private let dropsLinkTargets: Bool
    private var position = 0
    /// Nothing but white space and decoration stands between here and the end of a sentence: a mark of a list may follow.
    private var isBoundary = true
    private var isAfterSpace = true
    private var isAfterCopyright = false

    init(_ scalars: [Unicode.Scalar], dropsLinkTargets: Bool) {
        self.scalars = scalars
        self.dropsLinkTargets = dropsLinkTargets
    }

    mutating func next() -> Word? {
        while position < scalars.count {
            let start = position
            guard let text = step() else { continue }
            let word = WordSpellings.canonical(text, isAfterCopyright: isAfterCopyright)
            let isRepeated = isAfterCopyright && word == WordSpellings.copyright
            isAfterCopyright = word == WordSpellings.copyright
            if !isRepeated { return Word(text: word, start: start, end: position) }
        }
        return nil
    }

    /// One word, or nil for what was read over.
    private mutating func step() -> [UInt8]? {
        let scalar = scalars[position]
        if Self.isIgnored(scalar) {
            position += 1
            return nil
        }
        if isBoundary, isAfterSpace, let end = TextMarks.listMark(scalars, at: position) {
            position = end
            return nil
        }
        if Self.isWord(scalar) { return letters() }
        switch scalar {
        case "(" where Self.at(scalars, position + 1, isLetter: "c") && Self.at(scalars, position + 2, isLetter: ")"):
            return token(WordSpellings.copyright, through: position + 3)
        case "\u{A9}":
            return token(WordSpellings.copyright, through: position + 1)
        case "%", "$", "\u{20AC}", "\u{A3}", "\u{A5}":
            return token(Array(String(scalar).utf8), through: position + 1)
        case "&": return ampersand()
        default:
            readOver(scalar)
            return nil
        }
    }

    private mutating func letters() -> [UInt8] {
        var text: [UInt8] = []
        let isSingle = Self.isIdeograph(scalars[position])
        repeat {
            let scalar = scalars[position]
            if scalar.isASCII {
                let byte = UInt8(scalar.value)
                text.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            } else if !Self.isIgnored(scalar) {
                text += Array(scalar.properties.lowercaseMapping.utf8)
            }
            position += 1
        } while !isSingle && position < scalars.count && Self.continuesWord(scalars[position])
        (isBoundary, isAfterSpace) = (false, false)
        return text
    }

    private mutating func token(_ text: [UInt8], through end: Int) -> [UInt8] {
        position = end
        (isBoundary, isAfterSpace) = (false, false)
        return text
    }

    private mutating func ampersand() -> [UInt8]? {
        guard let entity = TextMarks.entity(scalars, at: position) else { return token(Array("and".utf8), through: position + 1) }
        switch entity.name {
        case "amp": return token(Array("and".utf8), through: entity.end)
        case "copy": return token(WordSpellings.copyright, through: entity.end)
        default:
            position = entity.end
            isAfterSpace = true
            return nil
        }
    }

    private mutating func readOver(_ scalar: Unicode.Scalar) {
        if scalar == "<", let end = TextMarks.tag(scalars, at: position) {
            position = end
            isAfterSpace = true
        } else if dropsLinkTargets, scalar == "]", let end = TextMarks.linkTarget(scalars, at: position) {
            position = end
            (isBoundary, isAfterSpace) = (false, false)
        } else if scalar == "`" || scalar == "~", let end = TextMarks.fence(scalars, at: position) {
            position = end
            isAfterSpace = true
        } else {
            position += 1
            if TextMarks.isSentenceEnd(scalar) {
                (isBoundary, isAfterSpace) = (true, false)
            } else if TextMarks.isDecoration(scalar) {
                isAfterSpace = true
            } else {
                (isBoundary, isAfterSpace) = (false, false)
            }
        }
    }

    private static func at(_ scalars: [Unicode.Scalar], _ index: Int, isLetter letter: Unicode.Scalar) -> Bool {
        index < scalars.count && (scalars[index] == letter || scalars[index].value | 0x20 == letter.value && letter != ")")
    }

    private static func continuesWord(_ scalar: Unicode.Scalar) -> Bool {
        isIgnored(scalar) || isWord(scalar) && !isIdeograph(scalar)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return TextMarks.isAlphanumeric(scalar) }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber: return true
        default: return false
        }
    }

    /// Inside a word they neither end it nor belong to it: joiners, soft hyphens, accents of their own.
    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return false }
        switch scalar.properties.generalCategory {
        case .format, .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }

    /// Writing that puts no space between words: every sign is a word.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3040...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }
}
