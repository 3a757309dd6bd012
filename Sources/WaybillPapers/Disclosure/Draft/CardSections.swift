import WaybillFormat
import WaybillSystem

/// A model card's text by its headings.
struct CardSections {
    /// Of the first heading.
    private(set) var title: String?
    /// What stands between the title and the next heading.
    private(set) var introduction: String?
    /// Heading in lower case, text; in the order of the card.
    private var sections: [(heading: String, text: String)] = []
    /// `pipeline_tag` of the front matter.
    private(set) var task: String?

    /// Nil if the card is not UTF-8.
    init?(_ bytes: [UInt8], isWhole: Bool) {
        var body = bytes[...]
        if case .found(let frontMatter) = FrontMatter.find(in: bytes, isWhole: isWhole) {
            let text = bytes[frontMatter.text]
            let metadata = DeepStack.run { try? CardMetadata(parsing: text, keys: ["pipeline_tag"]) }
            if case .text(let tag)?? = metadata?.map({ $0["pipeline_tag"]?.kind }) { task = tag }
            body = bytes[frontMatter.text.upperBound...].drop { $0 == 0x0A || $0 == 0x0D }.dropFirst(3)
        }
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        read(text)
    }

    /// The text under the first heading that is one of these, or begins with one and a space; nil if there is none or it is empty.
    func section(_ headings: [String]) -> String? {
        sections.first { section in
            headings.contains { section.heading == $0 || section.heading.hasPrefix($0 + " ") }
        }?.text
    }

    private mutating func read(_ text: String) {
        var heading: String?
        var lines: [Substring] = []
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.drop { $0 == " " }
            if bare.hasPrefix("```") || bare.hasPrefix("~~~") { isCode.toggle() }
            if !isCode, let next = Self.heading(line) {
                close(heading, lines)
                heading = next
                lines = []
            } else {
                lines.append(line)
            }
        }
        close(heading, lines)
    }

    private mutating func close(_ heading: String?, _ lines: [Substring]) {
        let text = lines.joined(separator: "\n").trimmed
        guard let heading else { return }
        if title == nil {
            title = heading
            if !text.isEmpty { introduction = text }
        } else if !text.isEmpty {
            sections.append((heading.lowercased(), text))
        }
    }

    /// The text of an ATX heading: one to six `#`, a space.
    private static func heading(_ line: Substring) -> String? {
        let marks = line.prefix { $0 == "#" }
        guard (1...6).contains(marks.count), line.dropFirst(marks.count).first == " " else { return nil }
        let text = String(line.dropFirst(marks.count)).trimmed
        return text.isEmpty ? nil : text
    }
}

extension String {
    /// Without white space around it.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}
