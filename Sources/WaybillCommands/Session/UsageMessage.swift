/// The parser's message as one of our errors.
enum UsageMessage {
    static func error(_ message: String, _ path: CommandPath) -> CommandError {
        let line = message.split(whereSeparator: \.isNewline).map(String.init).first ?? "the command line is wrong"
        var cause = line
        var remedy = ""
        if let end = line.firstRange(of: ". ") {
            cause = String(line[..<end.lowerBound])
            remedy = String(line[end.upperBound...])
        }
        while cause.hasSuffix(".") { cause.removeLast() }
        let help = "'\((["waybill"] + path.names).joined(separator: " ")) --help' shows how"
        return .usage(path.text, lowered(cause), remedy.isEmpty ? help : remedy)
    }

    private static func lowered(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
}
