/// Marks in a text that are no words. Each function gives the end of the mark that begins at a position, or nil. Each reads a bounded
/// number of scalars.
enum TextMarks {
    typealias Text = [Unicode.Scalar]

    /// `(a)`, `iv.`, `2)`, `1.2.` before white space: the number of a list's member.
    static func listMark(_ text: Text, at start: Int) -> Int? {
        var end: Int?
        if isStatement(text, at: start) { return nil }
        if text[start] == "(" {
            let inside = run(text, from: start + 1, limit: 5)
            if isListNumber(inside), at(text, inside.endIndex) == ")" { end = inside.endIndex + 1 }
        } else {
            let first = run(text, from: start, limit: 5)
            guard !first.isEmpty else { return nil }
            end =
                multilevel(text, first) ?? (isListNumber(first) && isOne(text, first.endIndex, of: [".", ")"]) ? first.endIndex + 1 : nil)
        }
        guard var end else { return nil }
        while isOne(text, end, of: ["*", "_"]) { end += 1 }
        if end == text.count || isSpace(text[end]) { return end }
        // `8.Aggregation`, `5.2."Data"`
        return isDigit(text[start]) && text[end - 1] == "." && beginsSentence(text[end]) ? end : nil
    }

    /// `(c) 2024` begins a statement of copyright, not the third member of a list.
    private static func isStatement(_ text: Text, at start: Int) -> Bool {
        guard isOne(text, start + 1, of: ["c", "C"]), at(text, start) == "(", at(text, start + 2) == ")" else { return false }
        return at(text, start + 3) == " " && at(text, start + 4).map(isDigit) == true
    }

    /// `1.2.`, `10.3.4.`
    private static func multilevel(_ text: Text, _ first: ArraySlice<Unicode.Scalar>) -> Int? {
        guard isSmallNumber(first) else { return nil }
        var (end, levels) = (first.endIndex, 1)
        while at(text, end) == "." {
            let next = run(text, from: end + 1, limit: 5)
            guard isSmallNumber(next) else { break }
            end = next.endIndex
            levels += 1
            guard levels <= 16 else { return nil }
        }
        return levels > 1 && at(text, end) == "." ? end + 1 : nil
    }

    private static func isListNumber(_ run: ArraySlice<Unicode.Scalar>) -> Bool {
        if isSmallNumber(run) { return true }
        guard let first = run.first, !isDigit(first) else { return false }
        return run.count == 1 || run.allSatisfy { "ivxIVX".unicodeScalars.contains($0) }
    }

    private static func isSmallNumber(_ run: ArraySlice<Unicode.Scalar>) -> Bool { (1...2).contains(run.count) && run.allSatisfy(isDigit) }

    /// ASCII letters and digits, all of them or more than `limit`.
    private static func run(_ text: Text, from start: Int, limit: Int) -> ArraySlice<Unicode.Scalar> {
        text[min(start, text.count)...].prefix(limit + 1).prefix(while: isAlphanumeric)
    }

    /// `&amp;`, `&#8220;`
    static func entity(_ text: Text, at start: Int) -> (name: String, end: Int)? {
        var end = start + 1
        if at(text, end) == "#" { end += 1 }
        let letters = run(text, from: end, limit: 8)
        guard (1...8).contains(letters.count), at(text, letters.endIndex) == ";" else { return nil }
        var name = ""
        name.unicodeScalars.append(contentsOf: text[(start + 1)..<letters.endIndex])
        return (name, letters.endIndex + 1)
    }

    /// A tag of HTML that is only for looks, with attributes that hold no space.
    static func tag(_ text: Text, at start: Int) -> Int? {
        var position = start + 1
        if at(text, position) == "/" { position += 1 }
        let letters = run(text, from: position, limit: 10)
        guard let first = letters.first, !isDigit(first), letters.count <= 10 else { return nil }
        var name = ""
        name.unicodeScalars.append(contentsOf: letters)
        guard tags.contains(name.lowercased()) else { return nil }
        guard let end = text[letters.endIndex...].prefix(maximumTag).firstIndex(of: ">") else { return nil }
        let attributes = text[letters.endIndex..<end]
        guard !attributes.contains("<") else { return nil }
        if let first = attributes.first, first != "/", !isLineSpace(first) { return nil }
        let parts = attributes.split(whereSeparator: isLineSpace)
        return parts.allSatisfy { $0.contains("=") || $0.elementsEqual(["/"]) } ? end + 1 : nil
    }

    /// `](target)`
    static func linkTarget(_ text: Text, at start: Int) -> Int? {
        guard at(text, start + 1) == "(" else { return nil }
        let target = text[(start + 2)...].prefix(maximumTarget).prefix { !isUnicodeSpace($0) && $0 != "(" && $0 != ")" }
        return !target.isEmpty && at(text, target.endIndex) == ")" ? target.endIndex + 1 : nil
    }

    /// A line of three backticks or tildes, with the name of a language.
    static func fence(_ text: Text, at start: Int) -> Int? {
        guard at(text, start + 1) == text[start], at(text, start + 2) == text[start] else { return nil }
        let name = run(text, from: start + 3, limit: 20)
        guard name.count <= 20 else { return nil }
        var end = name.endIndex
        while isOne(text, end, of: [" ", "\t"]), end - name.endIndex < maximumTag { end += 1 }
        return end == text.count || isOne(text, end, of: ["\r", "\n"]) ? name.endIndex : nil
    }

    static func isSentenceEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", ";", ":", ",", "!", "?": true
        default: false
        }
    }

    /// White space, quotes, dashes, bullets, signs of comments and of Markdown.
    static func isDecoration(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "*", "_", "#", ">", "-", "\u{2013}", "\u{2014}", "\u{2022}", "|", "\"", "'", "`", "~", "\u{201C}", "\u{201D}", "\u{2018}",
            "\u{2019}", "\\", "/", "=", "+":
            true
        default: isSpace(scalar)
        }
    }

    static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z": true
        default: false
        }
    }

    private static let tags: Set<String> = [
        "a", "b", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6",
        "head", "hr", "html", "i", "li", "ol", "p", "pre", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead",
        "tr", "tt", "u", "ul",
    ]
    private static let maximumTag = 400
    private static let maximumTarget = 2_000

    private static func at(_ text: Text, _ index: Int) -> Unicode.Scalar? { index < text.count ? text[index] : nil }

    private static func beginsSentence(_ scalar: Unicode.Scalar) -> Bool {
        ("A"..."Z").contains(scalar) || ["\"", "'", "\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}"].contains(scalar)
    }

    private static func isOne(_ text: Text, _ index: Int, of scalars: [Unicode.Scalar]) -> Bool {
        at(text, index).map(scalars.contains) ?? false
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        isLineSpace(scalar) || scalar == "\u{B}" || scalar == "\u{C}" || scalar == "\u{A0}"
    }

    private static func isLineSpace(_ scalar: Unicode.Scalar) -> Bool { [" ", "\t", "\r", "\n"].contains(scalar) }

    private static func isUnicodeSpace(_ scalar: Unicode.Scalar) -> Bool { isSpace(scalar) }
}
