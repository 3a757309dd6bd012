/// A pattern over paths: `*` and `?` stay within a component, `**` crosses them, `[a-z]` is a class. A pattern without a slash
/// matches the last component at any depth.
public struct PathGlob: Sendable {
    private let pattern: [Character]
    private let anywhere: Bool

    public init(_ text: String) {
        anywhere = !text.contains("/")
        pattern = Array(text.hasPrefix("/") ? String(text.dropFirst()) : text)
    }

    public func matches(_ path: String) -> Bool {
        let subject = anywhere ? String(path.split(separator: "/").last ?? "") : path
        return Self.match(pattern[...], Array(subject)[...])
    }

    // Remembers the last star instead of recursing for each, so that a hostile pattern stays polynomial.
    private static func match(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        var p = pattern.startIndex
        var t = text.startIndex
        var star: (pattern: Int, text: Int, crosses: Bool)?
        var doubleStar: (pattern: Int, text: Int, wholeComponents: Bool)?
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == "*" {
                if p + 1 < pattern.endIndex, pattern[p + 1] == "*" {
                    let beginsComponent = p == pattern.startIndex || pattern[p - 1] == "/"
                    p += 2
                    let isWhole = beginsComponent && p < pattern.endIndex && pattern[p] == "/"
                    if isWhole { p += 1 }
                    doubleStar = (p, t, isWhole)
                    star = nil
                } else {
                    p += 1
                    star = (p, t, false)
                }
                continue
            }
            if p < pattern.endIndex, let next = step(pattern, p, text[t]) {
                p = next
                t += 1
                continue
            }
            if let last = star, text[last.text] != "/" {
                star = (last.pattern, last.text + 1, false)
                p = last.pattern
                t = last.text + 1
                continue
            }
            guard let last = doubleStar else { return false }
            var start = last.text + 1
            if last.wholeComponents {
                // `**/` stands for whole components: `**/a` is no ending of `ba`.
                guard let slash = text[last.text...].firstIndex(of: "/") else { return false }
                start = slash + 1
            }
            doubleStar = (last.pattern, start, last.wholeComponents)
            star = nil
            p = last.pattern
            t = start
        }
        while p < pattern.endIndex, pattern[p] == "*" { p += 1 }
        return p == pattern.endIndex
    }

    /// The place after the pattern's element at `p` if it matches `character`.
    private static func step(_ pattern: ArraySlice<Character>, _ p: Int, _ character: Character) -> Int? {
        switch pattern[p] {
        case "?": return character == "/" ? nil : p + 1
        case "[":
            guard let end = pattern[(p + 1)...].firstIndex(of: "]"), end > p + 1 else { return character == "[" ? p + 1 : nil }
            var inside = pattern[(p + 1)..<end]
            let negated = inside.first == "!" || inside.first == "^"
            if negated { inside = inside.dropFirst() }
            var found = false
            var i = inside.startIndex
            while i < inside.endIndex {
                if i + 2 < inside.endIndex, inside[i + 1] == "-" {
                    if inside[i] <= character, character <= inside[i + 2] { found = true }
                    i += 3
                } else {
                    if inside[i] == character { found = true }
                    i += 1
                }
            }
            return found != negated && character != "/" ? end + 1 : nil
        default: return pattern[p] == character ? p + 1 : nil
        }
    }
}
