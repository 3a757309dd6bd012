/// What is seen in a template's text without parsing it.
enum TemplateText {
    private static let scripts = ["<script", "javascript:", "onerror=", "onload=", "<iframe", "vbscript:"]
    private static let links = ["http://", "https://", "www.", "ftp://"]

    static func findings(_ text: String) -> [(rule: ScanRule, offset: Int, detail: String)] {
        var findings: [(ScanRule, Int, String)] = []
        var offset = 0
        for scalar in text.unicodeScalars {
            // A byte order mark may stand at the beginning.
            if isHidden(scalar), !(offset == 0 && scalar.value == 0xFEFF) {
                findings.append(
                    (
                        .templateHiddenCharacters, offset,
                        "has a character that is not seen: U+\(String(scalar.value, radix: 16, uppercase: true))"
                    ))
                break
            }
            offset += UTF8.width(scalar)
        }
        let lower = text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        for script in scripts {
            if let at = first(script, in: lower) { findings.append((.templateScript, at, "has HTML that runs code: \(quoted(script))")) }
        }
        for link in links {
            if let at = first(link, in: lower) {
                let address = String(decoding: lower[at...].prefix { $0 > 0x20 && $0 != 0x27 && $0 != 0x22 }.prefix(80), as: UTF8.self)
                findings.append((.templateLink, at, "has an address of the web: \(quoted(address))"))
            }
        }
        return findings
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
        case .control: ![0x09, 0x0A, 0x0D].contains(scalar.value)
        // Letters and spaces without a shape of their own.
        default: [0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F].contains(scalar.value) || (0xE0100...0xE01EF).contains(scalar.value)
        }
    }

    private static func first(_ word: String, in text: [UInt8]) -> Int? {
        let word = Array(word.utf8)
        guard text.count >= word.count else { return nil }
        for index in 0...(text.count - word.count) where text[index] == word[0] && text[index..<index + word.count].elementsEqual(word) {
            return index
        }
        return nil
    }
}
