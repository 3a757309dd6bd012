import Foundation
import Testing
import WaybillFormat
import WaybillPapers

/// Licence texts for tests: of this repository, of Debian, and of the conformance data where that is there. None is committed, but for
/// the MIT License.
enum LicenseTexts {
    private static let repository: URL = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()
    private static let conformance = repository.deletingLastPathComponent().appending(path: "shared/conformance/licenses")
    static let hasConformance = FileManager.default.fileExists(atPath: conformance.path)
    static let hasDebian = FileManager.default.fileExists(atPath: "/usr/share/common-licenses/GPL-3")

    /// The 25 texts by ScanCode's key, without the catalogue's metadata in front.
    static let published: [(key: String, text: String)] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: conformance.path)) ?? []
        return names.sorted().compactMap { name in
            guard let text = try? String(contentsOf: conformance.appending(path: name), encoding: .utf8) else { return nil }
            return (String(name.dropLast(4)), body(text))
        }
    }()

    static func published(_ key: String) throws -> String { try #require(published.first { $0.key == key }).text }

    static func withMetadata(_ key: String) throws -> String {
        try String(contentsOf: conformance.appending(path: key + ".txt"), encoding: .utf8)
    }

    static func file(_ path: String) throws -> String { try String(contentsOf: repository.appending(path: path), encoding: .utf8) }

    static func debian(_ name: String) throws -> String {
        try String(contentsOfFile: "/usr/share/common-licenses/" + name, encoding: .utf8)
    }

    /// The registry's id for a ScanCode key.
    static func id(_ key: String) -> String { key == "openmdw-1.0" ? "OpenMDW-1.0" : "LicenseRef-scancode-" + key }

    private static func body(_ text: String) -> String {
        guard text.hasPrefix("---\n"), let end = text.range(of: "\n---\n") else { return text }
        return String(text[end.upperBound...])
    }

    static func reading(_ text: String) -> LicenseTextReading { LicenseTextReading(of: Array(text.utf8)) }

    /// Whether the whole text is the licence's and nothing else.
    static func isWhole(_ text: String, _ id: String) -> Bool {
        let reading = reading(text)
        return reading.isWhole && reading.texts.contains { $0.licenseIDs.contains(id) }
    }

    static let mit = """
        MIT License

        Copyright (c) 2024 Jane Doe

        Permission is hereby granted, free of charge, to any person obtaining a copy
        of this software and associated documentation files (the "Software"), to deal
        in the Software without restriction, including without limitation the rights
        to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
        copies of the Software, and to permit persons to whom the Software is
        furnished to do so, subject to the following conditions:

        The above copyright notice and this permission notice shall be included in all
        copies or substantial portions of the Software.

        THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
        IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
        FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
        AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
        LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
        OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
        SOFTWARE.

        """
}

/// The same text in another shape.
enum TextShape: String, CaseIterable, CustomTestStringConvertible {
    case oneLine, narrow, wide, spaced, tabs, carriageReturns, copyrightAdded, quotes, straight, comments, hashes, block, quoted, fenced
    case headings, bold, bullets, upper, html

    var testDescription: String { rawValue }

    func apply(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        switch self {
        case .oneLine: return Self.words(text).joined(separator: " ")
        case .narrow: return Self.wrapped(text, width: 40)
        case .wide: return Self.wrapped(text, width: 131)
        case .spaced: return Self.words(text).joined(separator: "   ")
        case .tabs: return "\u{FEFF}\n\n" + lines.map { "\t \t" + $0 + "  \t" }.joined(separator: "\n\n")
        case .carriageReturns: return lines.joined(separator: "\r\n")
        case .copyrightAdded: return "Copyright (c) 2031-2033, The Acme Model Authors and contributors. All rights reserved.\n\n" + text
        case .quotes: return text.replacingOccurrences(of: "\"", with: "\u{201D}").replacingOccurrences(of: "'", with: "\u{2019}")
        case .straight:
            var result = text
            for quote in ["\u{201C}", "\u{201D}"] { result = result.replacingOccurrences(of: quote, with: "\"") }
            return result.replacingOccurrences(of: "\u{2019}", with: "'").replacingOccurrences(of: "\u{2013}", with: "-")
        case .comments: return lines.map { "// " + $0 }.joined(separator: "\n")
        case .hashes: return lines.map { "# " + $0 }.joined(separator: "\n")
        case .block: return "/*\n" + lines.map { " * " + $0 }.joined(separator: "\n") + "\n */"
        case .quoted: return lines.map { "> " + $0 }.joined(separator: "\n")
        case .fenced: return "```text\n" + text + "\n```\n"
        case .headings: return lines.map { !$0.isEmpty && $0 == $0.uppercased() ? "## " + $0 : $0 }.joined(separator: "\n")
        case .bold:
            return lines.map { $0.count > 3 && $0.count < 60 ? "**" + $0.trimmingCharacters(in: .whitespaces) + "**" : $0 }.joined(
                separator: "\n")
        case .bullets: return text.replacingOccurrences(of: "\n\n", with: "\n\n- ")
        case .upper: return text.uppercased()
        case .html: return "<p>" + text.replacingOccurrences(of: "\n\n", with: "</p>\n<p align=\"left\">") + "<br/></p>"
        }
    }

    static func words(_ text: String) -> [String] { text.split { $0.isWhitespace }.map(String.init) }

    private static func wrapped(_ text: String, width: Int) -> String {
        var lines = [""]
        for word in words(text) {
            if lines[lines.count - 1].count + word.count > width { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines.joined(separator: "\n")
    }
}
