/// Text of strangers for a terminal.
enum TerminalText {
    /// `text` with everything that is not visible written as `\u{...}`: control and format characters (also those that turn the
    /// direction of writing), line and paragraph separators, private and unassigned characters. A backslash is doubled, so that nothing
    /// can pass for such a mark.
    static func neutralised(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                if scalar == "\\" { result += "\\" }
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
