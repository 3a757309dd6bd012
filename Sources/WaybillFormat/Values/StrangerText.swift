/// Text of strangers for a terminal, a log or an error.
public enum StrangerText {
    /// `text` with everything that is not visible written as `\u{...}`: control and format characters (also those that turn the
    /// direction of writing), line and paragraph separators, private and unassigned characters. A backslash is doubled, so that nothing
    /// can pass for such a mark.
    public static func neutralised(_ text: String) -> String {
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

    /// The first `scalars` of the text, neutralised; three dots stand for the rest.
    public static func neutralised(_ text: String, atMost scalars: Int) -> String {
        let kept = text.unicodeScalars.prefix(scalars)
        return neutralised(String(String.UnicodeScalarView(kept))) + (kept.endIndex == text.unicodeScalars.endIndex ? "" : "...")
    }
}
