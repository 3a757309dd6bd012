import WaybillFormat

/// Text of strangers for a terminal.
enum TerminalText {
    static func neutralised(_ text: String) -> String { StrangerText.neutralised(text) }
}
