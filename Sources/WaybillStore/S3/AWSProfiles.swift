/// The sections of `~/.aws/credentials` or `~/.aws/config`: lines `name = value` under `[section]`; indented ones belong to the line
/// before them (`s3 =`, then `  addressing_style = path`).
package struct AWSProfiles: Sendable {
    /// By section, by name; nested names are written `s3.addressing_style`.
    private var sections: [String: [String: String]] = [:]

    /// More is not read of such a file.
    static let maximumBytes = 1 << 20

    /// Lines that are none of these are passed over: other programs write what they like here.
    package init(parsing text: String) {
        var section: String?
        var parent: String?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let content = Self.trimmed(line)
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[" {
                section = content.last == "]" ? Self.trimmed(content.dropFirst().dropLast()) : nil
                parent = nil
                if let section, sections[section] == nil { sections[section] = [:] }
                continue
            }
            guard let section, let equals = content.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(content[..<equals]).lowercased()
            let value = Self.value(content[content.index(after: equals)...])
            if line.first == " " || line.first == "\t" {
                if let parent { sections[section]?["\(parent).\(name)"] = value }
            } else {
                parent = value.isEmpty ? name : nil
                sections[section]?[name] = value
            }
        }
    }

    /// - Parameter isConfig: of the config file, where every profile but `default` is called `[profile NAME]`.
    package func profile(_ name: String, isConfig: Bool) -> [String: String]? {
        guard isConfig else { return sections[name] }
        return sections["profile \(name)"] ?? (name == "default" ? sections[name] : nil)
    }

    /// What stands after ` #` or ` ;` is a comment.
    private static func value(_ text: Substring) -> String {
        var end = text.endIndex
        for mark in [" #", " ;", "\t#", "\t;"] {
            if let found = text.firstRange(of: mark), found.lowerBound < end { end = found.lowerBound }
        }
        return trimmed(text[..<end])
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
