/// Finds a name that stands behind `&` and behind `*`. Every YAML text whose aliases stand for something has one, wherever quotes and
/// block texts begin and end; hardly any other text has.
enum AliasScan {
    /// The line, from 1, of the first `*name` whose `&name` stands somewhere in `text`; nil if there is none. O(n).
    static func line(in text: ArraySlice<UInt8>) -> Int? {
        guard text.contains(UInt8(ascii: "&")), text.contains(UInt8(ascii: "*")) else { return nil }
        var anchors: Set<ArraySlice<UInt8>> = []
        names(after: UInt8(ascii: "&"), in: text) { anchors.insert($0) }
        var first: Int?
        names(after: UInt8(ascii: "*"), in: text) { name in
            if first == nil, anchors.contains(name) { first = name.startIndex }
        }
        return first.map { FrontMatter.lines(text[..<$0]) + 1 }
    }

    private static func names(after mark: UInt8, in text: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
        var index = text.startIndex
        while index < text.endIndex {
            defer { index += 1 }
            guard text[index] == mark else { continue }
            let name = text[(index + 1)...].prefix(while: isNameByte)
            guard !name.isEmpty else { continue }
            body(name)
            index = name.endIndex - 1
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
